"""Lists and search: facets left, rows right. The rows are those that the index stores; no document is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, BY_PLURAL, Kind
from catalog.registry import access, listing
from catalog.registry.pages_facts import enum_name
from catalog.registry.pages_words import Words, kind_name, kinds_name, words
from catalog.runtime import Runtime
from catalog.search.query import Query, Results, Sort
from catalog.standards import schemas

ROWS = 50
HITS = 20
_MOST = listing.MAX_OFFSET
_COUNTED = ("kind", "status", "department")
_SHOWN = 40  # values of one facet


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: its label, how many rows, and the address that chooses or removes it."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values; ``deep`` if a chosen one stands below the fold."""

    name: str
    label: str
    options: Sequence[Option]
    deep: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the address that sorts by it, and how it is sorted."""

    label: str
    href: str = ""
    sorted: str = ""
    wide: bool = False


async def records(request: Request) -> Response:
    """``/data-elements`` and its like: one kind, filtered by status, department and the kind's facets."""
    runtime: Runtime = request.app.state.runtime
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    seen = sight(request.state.actor, runtime.settings)
    access.require(request.state.actor, seen, kind.name)
    language: Language = request.state.language
    query = request.query_params
    marked = {field.name: field for field in schemas.current(kind.name).annotations.fields if field.facet}
    asked = _asked(query, (kind.name,), tuple(marked), ROWS)
    results = await listing.ask(runtime, asked, seen)
    known = await words(runtime.reads)
    labels = await _labels(results, known, marked, language)
    titles = {name: field.label(language) for name, field in marked.items()}
    names = ("status", "department", *marked)
    facets = _facets(query, request.url.path, results, names, titles, labels, language)
    heading = kinds_name(kind.name, language)
    return render(
        request,
        "register/list.html",
        heading=heading,
        about=_about(kind, language),
        caption=text("list.caption", language, name=heading, n=f"{results.total:,}"),
        export=f"/api/v1/{kind.plural}{_kept_query(query)}",
        kept=[pair for pair in query.multi_items() if pair[0] not in ("q", "page", "lang")],
        columns=_columns(query, request.url.path, kind, language),
        owned=kind.name != "department",
        dense=query.get("rows") == "dense",
        filtered=bool(asked.text or asked.status or asked.department or asked.facets),
        **await _shared(request, asked, results, known, facets, language),
    )


async def search(request: Request) -> Response:
    """``/search``: all kinds that the reader may see, by relevance."""
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    seen: Sight = sight(request.state.actor, runtime.settings)
    query = request.query_params
    asked = _asked(query, tuple(k for k in query.getlist("kind") if k in BY_NAME), (), HITS)
    results = await listing.ask(runtime, asked, seen)
    known = await words(runtime.reads)
    labels = await _labels(results, known, {}, language)
    facets = _facets(query, "/search", results, _COUNTED, {}, labels, language)
    return render(
        request,
        "register/search.html",
        instead=results.instead,
        **await _shared(request, asked, results, known, facets, language),
    )


async def _shared(
    request: Request, asked: Query, results: Results, known: Words, facets: list[Facet], language: Language
) -> dict[str, Any]:
    departments = await known.departments()
    rows = [
        {
            "identifier": hit.identifier,
            "name": hit.name,
            "href": f"/{BY_NAME[hit.kind].plural}/{hit.identifier}",
            "summary": hit.summary,
            "kind": kind_name(hit.kind, language),
            "department": departments.get(hit.department, hit.department) if hit.kind != "department" else "",
            "status": hit.status,
            "changed_at": hit.changed_at,
        }
        for hit in results.items
    ]
    query, path = request.query_params, request.url.path
    page = asked.offset // asked.limit + 1
    last = asked.offset + len(rows)
    more = last < min(results.total, _MOST)
    return {
        "q": asked.text,
        "rows": rows,
        "facets": facets,
        "chips": [o for facet in facets for o in facet.options if o.chosen] + _lost(query, facets, path),
        "total": results.total,
        "first": asked.offset + 1,
        "last": last,
        "previous": _address(query, path, page=str(page - 1) if page > 2 else None) if page > 1 else "",
        "next": _address(query, path, page=str(page + 1)) if more else "",
    }


def _asked(query: QueryParams, kinds: tuple[str, ...], facets: tuple[str, ...], limit: int) -> Query:
    """The question in an address. What makes no sense in it (a page of -1) is read as not said."""
    number = query.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    sort = query.get("sort", "")
    wish = sort if sort in ("identifier", "name", "changed") else "relevance"
    return Query(
        text=query.get("q", "").strip()[:200],
        kinds=kinds,
        status=tuple(query.getlist("status")),
        department=tuple(query.getlist("department")),
        facets={name: tuple(query.getlist(name)) for name in facets if query.getlist(name)},
        sort=cast(Sort, wish),
        limit=limit,
        offset=min(max(page - 1, 0) * limit, _MOST - limit),
    )


async def _labels(
    results: Results, known: Words, marked: Mapping[str, Any], language: Language
) -> dict[tuple[str, str], str]:
    """The label of every facet value: codes and departments in one batch each."""
    departments = await known.departments()
    found = {("department", value): name for value, name in departments.items()}
    for name, field in marked.items():
        values = results.facets.get(name, {})
        if field.code_list:
            codes = await known.codes(((field.code_list, value) for value in values), language)
            found |= {(name, code): label for (_, code), label in codes.items()}
        elif field.ref == "department":
            found |= {(name, value): departments[value] for value in values if value in departments}
        elif field.type == "boolean":
            yes, no = text("facts.yes", language), text("facts.no", language)
            found |= {(name, value): yes if value == "true" else no for value in values}
        else:
            found |= {(name, value): enum_name(value, language) for value in values}
    return found


def _facets(
    query: QueryParams,
    path: str,
    results: Results,
    names: Sequence[str],
    titles: Mapping[str, str],
    labels: Mapping[tuple[str, str], str],
    language: Language,
) -> list[Facet]:
    made = []
    for name in names:
        counts = results.facets.get(name, {})
        chosen = query.getlist(name)
        same_for_all = len(counts) == 1 and results.total in counts.values()
        if not chosen and (not counts or same_for_all):
            continue
        options = []
        for value, count in list(counts.items())[:_SHOWN]:
            here = value in chosen
            wish = None if here else value
            label = labels.get((name, value)) or _word(name, value, language)
            options.append(Option(label, count, _address(query, path, page=None, **{name: wish}), here))
        deep = any(option.chosen for option in options[8:])
        made.append(Facet(name, titles.get(name) or text(f"list.{name}", language), options, deep))
    return made


def _word(name: str, value: str, language: Language) -> str:
    if name == "kind":
        return kinds_name(value, language)
    try:
        return text(f"{name}.{value}", language)
    except KeyError:
        return value


def _lost(query: QueryParams, facets: list[Facet], path: str) -> list[Option]:
    """Chips for chosen values that no row has, so that they can be removed."""
    shown = {facet.name: facet for facet in facets}
    return [
        Option(", ".join(query.getlist(name)), 0, _address(query, path, page=None, **{name: None}), True)
        for name in dict.fromkeys(query)
        if name in shown and not any(option.chosen for option in shown[name].options)
    ]


def _columns(query: QueryParams, path: str, kind: Kind, language: Language) -> list[Column]:
    sort = query.get("sort", "" if query.get("q") else "identifier")

    def column(name: str, by: str, *, wide: bool = False) -> Column:
        how = ("descending" if by == "changed" else "ascending") if by and by == sort else ""
        href = _address(query, path, page=None, sort=by) if by else ""
        return Column(text(f"list.{name}", language), href, how, wide)

    columns = [column("identifier", "identifier", wide=True), column("name", "name")]
    if kind.name != "department":
        columns.append(column("department", "", wide=True))
    columns += [column("status", ""), column("changed", "changed", wide=True)]
    return [replace(one, href="" if one.sorted else one.href) for one in columns]


def _about(kind: Kind, language: Language) -> str:
    try:
        return text(f"about.{kind.plural}", language)
    except KeyError:
        return str(
            schemas.current(kind.name).schema.get("description" if language == "zh" else "x-description", "")
        )


def _address(query: QueryParams, path: str, **changes: str | None) -> str:
    kept = [pair for pair in query.multi_items() if pair[0] not in changes and pair[0] != "lang"]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


def _kept_query(query: QueryParams) -> str:
    """The same question for the API, which calls facets ``facet.NAME``."""
    plain = {"q", "status", "department", "sort"}
    kept = [(name if name in plain else f"facet.{name}", value) for name, value in query.multi_items()
            if name not in ("page", "lang", "rows") and value]  # fmt: skip
    return f"?{urlencode([*kept, ('limit', '200')])}"

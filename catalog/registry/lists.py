"""What lists and the search page share: the question in an address, rows, facets, chips, headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from catalog.base.i18n import Language, text
from catalog.kinds import BY_NAME
from catalog.registry import listing, views
from catalog.registry.pages_facts import enum_name
from catalog.registry.pages_words import Words, kind_name, kinds_name
from catalog.search.query import SORTS, Query, Results
from catalog.standards.annotations import Field

MOST = listing.MAX_OFFSET
_SHOWN = 40  # values of one facet
_FALLING = ("changed",)  # what stands newest first unless turned round
UNASKED = ("page", "lang", "done", "n")  # parameters that are no part of the question


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
class Heading:
    """The heading of a column, the address that sorts by it, and how it is sorted."""

    name: str
    label: str
    href: str = ""
    sorted: str = ""
    wide: bool = False


def asked(query: QueryParams, kinds: tuple[str, ...], facets: Sequence[str], limit: int) -> Query:
    """The question in an address. What makes no sense in it (a page of -1) is read as not said."""
    number = query.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    wish = query.get("sort", "")
    return Query(
        text=query.get("q", "").strip()[:200],
        kinds=kinds,
        status=tuple(query.getlist("status")),
        department=tuple(query.getlist("department")),
        facets={name: tuple(query.getlist(name)) for name in facets if query.getlist(name)},
        sort=next((sort for sort in SORTS if sort == wish), "relevance"),
        limit=limit,
        offset=min(max(page - 1, 0) * limit, MOST - limit),
        reverse=query.get("order") == "reverse",
    )


def address(query: QueryParams, path: str, **changes: str | None) -> str:
    """This question's address with some parameters replaced; None removes one."""
    kept = [pair for pair in query.multi_items() if pair[0] not in changes and pair[0] not in UNASKED[1:]]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


def question(query: QueryParams, *without: str) -> list[tuple[str, str]]:
    """The parameters of an address that are the question, for hidden fields and for exports."""
    return [pair for pair in query.multi_items() if pair[0] not in (*UNASKED, *without)]


async def shared(
    request: Request,
    question_: Query,
    results: Results,
    known: Words,
    facets: list[Facet],
    language: Language,
) -> dict[str, Any]:
    """What both pages show: rows, chips, the total, the pages before and after."""
    departments = await known.departments()
    rows = [
        {
            "identifier": hit.identifier,
            "seq": hit.seq,
            "name": hit.name,
            "href": f"/{BY_NAME[hit.kind].plural}/{hit.identifier}",
            "summary": hit.summary,
            "kind_name": hit.kind,
            "kind": kind_name(hit.kind, language),
            "department": departments.get(hit.department, hit.department) if hit.kind != "department" else "",
            "status": hit.status,
            "changed_at": hit.changed_at,
        }
        for hit in results.items
    ]
    query, path = request.query_params, request.url.path
    page = question_.offset // question_.limit + 1
    last = question_.offset + len(rows)
    more = last < min(results.total, MOST)
    return {
        "q": question_.text,
        "rows": rows,
        "facets": facets,
        "chips": [o for facet in facets for o in facet.options if o.chosen] + _lost(query, facets, path),
        "total": results.total,
        "first": question_.offset + 1,
        "last": last,
        "previous": address(query, path, page=str(page - 1) if page > 2 else None) if page > 1 else "",
        "next": address(query, path, page=str(page + 1)) if more else "",
    }


async def kept_views(request: Request) -> dict[str, Any]:
    """The saved views that lead to this page, and the page's own address as it would be kept."""
    if not request.state.actor.signed_in:
        return {"views": [], "address": ""}
    here = views.address_of(request.url.path, request.url.query)
    found = await views.visible(request.app.state.runtime.reads, request.state.actor)
    return {
        "views": [one for one in found if views.path_of(one.address) == request.url.path],
        "address": here,
    }


def headings(
    query: QueryParams, path: str, names: Sequence[tuple[str, str, str]], *, wide: frozenset[str]
) -> list[Heading]:
    """Headings of ``(name, label, sort)``; choosing the one that sorts already turns the order round."""
    chosen = query.get("sort", "" if query.get("q") else "identifier")
    turned = query.get("order") == "reverse"
    made = []
    for name, label, by in names:
        here = bool(by) and by == chosen
        falls = (by in _FALLING) != turned
        again = "reverse" if here and not turned else None
        made.append(
            Heading(
                name,
                label,
                address(query, path, page=None, sort=by, order=again) if by else "",
                ("descending" if falls else "ascending") if here else "",
                name in wide,
            )
        )
    return made


async def labels(
    results: Results, known: Words, marked: Mapping[str, Field], language: Language
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


def facets_of(
    query: QueryParams,
    path: str,
    results: Results,
    names: Sequence[str],
    titles: Mapping[str, str],
    known: Mapping[tuple[str, str], str],
    language: Language,
) -> list[Facet]:
    """The facets that tell rows apart, or of which something is chosen."""
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
            label = known.get((name, value)) or _word(name, value, language)
            options.append(Option(label, count, address(query, path, page=None, **{name: wish}), here))
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
        Option(", ".join(query.getlist(name)), 0, address(query, path, page=None, **{name: None}), True)
        for name in dict.fromkeys(query)
        if name in shown and not any(option.chosen for option in shown[name].options)
    ]

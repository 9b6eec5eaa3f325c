"""Lists: facets left, rows right. The rows are those that the index stores; a document is read only for
columns that a reader has chosen beyond the usual ones."""

from __future__ import annotations

from typing import Literal, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.exchange import official
from catalog.identity.actors import Actor
from catalog.identity.sight import sight
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, columns, listing, lists
from catalog.registry.offered import on_list
from catalog.registry.pages_words import kinds_name, words
from catalog.registry.rights import Desk, by_cases_only
from catalog.runtime import Runtime
from catalog.standards import schemas
from catalog.standards.annotations import Field

ROWS = 50
_NARROW = frozenset({"name", "status"})  # columns that a telephone has room for
Act = Literal["confirm", "move", "retire"]
ACTS: tuple[Act, ...] = get_args(Act)


def marked_fields(kind: Kind) -> dict[str, Field]:
    """The fields of a kind that its lists can be filtered by."""
    return {field.name: field for field in schemas.current(kind.name).annotations.fields if field.facet}


async def records(request: Request) -> Response:
    """``/data-elements`` and its like: one kind, filtered by status, department and the kind's facets."""
    runtime: Runtime = request.app.state.runtime
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    actor: Actor = request.state.actor
    seen = sight(actor, runtime.settings)
    access.require(actor, seen, kind.name)
    language: Language = request.state.language
    query, path = request.query_params, request.url.path
    marked = marked_fields(kind)
    asked = lists.asked(query, (kind.name,), tuple(marked), ROWS)
    results = await listing.ask(runtime, asked, seen)
    known = await words(runtime.reads)
    labels = await lists.labels(results, known, marked, language)
    titles = {name: field.label(language) for name, field in marked.items()}
    facets = lists.facets_of(
        query, path, results, ("status", "department", *marked), titles, labels, language
    )
    chosen = columns.chosen(query, kind, language)
    cells = await columns.cells(
        runtime.reads,
        kind.name,
        [hit.identifier for hit in results.items],
        chosen,
        seen,
        language,
        people=actor.signed_in,
    )
    heading = kinds_name(kind.name, language)
    usual = len({column.name for column in chosen} & _NARROW)
    wide = frozenset(column.name for column in chosen[usual:] if column.name not in _NARROW)
    wide |= {"identifier"}
    question = lists.question(query)
    return render(
        request,
        "register/list.html",
        heading=heading,
        about=_about(kind, language),
        caption=text("list.caption", language, name=heading, n=f"{results.total:,}"),
        as_json=f"/api/v1/{kind.plural}{_for_api(query)}",
        plural=kind.plural,
        kept=[pair for pair in question if pair[0] != "q"],
        kept_beside_columns=[pair for pair in question if pair[0] != "cols"],
        question=f"?{urlencode(question)}" if question else "",
        columns=lists.headings(query, path, [(c.name, c.label, c.sort) for c in chosen], wide=wide),
        offered=columns.offered(kind, language),
        chosen=[column.name for column in chosen],
        cells=cells,
        owned=kind.name != "department",
        dense=query.get("rows") == "dense",
        filtered=bool(asked.text or asked.status or asked.department or asked.facets),
        acts=acts_of(actor, kind, runtime.settings.desk),
        done=_done(query, language),
        begin=on_list(actor, kind, runtime.settings.desk),
        layouts=_layouts(runtime, kind, question, language),
        **await lists.kept_views(request),
        **await lists.shared(request, asked, results, known, facets, language),
    )


def _layouts(
    runtime: Runtime, kind: Kind, question: list[tuple[str, str]], language: Language
) -> list[tuple[str, str]]:
    """The export templates that the list can be had in: address and name."""
    if kind.name != official.KIND:
        return []
    found = official.templates(runtime.settings.export_templates).values()
    return [
        (f"/{kind.plural}/export.xlsx?{urlencode([*question, ('template', one.name)])}", one.label(language))
        for one in found
    ]


def acts_of(actor: Actor, kind: Kind, desk: Desk) -> list[Act]:
    """What the actor may do with several records of the kind, somewhere; each record is asked again."""
    if not actor.signed_in or actor.system is not None:
        return []
    edits = any(actor.holds(role) for role in kind.editors)
    approves = any(actor.holds(role) for role in kind.approvers)
    cased = edits and not by_cases_only(kind, desk) if desk == "on" else approves
    return [verb for verb in ACTS if (cased if verb in kind.case else edits)]


def _done(query: QueryParams, language: Language) -> str:
    """The sentence after an act on several records."""
    number = query.get("n", "")
    if query.get("done") not in ACTS or not (number.isascii() and number.isdigit() and len(number) < 8):
        return ""
    return text(f"selection.done-{query['done']}", language, n=f"{int(number):,}")


def _about(kind: Kind, language: Language) -> str:
    try:
        return text(f"about.{kind.plural}", language)
    except KeyError:
        return str(
            schemas.current(kind.name).schema.get("description" if language == "zh" else "x-description", "")
        )


def _for_api(query: QueryParams) -> str:
    """The same question for the API, which calls facets ``facet.NAME``."""
    plain = {"q", "status", "department", "sort"}
    kept = [(name if name in plain else f"facet.{name}", value) for name, value in query.multi_items()
            if name not in (*lists.UNASKED, "rows", "cols", "order") and value]  # fmt: skip
    return f"?{urlencode([*kept, ('limit', '200')])}"

"""Search: suggestions as one types, and the page of results. Every hit says why it is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME
from catalog.registry import listing, lists, marks
from catalog.registry.pages_words import kind_name, kinds_name, words
from catalog.runtime import Runtime
from catalog.search import tokens
from catalog.search.index import Hit
from catalog.search.query import Query, Results
from catalog.standards import schemas

HITS = 20
_SUGGESTED = 8
_COUNTED = ("kind", "status", "department")
_SORTS = ("relevance", "name", "department", "changed")


async def search(request: Request) -> Response:
    """``/search``: all kinds that the reader may see, by relevance."""
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    seen: Sight = sight(request.state.actor, runtime.settings)
    query = request.query_params
    asked = lists.asked(query, tuple(k for k in query.getlist("kind") if k in BY_NAME), (), HITS)
    results = await listing.ask(runtime, asked, seen)
    known = await words(runtime.reads)
    labels = await lists.labels(results, known, {}, language)
    facets = lists.facets_of(query, "/search", results, _COUNTED, {}, labels, language)
    question = lists.question(query)
    return render(
        request,
        "register/search.html",
        instead=results.instead,
        shown=await _explained(runtime, results.items, asked.text),
        sorts=[
            (
                text(f"search.by-{sort}", language),
                lists.address(query, "/search", page=None, sort=sort if sort != "relevance" else None),
                sort == asked.sort,
            )
            for sort in _SORTS
        ],
        question=f"?{urlencode(question)}",
        **await lists.kept_views(request),
        **await lists.shared(request, asked, results, known, facets, language),
    )


async def suggest(request: Request) -> Response:
    """``/search/suggest?q=``: a fragment of a list box, the likeliest kind first, for the search box."""
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    sought = request.query_params.get("q", "").strip()[: tokens.LONGEST_QUERY]
    seen = sight(request.state.actor, runtime.settings)
    hits: list[Hit] = []
    instead: list[str] = []
    if sought:
        hits = runtime.index.suggest(sought, listing.reader(seen), _SUGGESTED)
        if not hits:
            instead = _instead(runtime, sought, seen)
    known = await words(runtime.reads)
    departments = await known.departments()
    shown = await _explained(runtime, hits, sought)
    groups: dict[str, list[dict[str, Any]]] = {}
    for hit in hits:
        groups.setdefault(hit.kind, []).append(
            {
                "href": f"/{BY_NAME[hit.kind].plural}/{hit.identifier}",
                "identifier": hit.identifier,
                "department": departments.get(hit.department, "") if hit.kind != "department" else "",
                "status": hit.status,
                "shown": shown[hit.kind, hit.identifier],
                "kind": kind_name(hit.kind, language),
            }
        )
    named = [(kind, kinds_name(kind, language), rows) for kind, rows in groups.items()]
    return render(request, "register/_suggestions.html", q=sought, groups=named, instead=instead)


def _instead(runtime: Runtime, sought: str, seen: Sight) -> list[str]:
    asked = Query(text=sought, limit=1)
    results: Results = runtime.index.query(asked, listing.reader(seen))
    return list(results.instead)


async def _explained(
    runtime: Runtime, hits: Sequence[Hit], sought: str
) -> Mapping[tuple[str, str], marks.Shown]:
    """Each hit with its marks; documents are read only for those whose name does not say why."""
    found: dict[tuple[str, str], marks.Shown] = {}
    open_: dict[str, list[Hit]] = {}
    for hit in hits:
        shown = marks.explain(hit.name, hit.identifier, sought)
        found[hit.kind, hit.identifier] = shown
        if sought and "<mark>" not in shown.name:
            open_.setdefault(hit.kind, []).append(hit)
    for kind, wanted in open_.items():
        annotations = schemas.current(kind).annotations
        for row in await runtime.reads.many(kind, [hit.identifier for hit in wanted]):
            document = row.document
            synonyms = [t for weight, t, _ in annotations.searchable(document) if weight == "synonym"]
            codes = [value for _, value, _, _ in annotations.aliases(document)]
            found[kind, row.identifier] = marks.explain(row.name, row.identifier, sought, synonyms, codes)
    return found

"""``/decisions/new`` (可以用吗): a question in a form, its answer in words; the address holds the whole question."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import CatalogError, InvalidDocument
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.entitlements import choices, service
from catalog.entitlements.service import Decision
from catalog.entitlements.verdicts import verdicts
from catalog.registry import access
from catalog.registry.pages_words import words
from catalog.runtime import Runtime


async def new(request: Request) -> Response:
    """The form, filled from the address; with a purpose and something to use, the decision beneath it.

    ``part=answer`` is the decision alone, for the box beside a record.
    """
    access.require_signed_in(request.state.actor)
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    query, reads, actor = request.query_params, runtime.reads, request.state.actor
    snapshot = await service.snapshots(reads).now()
    known = await words(reads)
    dataset = snapshot.datasets.get(query.get("dataset", "").strip())
    fields = [name for name, _, _ in dataset.fields] if dataset else []
    asked = _asked(request, fields)
    decision: Decision | None = None
    refused: CatalogError | None = None
    if asked["purpose"] and asked["items"]:
        try:
            decision = await service.answered(runtime, request.app.state.decisions, asked, by=actor)
        except CatalogError as error:
            refused = error
    names = await _names(
        runtime, decision, query.get("element", "").strip(), query.get("dataset", "").strip()
    )
    items = await verdicts(decision, known, names, language) if decision else []
    said = {
        "problems": _problems(refused, language),
        "decision": decision,
        "items": items,
        "permits": sum(one.effect == "permit" for one in decision.answers) if decision else 0,
    }
    status, headers = status_of(refused) if refused else 200, {"Cache-Control": "no-store"}
    if query.get("part") == "answer":
        return render(request, "entitlements/_answer.html", status=200, headers=headers, **said)
    on = service.today(runtime)
    return render(
        request,
        "entitlements/new.html",
        status=status,
        headers=headers,
        trail=[(text("entitlement.title", language), "")],
        departments=await choices.departments(reads, actor),
        purposes=await choices.purposes(reads, on, language),
        ways=await choices.ways(reads, on, language),
        fields=fields,
        asked=asked | {"element": query.get("element", ""), "dataset": query.get("dataset", "")},
        chosen=set(query.getlist("field")),
        today=on,
        names=names,
        **said,
    )


def _asked(request: Request, fields: list[str]) -> dict[str, Any]:
    """The question as the address puts it; a dataset without fields is all of its fields."""
    query = request.query_params
    element, dataset = query.get("element", "").strip(), query.get("dataset", "").strip()
    items = [{"element": element}] if element else []
    chosen = [one for one in query.getlist("field") if one] or ([] if element else fields[: service.MOST])
    items += [{"dataset": dataset, "field": field} for field in chosen if dataset]
    return {
        "consumer": query.get("consumer") or request.state.actor.department or "",
        "purpose": query.get("purpose", ""),
        "items": items,
        "way": query.get("way", ""),
        "at": query.get("at", ""),
    }


async def _names(
    runtime: Runtime, decision: Decision | None, element: str, dataset: str
) -> dict[tuple[str, str], str]:
    """Names of everything that the page speaks of."""
    pairs = {("data-element", element), ("dataset", dataset)}
    for answer in decision.answers if decision else ():
        pairs |= {("dataset", answer.dataset), ("sharing-agreement", answer.agreement)}
    return await runtime.reads.names(pair for pair in pairs if pair[1])


def _problems(refused: CatalogError | None, language: Language) -> list[str]:
    if refused is None:
        return []
    if isinstance(refused, InvalidDocument):
        found = [describe(one) for one in refused.violations]
        return [f"{one[language]} {one.get(f'mend_{language}', '')}".strip() for one in found]
    return [explain(refused, language)[1]]


ROUTES = [Route("/decisions/new", new, methods=["GET"])]

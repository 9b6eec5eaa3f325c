"""``/decisions/new`` (可以用吗): a question in a form, its answer in words; the address holds the whole question."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.entitlements import service
from catalog.entitlements.decide import Item
from catalog.entitlements.reading import PURPOSES, WAYS
from catalog.entitlements.service import Decision
from catalog.entitlements.snapshot import Answer, Duty, Snapshot
from catalog.entitlements.wording import provided, reason
from catalog.registry import access
from catalog.registry.pages_words import Words, words
from catalog.runtime import Runtime

_MASKS, _DUTIES = "CL0119", "CL0118"


async def new(request: Request) -> Response:
    """The form, filled from the address; with a purpose and something to use, the decision beneath it."""
    access.require_signed_in(request.state.actor)
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    query = request.query_params
    snapshot = await service.snapshots(runtime.reads).now()
    known = await words(runtime.reads)
    departments = await known.departments()
    may = [
        (one, departments.get(one, one))
        for one, status in sorted(snapshot.departments.items())
        if status == "active" and service.may_ask(request.state.actor, one)
    ]
    asked = _asked(request)
    decision: Decision | None = None
    refused: CatalogError | None = None
    if asked["purpose"] and asked["items"]:
        try:
            by = request.state.actor
            decision = await service.answered(runtime, request.app.state.decisions, asked, by=by)
        except CatalogError as error:
            refused = error
    dataset = snapshot.datasets.get(query.get("dataset", "").strip())
    names = await _names(
        runtime, decision, query.get("element", "").strip(), query.get("dataset", "").strip()
    )
    return render(
        request,
        "entitlements/new.html",
        status=status_of(refused) if refused else 200,
        headers={"Cache-Control": "no-store"},
        trail=[(text("entitlement.title", language), "")],
        departments=may,
        purposes=await _choices(known, PURPOSES, snapshot.purposes, language),
        ways=await _choices(known, WAYS, snapshot.ways, language),
        fields=[name for name, _, _ in dataset.fields] if dataset else [],
        asked=asked | {"element": query.get("element", ""), "dataset": query.get("dataset", "")},
        chosen=set(query.getlist("field")),
        today=clock.today(runtime.settings.zone).isoformat(),
        problems=_problems(refused, language),
        decision=decision,
        items=await _items(decision, known, names, language) if decision else [],
        names=names,
    )


def _asked(request: Request) -> dict[str, Any]:
    """The question as the address puts it."""
    query = request.query_params
    element, dataset = query.get("element", "").strip(), query.get("dataset", "").strip()
    items = [{"element": element}] if element else []
    items += [{"dataset": dataset, "field": field} for field in query.getlist("field") if dataset and field]
    return {
        "consumer": query.get("consumer") or request.state.actor.department or "",
        "purpose": query.get("purpose", ""),
        "items": items,
        "way": query.get("way", ""),
        "at": query.get("at", ""),
    }


async def _choices(known: Words, code_list: str, codes: Any, language: Language) -> list[tuple[str, str]]:
    labels = await known.codes([(code_list, code) for code in codes], language)
    return [(code, labels.get((code_list, code), code)) for code in sorted(codes)]


async def _names(
    runtime: Runtime, decision: Decision | None, element: str, dataset: str
) -> dict[tuple[str, str], str]:
    """Names of everything that the page speaks of."""
    pairs = {("data-element", element), ("dataset", dataset)}
    for answer in decision.answers if decision else ():
        pairs |= {("dataset", answer.dataset), ("sharing-agreement", answer.agreement)}
    return await runtime.reads.names(pair for pair in pairs if pair[1])


async def _items(
    decision: Decision, known: Words, names: dict[tuple[str, str], str], language: Language
) -> list[dict[str, Any]]:
    duties = {(_DUTIES, duty.type) for one in decision.answers for duty in one.obligations}
    labels = await known.codes(duties | {(_MASKS, one.mask) for one in decision.answers}, language)
    pairs = zip(decision.question.items, decision.answers, strict=True)
    return [_item(decision.snapshot, item, answer, labels, names, language) for item, answer in pairs]


def _item(
    snapshot: Snapshot, item: Item, answer: Answer, labels: dict[tuple[str, str], str],
    names: dict[tuple[str, str], str], language: Language,
) -> dict[str, Any]:  # fmt: skip
    def duty(one: Duty) -> tuple[str, str]:
        if one.type == "mask":
            return text("entitlement.duty-mask", language), labels.get((_MASKS, one.detail), one.detail)
        if one.type in ("condition", "records_until"):
            return text(f"entitlement.duty-{one.type}", language), one.detail
        return labels.get((_DUTIES, one.type), one.type), one.detail

    said = [reason(one) for one in answer.reasons]
    services = [(one["name"], one[f"key_{language}"]) for one in provided(snapshot, answer)]
    return {
        "name": names.get(("data-element", item.element), item.element) if item.element else item.field,
        "code": item.element,
        "effect": answer.effect,
        "reasons": [(one[language], one[f"next_{language}"]) for one in said],
        "source": (answer.dataset, names.get(("dataset", answer.dataset), answer.dataset), answer.field),
        "agreement": answer.agreement,
        "agreement_name": names.get(("sharing-agreement", answer.agreement), answer.agreement),
        "clause": answer.clause,
        "duties": [duty(one) for one in answer.obligations],
        "valid_until": answer.valid_until,
        "services": services,
    }


def _problems(refused: CatalogError | None, language: Language) -> list[str]:
    if refused is None:
        return []
    if isinstance(refused, InvalidDocument):
        found = [describe(one) for one in refused.violations]
        return [f"{one[language]} {one.get(f'mend_{language}', '')}".strip() for one in found]
    return [explain(refused, language)[1]]


ROUTES = [Route("/decisions/new", new, methods=["GET"])]

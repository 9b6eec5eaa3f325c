"""May a department use a data item for a purpose on a day? Pure: one snapshot, one question, one answer.

Decree No. 809 art. 20 to 22 and 25: a department uses shared data by an agreement, for the purpose and in the
way that it names, within its term. Even what is shared without condition is asked for and answered (art. 21(1):
one working day), so it too needs an agreement. Whatever no agreement permits is denied. A prohibition wins over
every permission: not shared (art. 14(3)), not published (art. 20), agreed as not shown, suspended (art. 27(2)).
Of several permissions the strictest mask holds, all obligations, and the earliest end. A department's own data
are permitted to itself.
"""

from __future__ import annotations

from typing import NamedTuple

from catalog.entitlements.snapshot import (
    PERMIT,
    Answer,
    Grant,
    Reason,
    Snapshot,
    denied,
    rank,
    strictness,
)


class Item(NamedTuple):
    """What is asked for: a data element from wherever it comes, or one field of a dataset."""

    element: str = ""
    dataset: str = ""
    field: str = ""


class Question(NamedTuple):
    """Who wants what for which purpose, in which way (empty: any), on which day (``2026-10-01``)."""

    consumer: str
    purpose: str
    items: tuple[Item, ...]
    way: str
    on: str


def decide(snapshot: Snapshot, question: Question) -> list[Answer]:
    """One answer for each item, in its order; the same snapshot and question give the same answers."""
    consumer, purpose, items, way, on = question
    refused = _unfit(snapshot, consumer, purpose, way, on)
    if refused is not None:
        return [refused] * len(items)
    return [
        _element(snapshot, consumer, purpose, element, way, on)
        if element
        else _field(snapshot, consumer, purpose, dataset, field, way, on)
        for element, dataset, field in items
    ]


def _unfit(snapshot: Snapshot, consumer: str, purpose: str, way: str, on: str) -> Answer | None:
    """The denial of the whole question: nobody asks, or for nothing that is known."""
    status = snapshot.departments.get(consumer)
    if status != "active":
        return denied("consumer-ended" if status else "consumer-unknown", consumer)
    term = snapshot.purposes.get(purpose)
    if term is None or not term[0] <= on <= term[1]:
        return denied("purpose-ended" if term else "purpose-unknown", purpose)
    if way and way not in snapshot.ways:
        return denied("way-unknown", way)
    return None


def _field(
    snapshot: Snapshot, consumer: str, purpose: str, dataset: str, name: str, way: str, on: str
) -> Answer:
    key = (dataset, name)
    source = snapshot.sources.get(key)
    if source is None:
        known = dataset in snapshot.datasets
        return denied("field-unknown" if known else "dataset-unknown", name if known else dataset)
    if source.owner == consumer:
        return source.own
    if source.barred is not None:
        return source.barred
    grants = snapshot.grants.get((consumer, key))
    if grants is None:
        return denied("field-not-agreed", name) if (consumer, dataset) in snapshot.partners else source.closed
    return _granted(grants, purpose, way, on)


def _granted(grants: tuple[Grant, ...], purpose: str, way: str, on: str) -> Answer:
    """What the agreements of one consumer say of one field."""
    if len(grants) == 1:
        fault = _fault(grants[0], purpose, way, on)
        return grants[0].permit if fault is None else grants[0].refusals[fault]
    permits: list[Grant] = []
    faults: list[Reason] = []
    for grant in grants:
        fault = _fault(grant, purpose, way, on)
        if fault is None:
            permits.append(grant)
        elif fault in ("agreement-suspended", "field-hidden"):
            return grant.refusals[fault]
        else:
            faults.append(Reason(fault, grant.agreement))
    if len(permits) == 1:
        return permits[0].permit
    if permits:
        return _strictest(permits)
    return Answer("deny", tuple(sorted(faults, key=rank)), agreement=min(faults, key=rank).about)


def _fault(grant: Grant, purpose: str, way: str, on: str) -> str | None:
    """Why one agreement does not permit; None where it does."""
    if grant.ended:
        return grant.ended
    if on < grant.start:
        return "agreement-not-yet"
    if on > grant.until:
        return "agreement-terminated" if grant.cut else "agreement-expired"
    if purpose not in grant.purposes:
        return "purpose-not-agreed"
    if grant.suspended:
        return "agreement-suspended"
    if grant.hidden:
        return "field-hidden"
    if way and way != grant.way:
        return "way-not-agreed"
    return None


def _strictest(permits: list[Grant]) -> Answer:
    """Several agreements permit the same field: the strictest mask, every obligation, the earliest end."""
    first = min(permits, key=lambda grant: (-strictness(grant.mask), grant.agreement, grant.clause))
    others = sorted(permits, key=lambda grant: (grant.agreement, grant.clause))
    duties = dict.fromkeys(duty for grant in (first, *others) for duty in grant.permit.obligations)
    return first.permit._replace(
        reasons=tuple(dict.fromkeys(Reason(PERMIT, grant.agreement) for grant in (first, *others))),
        obligations=tuple(duty for duty in duties if duty.type != "mask" or duty.detail == first.mask),
        valid_until=min(grant.until for grant in permits),
    )


def _element(snapshot: Snapshot, consumer: str, purpose: str, element: str, way: str, on: str) -> Answer:
    """The element from any source: one's own first, then the source with the strictest mask."""
    if element not in snapshot.elements:
        return denied("element-unknown", element)
    own = snapshot.owned.get((consumer, element))
    if own is not None:
        return snapshot.sources[own].own
    places = snapshot.granted.get((consumer, element))
    if places is None:
        return snapshot.open.get(element) or denied("element-without-source", element)
    if len(places) == 1:
        return _field(snapshot, consumer, purpose, *places[0], way, on)
    answers = [_field(snapshot, consumer, purpose, *place, way, on) for place in places]
    permits = [answer for answer in answers if answer.effect == "permit"]
    if permits:
        return min(permits, key=lambda one: (-strictness(one.mask), one.dataset, one.field))
    reasons = tuple(sorted({reason for answer in answers for reason in answer.reasons}, key=rank))
    return Answer("deny", reasons, agreement=next((one.agreement for one in answers if one.agreement), ""))

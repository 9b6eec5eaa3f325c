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
    PROHIBITIONS,
    Answer,
    Grant,
    Reason,
    Snapshot,
    Source,
    denied,
    rank,
    strictness,
)

_ASKERS = 4_096  # remembered of a snapshot


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
    asker = (consumer, purpose, way, on)
    fit = snapshot.fit
    try:
        refused = fit[asker]
    except KeyError:
        refused = _unfit(snapshot, consumer, purpose, way, on)
        if len(fit) >= _ASKERS:
            fit.clear()
        fit[asker] = refused
    if refused is not None:
        return [refused] * len(items)
    sources, made = snapshot.sources, []
    for element, dataset, name in items:
        if element:
            made.append(_element(snapshot, consumer, purpose, element, way, on))
            continue
        fields = sources.get(dataset)
        if fields is None:
            made.append(denied("dataset-unknown", dataset))
            continue
        source = fields.get(name)
        if source is None:
            made.append(denied("field-unknown", name))
            continue
        made.append(_field(source, consumer, purpose, way, on))
    return made


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


def _field(source: Source, consumer: str, purpose: str, way: str, on: str) -> Answer:
    if consumer == source.owner:
        return source.own
    said = source.partners.get(consumer)
    if said is None:
        return source.closed
    return said if isinstance(said, Answer) else _granted(said, purpose, way, on)


def _granted(grants: tuple[Grant, ...], purpose: str, way: str, on: str) -> Answer:
    """What the agreements of one consumer say of one field: a prohibition wins, then what permits."""
    if len(grants) == 1:
        grant = grants[0]
        if grant.first <= on <= grant.until and purpose in grant.purposes and way in grant.ways:
            return grant.permit
        return grant.refusal(_fault(grant, purpose, on))
    permits: list[Grant] = []
    refusals: list[Answer] = []
    for grant in grants:
        if grant.first <= on <= grant.until and purpose in grant.purposes and way in grant.ways:
            permits.append(grant)
            continue
        fault = _fault(grant, purpose, on)
        if fault in PROHIBITIONS:
            return grant.refusal(fault)
        refusals.append(grant.refusal(fault))
    if permits:
        return _strictest(permits)
    refusals.sort(key=lambda one: rank(one.reasons[0]))
    return refusals[0]._replace(reasons=tuple(dict.fromkeys(one.reasons[0] for one in refusals)))


def _fault(grant: Grant, purpose: str, on: str) -> str:
    """Why an agreement that does not permit does not; where nothing else is amiss it is the way."""
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
    return "field-hidden" if grant.hidden else "way-not-agreed"


def _strictest(permits: list[Grant]) -> Answer:
    """Several agreements permit the same field: the strictest mask, every obligation, the earliest end."""
    if len(permits) == 1:
        return permits[0].permit
    first = min(permits, key=lambda grant: (-strictness(grant.mask), grant.agreement, grant.clause))
    others = sorted(permits, key=lambda grant: (grant.agreement, grant.clause))
    duties = dict.fromkeys(duty for grant in (first, *others) for duty in grant.permit.obligations)
    reasons = dict.fromkeys(Reason(PERMIT, grant.agreement) for grant in (first, *others))
    drifts = dict.fromkeys(one for grant in others for one in grant.permit.reasons if one.code != PERMIT)
    return first.permit._replace(
        reasons=(*reasons, *drifts),
        pinned=tuple(dict.fromkeys(pin for grant in (first, *others) for pin in grant.permit.pinned)),
        obligations=tuple(duty for duty in duties if duty.type != "mask" or duty.detail == first.mask),
        valid_until=min(grant.until for grant in permits),
    )


def _element(snapshot: Snapshot, consumer: str, purpose: str, element: str, way: str, on: str) -> Answer:
    """The element from any source: one's own first, then the source with the strictest mask."""
    if element not in snapshot.elements:
        return denied("element-unknown", element)
    own = snapshot.owned.get((consumer, element))
    if own is not None:
        return snapshot.sources[own[0]][own[1]].own
    places = snapshot.granted.get((consumer, element))
    if places is None:
        return snapshot.open.get(element) or denied("element-without-source", element)
    held = [source for place in places if (source := snapshot.source(place))]
    answers = [_field(source, consumer, purpose, way, on) for source in held]
    if not answers:
        return snapshot.open.get(element) or denied("element-without-source", element)
    if len(answers) == 1:
        return answers[0]
    permits = [answer for answer in answers if answer.effect == "permit"]
    if permits:
        return min(permits, key=lambda one: (-strictness(one.mask), one.dataset, one.field))
    nearest = min(answers, key=lambda one: rank(one.reasons[0]))
    reasons = {reason for answer in answers for reason in answer.reasons}
    return nearest._replace(reasons=tuple(sorted(reasons, key=rank)))

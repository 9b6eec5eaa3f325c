"""Records become a snapshot: each document once, then all indexes at once. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from sys import intern

from catalog.base.documents import Document
from catalog.datasets.sharing import REFUSED, UNCONDITIONAL
from catalog.entitlements.snapshot import (
    DRIFTED,
    NEVER,
    OWN,
    PERMIT,
    Answer,
    Dataset,
    Duty,
    Grant,
    Parts,
    Pin,
    Place,
    Reason,
    Snapshot,
    Source,
)

ENDLESS = "9999-12-31"
_ENDED = {
    "expired": "agreement-expired",
    "terminated": "agreement-terminated",
    "superseded": "agreement-superseded",
}


def dataset_of(document: Document, status: str) -> Dataset:
    """The compiled form of a dataset's public document."""
    return Dataset(
        owner=intern(document.get("department", "")),
        status=status,
        share_class=document.get("share", {}).get("class", ""),
        fields=tuple(
            (intern(one.get("name", "")), one.get("element", ""), one.get("share_class", ""))
            for one in document.get("fields", ())
        ),
        services=tuple(document.get("services", ())),
    )


def grants_of(identifier: str, document: Document, status: str) -> tuple[tuple[str, Place, str, Grant], ...]:
    """An agreement's clauses as (consumer, place, element, grant)."""
    consumer, dataset = document.get("consumer", ""), document.get("dataset", "")
    period = document.get("period", {})
    until, ends_on = period.get("until", ENDLESS), document.get("termination", {}).get("on", "")
    cut = bool(ends_on) and ends_on <= until
    common = tuple(
        Duty(one.get("type", ""), one.get("detail", "")) for one in document.get("obligations", ())
    )
    if document.get("conditions"):
        common += (Duty("condition", document["conditions"]),)
    if document.get("retention_until"):
        common += (Duty("records_until", document["retention_until"]),)
    last, start = intern(_before(ends_on) if cut else until), intern(period.get("from", ENDLESS))
    purposes, ways = _shared(tuple(map(intern, document.get("purposes", ())))), _ways(document.get("way", ""))
    ended, suspended = _ENDED.get(status, ""), status == "suspended"
    pins = {one.get("element", ""): _pinned(one) for one in document.get("pins", ())}
    made = []
    for item in document.get("items", ()):
        mask, clause, name = item.get("mask", ""), item.get("clause", ""), item.get("field", "")
        duties: tuple[Duty, ...] = (Duty("mask", mask),) if mask not in ("", "full") else ()
        if item.get("conditions"):
            duties += (Duty("condition", item["conditions"]),)
        grant = Grant(
            agreement=identifier,
            clause=clause,
            purposes=purposes,
            ways=ways,
            start=start,
            until=last,
            first=NEVER if ended or suspended or mask == "hidden" else start,
            cut=cut,
            ended=ended,
            suspended=suspended,
            hidden=mask == "hidden",
            mask=mask,
            permit=Answer(
                "permit", (Reason(PERMIT, identifier),), identifier, clause, duties + common,
                "" if last == ENDLESS else last, dataset, name, pins.get(item.get("element", ""), ()),
            ),
        )  # fmt: skip
        made.append((consumer, (dataset, name), item.get("element", ""), grant))
    return tuple(made)


def _pinned(pin: Document) -> tuple[Pin, ...]:
    """The element and, where the agreement says it, its code list."""
    made = [Pin("data-element", pin.get("element", ""), pin.get("version", 0))]
    if pin.get("code_list") and pin.get("list_version"):
        made.append(Pin("code-list", pin["code_list"], pin["list_version"], pin.get("element", "")))
    return tuple(made)


def _drifted(grant: Grant, drifted: frozenset[Pin]) -> Grant:
    """A permission says what of it has changed in a breaking way; it holds for what was pinned, no more."""
    told = tuple(Reason(DRIFTED, pin.identifier) for pin in grant.permit.pinned if pin in drifted)
    if not told:
        return grant
    return replace(grant, permit=grant.permit._replace(reasons=grant.permit.reasons + told), refusals={})


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def digest_of(marks: Iterable[tuple[str, str, str, str]]) -> str:
    """SHA-256 over (kind, identifier, status, digest of the document), in their order."""
    made = hashlib.sha256()
    for mark in sorted(marks):
        made.update("\x1f".join(mark).encode() + b"\n")
    return made.hexdigest()


def compiled(parts: Parts, *, seq: int, digest: str) -> Snapshot:
    """All indexes that a decision looks into."""
    sources: dict[str, dict[str, Source]] = {}
    owned: dict[tuple[str, str], Place] = {}
    barred: dict[str, Answer] = {}
    closed: dict[str, Answer] = {}
    elements: dict[Place, str] = {}
    for identifier in sorted(parts.datasets):
        dataset = parts.datasets[identifier]
        fields = sources[identifier] = {}
        for name, element, own_class in dataset.fields:
            place = (identifier, name)
            source = fields[name] = _source(identifier, dataset, name, own_class)
            elements[place] = element
            if element:
                owned.setdefault((dataset.owner, element), place)
                (barred if source.barred else closed).setdefault(element, source.closed)
    granted: dict[tuple[str, str], dict[Place, None]] = {}
    agreed: dict[str, dict[Place, None]] = {}
    for identifier in sorted(parts.agreements):
        for consumer, place, named, grant in parts.agreements[identifier]:
            bound = elements.get(place, "")
            held = _rebound(grant) if named and bound and named != bound else grant
            if parts.drifted:
                held = _drifted(held, parts.drifted)
            _grant(sources.get(place[0], {}), consumer, place[1], held)
            agreed.setdefault(consumer, {})[place] = None
            element = named or bound
            if element:
                granted.setdefault((consumer, element), {})[place] = None
    return Snapshot(
        seq=seq,
        digest=digest,
        departments=parts.departments,
        purposes=parts.purposes,
        ways=parts.ways,
        elements=parts.elements,
        datasets=parts.datasets,
        sources=sources,
        owned=owned,
        granted={key: tuple(sorted(places)) for key, places in granted.items()},
        open=barred | closed,
        agreed={consumer: tuple(sorted(places)) for consumer, places in agreed.items()},
    )


def _source(identifier: str, dataset: Dataset, name: str, own_class: str) -> Source:
    def denial(code: str, about: str) -> Answer:
        return Answer("deny", (Reason(code, about),), dataset=identifier, field=name)

    free = (own_class or dataset.share_class) == UNCONDITIONAL
    closed, barred = denial("no-agreement-unconditional" if free else "no-agreement", identifier), True
    if REFUSED in (own_class, dataset.share_class):
        closed = denial("sharing-refused", name)
    elif dataset.status != "published":
        closed = denial("not-published", identifier)
    else:
        barred = False
    own = Answer("permit", (Reason(OWN, identifier),), dataset=identifier, field=name)
    return Source(dataset.owner, own, closed, barred)


def _rebound(grant: Grant) -> Grant:
    """What was agreed on is another data element now: no use of it before both sides say so again."""
    return replace(grant, first=NEVER, ended=grant.ended or "field-rebound", refusals={})


def _grant(fields: Mapping[str, Source], consumer: str, field: str, grant: Grant) -> None:
    """Say it at its field, and at the other fields of the dataset that the agreement has nothing of them."""
    if field not in fields:
        return  # the dataset has no such field any more
    for name, source in fields.items():
        if source.barred:
            continue
        source.partners = source.partners or {}
        held = source.partners.get(consumer)
        if name == field:
            before = held if type(held) is tuple else ()
            source.partners[consumer] = (*before, grant)
        elif held is None:
            reasons = (Reason("field-not-agreed", name),)
            source.partners[consumer] = source.closed._replace(reasons=reasons)


@lru_cache(maxsize=4_096)
def _shared(values: tuple[str, ...]) -> frozenset[str]:
    """Agreements say the same few purposes; one set for all of them keeps what is asked most close together."""
    return frozenset(values)


@lru_cache(maxsize=4_096)
def _ways(way: str) -> tuple[str, str]:
    return "", way

"""Records become a snapshot: each document once, then all indexes at once. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from types import MappingProxyType

from catalog.base.documents import Document
from catalog.datasets.sharing import REFUSED, UNCONDITIONAL
from catalog.entitlements.snapshot import (
    OWN,
    PERMIT,
    Answer,
    Dataset,
    Duty,
    Grant,
    Parts,
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
_FAULTS = ("agreement-suspended", "field-hidden", "way-not-agreed", "purpose-not-agreed", "agreement-not-yet",
           "agreement-expired", "agreement-terminated", "agreement-superseded")  # fmt: skip


def dataset_of(document: Document, status: str) -> Dataset:
    """The compiled form of a dataset's public document."""
    return Dataset(
        owner=document.get("department", ""),
        status=status,
        share_class=document.get("share", {}).get("class", ""),
        fields=tuple(
            (one.get("name", ""), one.get("element", ""), one.get("share_class", ""))
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
    refusals = MappingProxyType(
        {code: Answer("deny", (Reason(code, identifier),), agreement=identifier) for code in _FAULTS}
    )
    last = _before(ends_on) if cut else until
    made = []
    for item in document.get("items", ()):
        mask, clause, name = item.get("mask", ""), item.get("clause", ""), item.get("field", "")
        duties: tuple[Duty, ...] = (Duty("mask", mask),) if mask not in ("", "full") else ()
        if item.get("conditions"):
            duties += (Duty("condition", item["conditions"]),)
        grant = Grant(
            agreement=identifier,
            clause=clause,
            purposes=frozenset(document.get("purposes", ())),
            way=document.get("way", ""),
            start=period.get("from", ENDLESS),
            until=last,
            cut=cut,
            ended=_ENDED.get(status, ""),
            suspended=status == "suspended",
            hidden=mask == "hidden",
            mask=mask,
            permit=Answer(
                "permit", (Reason(PERMIT, identifier),), identifier, clause, duties + common,
                "" if last == ENDLESS else last, dataset, name,
            ),
            refusals=refusals,
        )  # fmt: skip
        made.append((consumer, (dataset, name), item.get("element", ""), grant))
    return tuple(made)


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
    sources: dict[Place, Source] = {}
    owned: dict[tuple[str, str], Place] = {}
    barred: dict[str, Answer] = {}
    closed: dict[str, Answer] = {}
    for identifier in sorted(parts.datasets):
        dataset = parts.datasets[identifier]
        for name, element, own_class in dataset.fields:
            place = (identifier, name)
            source = sources[place] = _source(identifier, dataset, name, own_class)
            if element:
                owned.setdefault((dataset.owner, element), place)
                (closed if source.barred is None else barred).setdefault(
                    element, source.barred or source.closed
                )
    grants: dict[tuple[str, Place], list[Grant]] = {}
    granted: dict[tuple[str, str], dict[Place, None]] = {}
    elements = {(i, name): element for i, one in parts.datasets.items() for name, element, _ in one.fields}
    for identifier in sorted(parts.agreements):
        for consumer, place, named, grant in parts.agreements[identifier]:
            grants.setdefault((consumer, place), []).append(grant)
            element = elements.get(place) or named
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
        grants={key: tuple(found) for key, found in grants.items()},
        partners=frozenset((consumer, place[0]) for consumer, place in grants),
        owned=owned,
        granted={key: tuple(sorted(places)) for key, places in granted.items()},
        open=barred | closed,
    )


def _source(identifier: str, dataset: Dataset, name: str, own_class: str) -> Source:
    share_class = own_class or dataset.share_class

    def denial(code: str, about: str) -> Answer:
        return Answer("deny", (Reason(code, about),), dataset=identifier, field=name)

    barred = None
    if REFUSED in (own_class, dataset.share_class):
        barred = denial("sharing-refused", name)
    elif dataset.status != "published":
        barred = denial("not-published", identifier)
    free = share_class == UNCONDITIONAL
    code = "no-agreement-unconditional" if free else "no-agreement"
    return Source(
        owner=dataset.owner,
        own=Answer("permit", (Reason(OWN, identifier),), dataset=identifier, field=name),
        barred=barred,
        closed=denial(code, identifier),
    )

"""The sharing ledger and its matrix: who gives what to whom, what ends soon, what was refused. Pure (L3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.base.documents import Document
from catalog.registry.reads import Row
from catalog.reports.facts import Facts
from catalog.sharing.term import term

STATES = ("active", "expiring", "suspended", "coming", "expired", "ended", "refused")
"""``expiring``: the last day is at most 60 days away; ``expired``: the term is over; ``ended``: terminated or superseded."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one department gives another, counted by state."""

    provider: str
    consumer: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Providers as rows, consumers as columns; only those that occur."""

    providers: Sequence[str]
    consumers: Sequence[str]
    cells: Mapping[tuple[str, str], Cell]


def ledger(facts: Facts) -> list[dict[str, Any]]:
    """Every agreement and every refused request, with its topics and its state on the day."""
    topics = _topics(facts)
    rows = [_agreement(row, facts, topics) for row in facts.agreements]
    return rows + [
        {
            "number": case.number,
            "href": f"/cases/{case.number}",
            "name": case.title,
            "provider": case.to_department,
            "consumer": case.from_department,
            "dataset": case.document.get("dataset", ""),
            "topics": topics.get(case.document.get("dataset", ""), []),
            "items": len(case.document.get("items", ())),
            "from": "",
            "until": "",
            "state": "refused",
        }
        for case in facts.cases
        if case.type == "sharing-request" and case.state == "refused"
    ]


def _agreement(row: Row, facts: Facts, topics: Mapping[str, list[str]]) -> dict[str, Any]:
    document: Document = row.document
    period = document.get("period", {})
    return {
        "number": row.identifier,
        "href": f"/sharing-agreements/{row.identifier}",
        "name": row.name,
        "provider": document.get("provider", ""),
        "consumer": document.get("consumer", ""),
        "dataset": document.get("dataset", ""),
        "topics": topics.get(document.get("dataset", ""), []),
        "items": len(document.get("items", ())),
        "from": period.get("from", ""),
        "until": period.get("until", ""),
        "state": _state(row, facts),
    }


def _state(row: Row, facts: Facts) -> str:
    period = row.document.get("period", {})
    found = term(row.status, period.get("from", ""), period.get("until", ""), facts.on).state
    if found == "closed":
        return "expired" if row.status == "expired" else "ended"
    if found == "past":
        return "expired"
    if row.status == "suspended":
        return "suspended"
    return {"coming": "coming", "soon": "expiring"}.get(found, "active")


def _topics(facts: Facts) -> dict[str, list[str]]:
    """The topics that draw on each dataset."""
    found: dict[str, list[str]] = {}
    for topic in facts.topics:
        if topic.status != "published":
            continue
        for section in topic.document.get("sections", ()):
            for slot in section.get("slots", ()):
                held = found.setdefault(slot.get("dataset", ""), [])
                if topic.identifier not in held:
                    held.append(topic.identifier)
    found.pop("", None)
    return found


def matrix(rows: Sequence[Mapping[str, Any]], order: Sequence[str]) -> Matrix:
    """The rows of the ledger counted by both sides; departments in ``order`` (机构序列)."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counts.setdefault((row["provider"], row["consumer"]), Counter())[row["state"]] += 1
    place = {one: number for number, one in enumerate(order)}

    def sort(ones: set[str]) -> list[str]:
        return sorted(ones, key=lambda one: (place.get(one, len(place)), one))

    return Matrix(
        sort({provider for provider, _ in counts}),
        sort({consumer for _, consumer in counts}),
        {key: Cell(*key, dict(found)) for key, found in counts.items()},
    )

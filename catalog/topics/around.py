"""What the register holds around topics: their sources, elements and agreements, read in a few statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from catalog.base.documents import Document
from catalog.registry.reads import Reads
from catalog.topics.coverage import Around, shared_fields, slots

_MOST = 20_000
_TOGETHER = 500


async def around(reads: Reads, topics: Iterable[Document], on: date) -> Around:
    """Everything that the coverage of these topics asks for; the public view."""
    wanted: dict[str, set[str]] = {"dataset": set(), "data-element": set()}
    for topic in topics:
        for _, slot in slots(topic):
            wanted["dataset"].add(slot.get("dataset", ""))
            wanted["data-element"].add(slot.get("element", ""))
    found = {kind: await _documents(reads, kind, sorted(names - {""})) for kind, names in wanted.items()}
    shared: set[tuple[str, str]] = set()
    for row in await reads.listed("sharing-agreement", status=["active"], limit=_MOST):
        shared.update(shared_fields(row.document, on))
    return Around(found["dataset"], found["data-element"], shared, on)


async def _documents(reads: Reads, kind: str, identifiers: list[str]) -> dict[str, Document]:
    ended = ("withdrawn", "retired")
    return {
        row.identifier: row.document
        for start in range(0, len(identifiers), _TOGETHER)
        for row in await reads.many(kind, identifiers[start : start + _TOGETHER])
        if row.status not in ended
    }

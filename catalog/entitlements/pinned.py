"""Which pins of agreements stand on something that has changed in a breaking way since, as of one entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.base.documents import Document
from catalog.entitlements.snapshot import Parts, Pin
from catalog.registry.reads import MANY_CODES, Reads
from catalog.sharing.drifting import element_breaks, list_breaks, sensitive

_KINDS = ("data-element", "code-list")
Judged = dict[tuple[Pin, int, int], bool]
"""Whether the change from a pin to a later version breaks, with the element's version: judged once, it stays so."""


def pins_of(parts: Parts) -> frozenset[Pin]:
    """Every pin of every agreement."""
    return frozenset(
        pin
        for grants in parts.agreements.values()
        for _, _, _, grant in grants
        for pin in grant.permit.pinned
    )


async def drifted(reads: Reads, pins: Iterable[Pin], seq: int, judged: Judged) -> frozenset[Pin]:
    """Those whose element or code list reads otherwise after entry ``seq`` than what was agreed on."""
    found: set[Pin] = set()
    by_kind: dict[str, list[Pin]] = {}
    for pin in pins:
        by_kind.setdefault(pin.kind, []).append(pin)
    elements: dict[str, int] = {}
    for kind in _KINDS:
        if kind not in by_kind:
            continue
        rows = await reads.find("version_numbers", quick=False, kind=kind, seq=seq)
        present = {row[0]: row[1] for row in rows}
        elements = present if kind == "data-element" else elements
        for pin in by_kind[kind]:
            now = present.get(pin.identifier, 0)
            if now <= pin.version:
                continue
            key = (pin, now, elements.get(pin.element, 0))
            if key not in judged:
                judged[key] = await _breaks(reads, pin, seq)
            if judged[key]:
                found.add(pin)
    return frozenset(found)


async def _breaks(reads: Reads, pin: Pin, seq: int) -> bool:
    entries = await reads.find("version_seq", kind=pin.kind, identifier=pin.identifier, version=pin.version)
    if not entries or entries[0][0] is None:
        return True  # a version that the register never had binds to nothing that is there
    before = await _document(reads, pin, int(entries[0][0]))
    after = await _document(reads, pin, seq)
    if pin.kind == "data-element":
        return bool(element_breaks(before, after))
    flagged = sensitive(await _element(reads, pin.element, seq))
    return bool(list_breaks(before, after, flagged=flagged))


async def _document(reads: Reads, pin: Pin, seq: int) -> Document:
    if pin.kind == "code-list":
        codes = await reads.find(
            "codes", quick=False, code_list=pin.identifier, seq=seq, after=-1, limit=MANY_CODES
        )
        return {"codes": [_code(row) for row in codes]}
    return await _element(reads, pin.identifier, seq)


async def _element(reads: Reads, identifier: str, seq: int) -> Document:
    rows = await reads.listed("data-element", only=[identifier], limit=1, seq=seq)
    return rows[0].document if rows else {}


def _code(row: Sequence[str | None]) -> Document:
    named = zip(("code", "label", "parent", "valid_from", "valid_until"), row, strict=False)
    return {name: value for name, value in named if value is not None}

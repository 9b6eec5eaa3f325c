"""The part of a document that its schema admits, so that what is beside a fault is judged in the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.base.documents import Document, escape
from catalog.base.errors import Violation
from catalog.standards import schemas

_ROUNDS = 8  # how often what stands around a fault is taken out too


@dataclass(frozen=True, slots=True)
class Sound:
    """A document without its faulty members: valid as a draft."""

    document: Document
    faults: frozenset[str]  # pointers of what was taken out, in the document as it came
    rows: Mapping[str, tuple[int, ...]]  # pointer of a list in ``document`` → where its items stood

    def told(self, found: Iterable[Violation]) -> list[Violation]:
        """What was found in ``document``, at the places of the document as it came; nothing about a fault itself."""
        placed = (
            Violation(self.place(v.pointer), v.rule, v.severity, v.found, v.expected, v.values) for v in found
        )
        return [one for one in placed if not self._is_fault(one.pointer)]

    def place(self, pointer: str) -> str:
        """A pointer into ``document`` as a pointer into the document as it came."""
        here = there = ""
        for token in pointer.split("/")[1:]:
            rows = self.rows.get(here, ())
            known = token.isdigit() and int(token) < len(rows)
            here, there = f"{here}/{token}", f"{there}/{rows[int(token)] if known else token}"
        return there

    def _is_fault(self, pointer: str) -> bool:
        return any(pointer == fault or pointer.startswith(f"{fault}/") for fault in self.faults)


def sound(kind: str, document: Document, violations: Iterable[Violation]) -> Sound | None:
    """``document`` without what the errors among ``violations`` point at; None where nothing of it can be judged."""
    faults = {one.pointer for one in violations if one.severity == "error"}
    for _ in range(_ROUNDS):
        if "" in faults:
            return None
        rows: dict[str, tuple[int, ...]] = {}
        rest = _without(document, "", "", faults, rows)
        found = Sound(rest, frozenset(faults), rows)
        wrong = {found.place(one.pointer) for one in schemas.check(kind, rest, "draft")}
        if not wrong:
            return found
        inner = {one for one in wrong if not any(other.startswith(f"{one}/") for other in wrong)}
        faults |= {one.rpartition("/")[0] if found._is_fault(one) else one for one in inner}
    return None


def _without(value: Any, came: str, stands: str, faults: set[str], rows: dict[str, tuple[int, ...]]) -> Any:
    if isinstance(value, dict):
        return {
            name: _without(child, f"{came}/{escape(name)}", f"{stands}/{escape(name)}", faults, rows)
            for name, child in value.items()
            if f"{came}/{escape(name)}" not in faults
        }
    if isinstance(value, list):
        kept = tuple(place for place in range(len(value)) if f"{came}/{place}" not in faults)
        if len(kept) < len(value):
            rows[stands] = kept
        return [
            _without(value[place], f"{came}/{place}", f"{stands}/{now}", faults, rows)
            for now, place in enumerate(kept)
        ]
    return value

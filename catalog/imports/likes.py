"""What the rows of an upload resemble, before any identifier is given: the register, and each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.elements.compare import Match, Named, Shelf, advice, element_named, item_named
from catalog.elements.shelves import register_shelf

MOST = 5_000  # names that are compared; whoever brings more gets the first of them


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One element, or one data item without an element, that a file brings."""

    number: int  # of its document
    pointer: str  # empty for the document itself
    named: Named


def newcomers(kind: str, documents: Iterable[tuple[int, Document]]) -> Iterator[Newcomer]:
    """Those of a data element's file, and the data items of datasets that name no element yet."""
    for number, document in documents:
        if kind == "data-element":
            yield Newcomer(number, "", element_named(document, key=f"#{number}"))
            continue
        fields = document.get("fields") if kind == "dataset" else None
        for place, field in enumerate(fields if isinstance(fields, list) else ()):
            if isinstance(field, dict) and field.get("name") and not field.get("element"):
                pointer = f"/fields/{place}"
                yield Newcomer(number, pointer, item_named(field, key=f"#{number}{pointer}"))


def compared(
    session: Session, kind: str, documents: Iterable[tuple[int, Document]], known: Mapping[int, str]
) -> dict[int, list[dict[str, Any]]]:
    """For each document that resembles something what it resembles, as JSON; ``known`` stand already."""
    found: dict[int, list[dict[str, Any]]] = {}
    new = [one for one in newcomers(kind, documents) if one.pointer or one.number not in known][:MOST]
    if not new:
        return found
    shelf = register_shelf(session)
    others = Shelf(one.named for one in new) if kind == "data-element" else None
    seen: dict[tuple[str, str, str], list[Match]] = {}
    for one in new:
        key = (one.named.name, one.named.short_name, one.named.code_list)
        register = seen.get(key)
        if register is None:
            register = seen[key] = shelf.like(one.named, near=len(new) < MOST // 2)
        among = [m for m in others.like(one.named, near=False) if m.sure] if others else []
        said = advice(register)
        if said == "new" and among:
            said = "pending"
        if said != "new":
            found.setdefault(one.number, []).append(
                {
                    "pointer": one.pointer,
                    "name": one.named.name,
                    "short_name": one.named.short_name,
                    "advice": said,
                    "register": [_match(match) for match in register],
                    "rows": [_match(match) for match in among],
                }
            )
    return found


def _match(match: Match) -> dict[str, Any]:
    return {
        "key": match.named.key,
        "name": match.named.name,
        "status": match.named.status,
        "sure": match.sure,
        "reasons": [list(pair) for pair in zip(match.reasons, match.words, strict=True)],
    }

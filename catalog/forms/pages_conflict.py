"""The page for two who changed one record: what each changed, and a choice where both did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from catalog.base.documents import Document
from catalog.base.i18n import text
from catalog.base.pages import render
from catalog.forms.conflict import Difference, merged
from catalog.forms.pages_form import document_of
from catalog.forms.reading import Typed
from catalog.forms.sheets import Sheet
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.pages_diff import written
from catalog.registry.pages_words import kinds_name, lookup

_CHOICE = "choice:"


@dataclass(frozen=True, slots=True)
class _Sides:
    base: Document
    theirs: Document
    mine: Document
    seq: int


async def conflict(sheet: Sheet, typed: Typed) -> Response:
    """412: three columns for every place that differs; what only one side changed is merged already."""
    sides = await asyncio.to_thread(_sides, sheet, typed)
    _, found = merged(sides.base, sides.theirs, sides.mine, _chosen(typed))
    names = await lookup(
        sheet.runtime.reads, sheet.annotations, [sides.base, sides.theirs, sides.mine],
        sheet.sight, sheet.language, people=True,
    )  # fmt: skip

    def row(one: Difference) -> dict[str, Any]:
        shown = {
            side: written(value, one.place, sheet.annotations, sheet.language, names)
            for side, value in (("base", one.base), ("theirs", one.theirs), ("mine", one.mine))
        }
        label = sheet.annotations.label(one.place, sheet.language)
        return {"key": one.key, "label": label, "both": one.both, "taken": one.taken, **shown}

    rows = [row(one) for one in sorted(found, key=lambda one: not one.both)]
    kept = [(name, value) for name, value in typed.pairs if name.startswith("/") or name in _CARRIED]
    steps = [
        (kinds_name(sheet.kind.name, sheet.language), f"/{sheet.kind.plural}"),
        (sheet.name, sheet.address),
    ]
    return render(
        sheet.request,
        "forms/conflict.html",
        status=412,
        headers={"Cache-Control": "no-store"},
        rows=rows,
        open=sum(one.both for one in found),
        sheet=sheet,
        pairs=kept,
        read=typed.number("_read") or sheet.read,
        theirs=sides.seq,
        trail=[*steps, (text("form.conflict", sheet.language), "")],
    )


_CARRIED = ("reason", "_keep", "_draft", "_seen")


async def settled(sheet: Sheet, typed: Typed) -> tuple[Document, int]:
    """The document as chosen, and the seq that it was chosen against."""
    sides = await asyncio.to_thread(_sides, sheet, typed)
    document, _ = merged(sides.base, sides.theirs, sides.mine, _chosen(typed))
    return document, typed.number("_theirs") or sides.seq


def _chosen(typed: Typed) -> dict[str, str]:
    return {name.removeprefix(_CHOICE): value for name, value in typed.pairs if name.startswith(_CHOICE)}


def _sides(sheet: Sheet, typed: Typed) -> _Sides:
    assert sheet.identifier is not None
    read = typed.number("_read") or sheet.read or 0
    with sheet.runtime.database.reading() as session:
        base = whole(session, sheet.kind.name, sheet.identifier, seq=read) or {}
        theirs = whole(session, sheet.kind.name, sheet.identifier) or {}
        record = session.get(Record, (sheet.kind.name, sheet.identifier))
    return _Sides(base, theirs, document_of(sheet, typed), record.seq if record else read)

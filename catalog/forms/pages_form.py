"""The page of a form: its sections, what is wrong with it, who has it, and the bar of what can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.base.i18n import text
from catalog.base.pages import render
from catalog.forms.choices import offer
from catalog.forms.controls import Said, form_of
from catalog.forms.judging import alike, judged, said
from catalog.forms.likes import Like, likes
from catalog.forms.reading import Typed
from catalog.forms.sheets import Sheet, today
from catalog.registry.pages_words import kind_name, kinds_name, words


async def show(
    sheet: Sheet,
    *,
    typed: Typed | None = None,
    found: Sequence[Said] = (),
    notice: str = "",
    refused: bool = False,
    status: int = 200,
    seen: str = "",
    read: int | None = None,
    focus: str = "",
) -> Response:
    """The page with ``typed`` (else the sheet's own document), ``found`` beside its controls and on top."""
    document = typed.document if typed else sheet.document
    offered = await offer(sheet.runtime, sheet.annotations, document, sheet.actor, sheet.language)
    form = form_of(
        document, sheet.annotations, sheet.language, offered,
        profile=sheet.profile, found=found, more=typed.more if typed else None,
        fixed=frozenset({"identifier"}), kept=sheet.kept,
    )  # fmt: skip
    errors = sum(one.severity == "error" for one in found)
    return render(
        sheet.request,
        "forms/form.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        form=form,
        offer=offered,
        sheet=sheet,
        errors=errors,
        warnings=len(found) - errors,
        notice=notice,
        refused=refused,
        seen=seen,
        focus=focus,
        read=read if read is not None else (typed.number("_read") if typed else None) or sheet.read,
        reason=typed.get("reason") if typed else "",
        names=await _names(sheet),
        trail=_trail(sheet),
        heading=_heading(sheet),
    )


def _heading(sheet: Sheet) -> str:
    thing = kind_name(sheet.kind.name, sheet.language)
    if sheet.identifier:
        return text("form.title-edit", sheet.language, name=sheet.name)
    return text(
        "form.title-copy" if sheet.copied else "form.title-new",
        sheet.language,
        thing=thing,
        name=sheet.copied,
    )


def _trail(sheet: Sheet) -> list[tuple[str, str]]:
    steps = [(kinds_name(sheet.kind.name, sheet.language), f"/{sheet.kind.plural}")]
    if sheet.identifier:
        steps.append((sheet.name, sheet.address))
    if sheet.draft:
        steps.append((text("draft.title", sheet.language), "/drafts"))
    steps.append((text("form.edit" if sheet.identifier else "form.new", sheet.language), ""))
    return steps


async def _names(sheet: Sheet) -> dict[str, str]:
    """The names of the people and departments that the page speaks of."""
    found = dict(await (await words(sheet.runtime.reads)).departments())
    keys = {
        key
        for one in (sheet.draft, sheet.other)
        if one
        for key in (one.by, one.edited_by)
        if key.startswith("PN-")
    }
    people = await sheet.runtime.reads.people(sorted(keys))
    return found | {key: row[0] or "" for key, row in people.items()}


async def checked(sheet: Sheet, typed: Typed) -> tuple[list[Said], list[Like]]:
    """Everything that the register would say of what was typed, and who has the name already."""

    def work() -> tuple[list[Violation], list[Like]]:
        with sheet.runtime.database.reading() as session:
            found = judged(session, sheet.kind, document_of(sheet, typed), on=today(sheet), read=None)
        return found, _likes(sheet, typed)

    found, same = await asyncio.to_thread(work)
    return [*said(found, sheet.language), *alike(same, sheet.language)], same


def _likes(sheet: Sheet, typed: Typed) -> list[Like]:
    name = typed.document.get("name")
    if not isinstance(name, str):
        return []
    owner = typed.document.get("department") or sheet.department
    sheet.runtime.index.wait_for(sheet.runtime.feed.last())
    return likes(sheet.runtime, sheet.kind, name, sheet.sight, owner=str(owner or ""), own=sheet.identifier)


def document_of(sheet: Sheet, typed: Typed) -> Document:
    """What was typed, under the identifier that the record has."""
    given: dict[str, Any] = {"identifier": sheet.identifier} if sheet.identifier else {}
    return typed.document | given

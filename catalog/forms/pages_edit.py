"""Filling a form: a new record, a revision, a draft; checked, saved, handed over, nothing typed ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from catalog.base.errors import (
    AlreadyRegistered,
    Busy,
    CaseRequired,
    InvalidDocument,
    Malformed,
    NotPermitted,
    Stale,
    WrongState,
)
from catalog.base.i18n import explain, text
from catalog.base.pages import back_to
from catalog.base.problems import status_of
from catalog.cases.proposals import Proposed, open_proposal
from catalog.forms import pages_case, reading, service, sheets
from catalog.forms.controls import Said
from catalog.forms.judging import said
from catalog.forms.models import Draft
from catalog.forms.names import control_id
from catalog.forms.pages_conflict import conflict, settled
from catalog.forms.pages_form import checked, document_of, show
from catalog.forms.reading import Typed
from catalog.forms.sheets import Sheet, today
from catalog.identity import persons
from catalog.identity.forms import fresh, posted
from catalog.registry import access, verbs
from catalog.registry.verbs import Outcome

_MOST_FIELDS = 100_000
_KEPT = (Malformed, NotPermitted, WrongState, CaseRequired, Busy)

Opening = Callable[[Request], Awaitable[Sheet]]


async def new(request: Request) -> Response:
    """``/{plural}/new``: an empty form, or a copy of ``?copy=IDENTIFIER``."""
    return await _page(request, sheets.new)


async def edit(request: Request) -> Response:
    """``/{plural}/{identifier}/edit``: the record as it stands."""
    return await _page(request, sheets.record)


async def draft(request: Request) -> Response:
    """``/drafts/{id}``: a record in the making, with what it still lacks."""
    return await _page(request, sheets.draft)


async def change(request: Request) -> Response:
    """``/cases/{number}/changes/{position}/edit``: a change of a proposal, with the reviewers' remarks."""
    return await _page(request, pages_case.change)


async def _page(request: Request, opening: Opening) -> Response:
    if request.method == "POST":
        return await _posted(request, opening)
    sheet = await opening(request)
    done = request.query_params.get("done", "")
    notice = text(f"form.done-{done}", sheet.language) if done in ("saved", "submitted", "returned") else ""
    found: list[Said] = []
    if sheet.draft or sheet.case:
        found, _ = await checked(sheet, Typed([], sheet.document))
    if sheet.case:
        found = [*await asyncio.to_thread(pages_case.remarks, sheet), *found]
    return await show(sheet, found=found, notice=notice)


async def _posted(request: Request, opening: Opening) -> Response:
    async with posted(request, max_fields=_MOST_FIELDS, stale=True) as form:
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        old = not fresh(request, form)
    sheet = await opening(request)
    typed = reading.typed(pairs, sheet.annotations, sheet.document)
    if old:
        notice = text("form.again", sheet.language)
        return await show(sheet, typed=typed, notice=notice, refused=True, status=403)
    await asyncio.to_thread(_resolve, sheet, typed)
    return await _act(sheet, typed)


def _resolve(sheet: Sheet, typed: Typed) -> None:
    with sheet.runtime.database.reading() as session:
        reading.resolve(session, sheet.kind, typed.document, sheet.annotations)


async def _act(sheet: Sheet, typed: Typed) -> Response:
    try:
        if sheet.case and typed.act.partition(":")[0] not in ("add", "remove", "check", "person"):
            return await pages_case.into(sheet, typed)
        match typed.act.partition(":")[0]:
            case "add" | "remove":
                return await show(sheet, typed=typed, focus=control_id(typed.place))
            case "check":
                return await _check(sheet, typed)
            case "draft":
                return await _keep(sheet, typed)
            case "submit":
                return await _submit(sheet, typed)
            case "return":
                return await _return(sheet, typed)
            case "drop":
                return await _drop(sheet)
            case "person":
                return await _person(sheet, typed)
            case "merge":
                return await _merge(sheet, typed)
            case _:
                return await _save(sheet, typed)
    except _KEPT as error:
        title, detail = explain(error, sheet.language)
        return await show(
            sheet, typed=typed, notice=f"{title} {detail}", refused=True, status=status_of(error)
        )


async def _check(sheet: Sheet, typed: Typed) -> Response:
    found, _ = await checked(sheet, typed)
    return await show(
        sheet, typed=typed, found=found, notice="" if found else text("form.flawless", sheet.language)
    )


async def _save(sheet: Sheet, typed: Typed) -> Response:
    if sheet.cased and sheet.saves and not typed.get("reason"):
        found, _ = await checked(sheet, typed)
        missing = Said("reason", "error", text("form.reason-missing", sheet.language))
        return await show(sheet, typed=typed, found=[missing, *found], status=422)
    if not sheet.identifier and typed.get("_seen") != typed.document.get("name"):
        found, same = await checked(sheet, typed)
        if any(like.same for like in same) and not any(one.severity == "error" for one in found):
            name = str(typed.document.get("name", ""))
            return await show(sheet, typed=typed, found=found, seen=name, status=422)
    try:
        outcome = await asyncio.to_thread(_write, sheet, typed)
    except InvalidDocument as error:
        found = said(error.violations, sheet.language)
        return await show(sheet, typed=typed, found=found, status=422)
    except AlreadyRegistered as error:
        return await show(sheet, typed=typed, found=[_taken(sheet, error)], status=409)
    except Stale:
        return await conflict(sheet, typed)
    sheet.runtime.index.notify(outcome.seq)
    done = "registered" if sheet.verb == "register" else "revised" if outcome.changed else "unchanged"
    return back_to(f"/{sheet.kind.plural}/{outcome.identifier}?done={done}")


def _taken(sheet: Sheet, error: AlreadyRegistered) -> Said:
    """The owner has a record of this name or code already: that one is revised, not registered again."""
    identifier = str(error.values.get("identifier", ""))
    links = [(identifier, f"/{sheet.kind.plural}/{identifier}"), (text("form.edit", sheet.language), f"/{sheet.kind.plural}/{identifier}/edit")]  # fmt: skip
    said = text("form.taken", sheet.language, identifier=identifier)
    return Said("/name", "error", said, text("form.like-mend", sheet.language), links)


def _write(sheet: Sheet, typed: Typed) -> Outcome:
    reason = typed.get("reason") or None
    common: dict[str, Any] = {
        "kind": sheet.kind.name,
        "by": sheet.actor,
        "on": today(sheet),
        "permit": access.permit(sheet.actor, sheet.runtime.settings, reason=reason),
        "note": reason,
    }
    database = sheet.runtime.database
    draft = sheet.draft.id if sheet.draft else typed.get("_draft")
    if sheet.identifier:
        read = typed.number("_read") or sheet.read or 0
        document = document_of(sheet, typed)
        outcome = verbs.revise(database, identifier=sheet.identifier, document=document, read=read, **common)
        if draft:
            with database.writing() as session:
                _dropped(session, draft, sheet)
        return outcome
    return verbs.register(
        database,
        document=typed.document,
        beside=lambda session, _: _dropped(session, draft, sheet) if draft else None,
        **common,
    )


def _dropped(session: Session, draft: str, sheet: Sheet) -> None:
    """Take the draft away that was registered, if it is one that the actor may open."""
    held = session.get(Draft, draft)
    if held is not None and service.sees(sheet.actor, held):
        service.drop(session, draft)


async def _merge(sheet: Sheet, typed: Typed) -> Response:
    """Save what was chosen on the conflict page; a new conflict if the record moved again."""
    document, read = await settled(sheet, typed)
    typed.document = document
    typed.pairs = [(name, value) for name, value in typed.pairs if name != "_read"] + [("_read", str(read))]
    return await _save(sheet, typed)


def keep(sheet: Sheet, typed: Typed) -> Draft:
    """Save what was typed as a draft, in its own transaction."""
    with sheet.runtime.database.writing() as session:
        made = service.save(
            session, kind=sheet.kind, document=document_of(sheet, typed), by=sheet.actor,
            identifier=sheet.identifier, read=typed.number("_read") or sheet.read,
            department=sheet.department, draft=(sheet.draft.id if sheet.draft else typed.get("_draft")) or None,
            mark=typed.get("_mark") or None,
        )  # fmt: skip
        session.expunge(made)
    return made


async def _keep(sheet: Sheet, typed: Typed) -> Response:
    made = await asyncio.to_thread(keep, sheet, typed)
    nameless = service.nameless(sheet.kind, typed.document)
    if nameless != typed.document:
        sheet.draft = made
        found, _ = await checked(sheet, typed)
        notice = text("form.saved-nameless", sheet.language)
        return await show(sheet, typed=typed, found=found, notice=notice)
    return back_to(f"/drafts/{made.id}?done=saved")


def _propose(sheet: Sheet, typed: Typed) -> str:
    """Open a change proposal for what was typed; the draft lives on in it."""
    made = keep(sheet, typed)
    with sheet.runtime.database.writing() as session:
        held = service.opened(session, made.id, sheet.actor)
        proposed = Proposed(held.kind, service.document_of(held), held.identifier, held.read)
        case = open_proposal(
            session, [proposed], by=sheet.actor, title=held.title, summary=typed.get("reason")
        )
        service.drop(session, held.id)
        return case.number


async def _submit(sheet: Sheet, typed: Typed) -> Response:
    if sheet.cased and sheet.runtime.settings.desk == "on":
        return back_to(f"/cases/{await asyncio.to_thread(_propose, sheet, typed)}")

    def work() -> str:
        made = keep(sheet, typed)
        with sheet.runtime.database.writing() as session:
            held = service.opened(session, made.id, sheet.actor)
            service.submit(session, held, by=sheet.actor, mark=made.changed_at, note=typed.get("reason"))
        return made.id

    return back_to(f"/drafts/{await asyncio.to_thread(work)}?done=submitted")


async def _return(sheet: Sheet, typed: Typed) -> Response:
    def work() -> str:
        assert sheet.draft is not None
        with sheet.runtime.database.writing() as session:
            held = service.opened(session, sheet.draft.id, sheet.actor)
            mark = typed.get("_mark")
            service.send_back(session, held, by=sheet.actor, mark=mark, note=typed.get("reason"))
        return sheet.draft.id

    if sheet.draft is None:
        raise WrongState("draft-moved", possible=["reload"])
    return back_to(f"/drafts/{await asyncio.to_thread(work)}?done=returned")


async def _drop(sheet: Sheet) -> Response:
    def work() -> None:
        assert sheet.draft is not None
        with sheet.runtime.database.writing() as session:
            _dropped(session, sheet.draft.id, sheet)

    if sheet.draft is not None:
        await asyncio.to_thread(work)
    return back_to("/drafts")


async def _person(sheet: Sheet, typed: Typed) -> Response:
    """Keep a new official's name beside the document, and put the key into it."""
    place = typed.act.partition(":")[2]
    name, basis = typed.get(f"_person{place}"), typed.get(f"_basis{place}")

    def work() -> str:
        with sheet.runtime.database.writing() as session:
            return persons.create(session, name=name, basis=basis, by=sheet.actor)

    try:
        key = await asyncio.to_thread(work)
    except InvalidDocument as error:
        found = [Said(place, "error", one.text, one.mend) for one in said(error.violations, sheet.language)]
        return await show(sheet, typed=typed, found=found, status=422)
    pairs = [pair for pair in typed.pairs if pair[0] != place] + [(place, key)]
    again = reading.typed(pairs, sheet.annotations, sheet.document)
    return await show(
        sheet, typed=again, notice=text("form.person-added", sheet.language), focus=control_id(place)
    )

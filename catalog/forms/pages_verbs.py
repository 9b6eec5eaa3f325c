"""The verbs on a record's page: each asks once, in a sentence that names the thing and the consequence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import Response

from catalog.base.db import FOREVER
from catalog.base.errors import (
    CatalogError,
    InUse,
    InvalidDocument,
    NotFound,
    NotPermitted,
    Stale,
    WrongState,
)
from catalog.base.i18n import explain, text
from catalog.base.pages import back_to, render
from catalog.base.problems import status_of
from catalog.forms.controls import Said
from catalog.forms.judging import said
from catalog.forms.proposing import Wish, propose
from catalog.forms.sheets import Sheet, kind_of, today
from catalog.identity.forms import posted
from catalog.kinds import Verb
from catalog.registry import access, rights, verbs
from catalog.registry.models import Record
from catalog.registry.numbers import FORM
from catalog.registry.pages_words import kind_name, kinds_name
from catalog.registry.verbs import Outcome

VERBS: tuple[Verb, ...] = ("confirm", "move", "retire", "restore")
_REFUSED = (InUse, InvalidDocument, NotPermitted, Stale, WrongState)
_SHOWN = 20  # records that use this one, named on the page


async def act(request: Request) -> Response:
    """``/{plural}/{identifier}/act/{verb}``: the question, and its answer by POST."""
    verb = _verb(request)
    kind = kind_of(request)
    sheet = await _opened(request, verb)
    if request.method == "GET":
        return await _ask(sheet, verb)
    async with posted(request) as form:
        answered = {name: str(value).strip() for name, value in form.multi_items()}
    try:
        if _handed(sheet, verb):
            return back_to(f"/cases/{await asyncio.to_thread(_propose, sheet, verb, answered)}")
        outcome = await asyncio.to_thread(_do, sheet, verb, answered)
    except _REFUSED as error:
        return await _ask(sheet, verb, answered, error)
    sheet.runtime.index.notify(outcome.seq)
    past = {"confirm": "confirmed", "move": "moved", "retire": "retired", "restore": "restored"}[verb]
    return back_to(f"/{kind.plural}/{sheet.identifier}?done={past}")


def _verb(request: Request) -> Verb:
    wanted = request.path_params["verb"]
    for verb in VERBS:
        if verb == wanted:
            return verb
    raise NotFound(kind="address", identifier=request.url.path)


async def _opened(request: Request, verb: Verb) -> Sheet:
    """The record, for who may use the verb; its internal fields are not read."""
    kind = kind_of(request)
    runtime = request.app.state.runtime
    actor = request.state.actor
    access.require_signed_in(actor)

    def work() -> Sheet:
        with runtime.database.reading() as session:
            row = session.get(Record, (kind.name, request.path_params["identifier"]))
            if row is None:
                raise NotFound(kind=kind.name, identifier=request.path_params["identifier"])
            return Sheet(
                request, runtime, kind, {}, row.department, identifier=row.identifier, read=row.seq,
                status=row.status, name=row.name,
            )  # fmt: skip

    made = await asyncio.to_thread(work)
    desk = runtime.settings.desk
    if not rights.may_do(actor, kind, verb, made.department, desk) and not _handed(made, verb):
        if verb in kind.case and rights.by_cases_only(kind, desk):
            raise NotPermitted("by-cases-only", kind=kind.name, verb=verb)
        roles = list(kind.approvers if verb in kind.case and desk == "off" else kind.editors)
        raise NotPermitted(kind=kind.name, verb=verb, department=made.department, roles=roles)
    return made


def _handed(sheet: Sheet, verb: Verb) -> bool:
    """Whether the verb opens a change proposal instead of being done."""
    return rights.may_propose(sheet.actor, sheet.kind, verb, sheet.department, sheet.runtime.settings.desk)


async def _ask(
    sheet: Sheet, verb: Verb, answered: dict[str, str] | None = None, error: CatalogError | None = None
) -> Response:
    language = sheet.language
    answered = answered or {}
    problems: Sequence[Said] = said(error.violations, language) if isinstance(error, InvalidDocument) else ()
    title, detail = explain(error, language) if error else ("", "")
    used, total = await _used(sheet) if verb == "retire" else ([], 0)
    version = sheet.request.query_params.get("version", answered.get("version", ""))
    possible = [to for to in sheet.kind.moves.get(sheet.status or "", ()) if to != sheet.kind.retired]
    return render(
        sheet.request,
        "forms/act.html",
        status=status_of(error) if error else 200,
        headers={"Cache-Control": "no-store"},
        sheet=sheet,
        verb=verb,
        thing=kind_name(sheet.kind.name, language),
        cased=verb in sheet.kind.case,
        handed=_handed(sheet, verb),
        answered=answered,
        refused=f"{title} {detail}".strip(),
        problems=[(sheet.annotations.label(one.pointer, language), one) for one in problems],
        statuses=[(to, _demands(sheet, to)) for to in possible],
        used=used,
        total=total,
        version=version,
        trail=[
            (kinds_name(sheet.kind.name, language), f"/{sheet.kind.plural}"),
            (sheet.name, sheet.address),
            (text(f"act.{verb}", language), ""),
        ],
    )


def _demands(sheet: Sheet, status: str) -> str:
    return text(f"act.demands-{sheet.kind.statuses[status]}", sheet.language)


async def _used(sheet: Sheet) -> tuple[list[tuple[str, str, str]], int]:
    """Who refers to the record: (kind, identifier, name) of the first, and how many in all."""
    reads = sheet.runtime.reads
    counts = await reads.find("usage_counts", kind=sheet.kind.name, identifier=sheet.identifier)
    rows = await reads.find(
        "usages", kind=sheet.kind.name, identifier=sheet.identifier, seq=FOREVER - 1,
        k="", i="", p="", limit=5 * _SHOWN, quick=False,
    )  # fmt: skip
    seen = {(row[0], row[1]): row[4] for row in rows if row[0] in sheet.sight.kinds}
    named = [(kind_name(kind, sheet.language), one, name) for (kind, one), name in seen.items()]
    return named[:_SHOWN], sum(int(n) for kind, n in counts if kind in sheet.sight.kinds)


def _propose(sheet: Sheet, verb: Verb, answered: dict[str, str]) -> str:
    with sheet.runtime.database.reading() as session:
        successor = _successor(session, sheet, answered.get("successor", ""))
    wish = Wish(
        verb, answered.get("status", ""), successor, _number(answered, "version"),
        answered.get("override") == "true", answered.get("reason") or None,
    )  # fmt: skip
    read = _number(answered, "_read") or sheet.read or 0
    records = [(sheet.identifier or "", read)]
    return propose(sheet.runtime.database, sheet.kind, records, wish, by=sheet.actor)


def _number(answered: dict[str, str], name: str) -> int:
    said = answered.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


def _do(sheet: Sheet, verb: Verb, answered: dict[str, str]) -> Outcome:
    reason = answered.get("reason") or None
    common: dict[str, Any] = {
        "kind": sheet.kind.name,
        "identifier": sheet.identifier,
        "read": _number(answered, "_read") or sheet.read,
        "by": sheet.actor,
        "permit": access.permit(sheet.actor, sheet.runtime.settings, reason=reason),
        "note": reason,
    }
    database = sheet.runtime.database
    if verb == "confirm":
        return verbs.confirm(database, **common)
    if verb == "restore":
        return verbs.restore(database, version=_number(answered, "version"), on=today(sheet), **common)
    with database.reading() as session:
        successor = _successor(session, sheet, answered.get("successor", ""))
    if verb == "move":
        return verbs.move(database, status=answered.get("status", ""), successor=successor, **common)
    override = answered.get("override") == "true"
    return verbs.retire(database, successor=successor, override=override, **common)


def _successor(session: Session, sheet: Sheet, value: str) -> str | None:
    """The identifier of what takes its place, which may be typed as its name."""
    if not value or FORM.match(value):
        return value or None
    found = session.scalars(
        select(Record.identifier).where(Record.kind == sheet.kind.name, Record.name == value).limit(2)
    ).all()
    return str(found[0]) if len(found) == 1 else value

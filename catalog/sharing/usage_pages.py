"""Pages on which people record use and attest duties; forms work without any script."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument, Malformed, NotFound, WrongState
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.exchange.plain_book import plain_book
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.registry import access
from catalog.registry.documents import called
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_words import words
from catalog.runtime import Runtime
from catalog.sharing import attesting, usage, usage_files
from catalog.sharing.attesting import Paper
from catalog.sharing.changing import KIND
from catalog.sharing.requests_known import PURPOSE, in_force
from catalog.sharing.usage_lines import KINDS, MOST

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 20
_LINE = ("system", "period", "kind", "amount", "purpose", "fields")


async def form(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/usage``: what was recorded last, and how to record more."""
    return await _usage(request, {}, None)


async def record(request: Request) -> Response:
    """``POST`` of the same: one line that was typed, or a CSV file."""
    runtime, actor = _who(request)
    identifier = request.path_params["identifier"]
    async with posted(request, max_files=1) as sent:
        said = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
        file = sent.get("file")
        data = await file.read() if isinstance(file, UploadFile) else b""
        filename = file.filename or "" if isinstance(file, UploadFile) else ""
    on = clock.today(runtime.settings.zone)

    def work() -> usage.Recorded:
        rows = usage_files.read_table(data, filename) if "upload" in said else [_line(said)]
        with runtime.database.writing() as session:
            return usage.record(session, identifier, rows, by=actor, on=on)

    try:
        done = await asyncio.to_thread(work)
    except (InvalidDocument, Malformed) as refused:
        return await _usage(request, said, refused)
    numbers = f"recorded={done.recorded}&corrected={done.corrected}&unchanged={done.unchanged}&flagged={len(done.flagged)}"
    return RedirectResponse(f"/sharing-agreements/{identifier}/usage?{numbers}", status_code=303)


def _line(said: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {name: said.get(name, "") for name in _LINE}
    made["amount"] = usage_files.amount_of(made["amount"])
    made["fields"] = [one.strip() for one in made["fields"].replace("，", "、").split("、") if one.strip()]
    return made


async def _usage(request: Request, said: dict[str, str], refused: CatalogError | None) -> Response:
    runtime, actor = _who(request)
    language: Language = request.state.language
    identifier, on = request.path_params["identifier"], clock.today(runtime.settings.zone)

    def work(session: Session) -> dict[str, Any]:
        found, document, bounds = _seen(session, identifier, actor)
        rows = usage.newest(session, identifier, _SHOWN)
        codes = {str(one["code"]): called(one, language) for one in in_force(session, PURPOSE, on)}
        return {
            "name": found.name,
            "reports": bool(usage.side_of(actor, document)),
            "rows": list(usage_files.cells(rows, bounds, language)),
            "total": usage.total(session, identifier),
            "systems": sorted(bounds.systems),
            "purposes": [(one, codes.get(one, one)) for one in document.get("purposes", ())],
            "kept": usage.kept_until(document, found.status, runtime.settings.usage_years),
        }

    shown = await _reading(runtime, work)
    counts = {name: _number(request, name) for name in ("recorded", "corrected", "unchanged", "flagged")}
    return render(
        request, "sharing/usage.html", status=status_of(refused) if refused else 200, identifier=identifier,
        said=said, heads=usage_files.heads(language), kinds=KINDS, most=MOST, counts=counts,
        done="recorded" in request.query_params, problems=_problems(refused, language),
        trail=_trail(language, identifier, shown["name"], "usage.title"), **shown,
    )  # fmt: skip


async def download(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/usage.csv`` and ``.xlsx``: every line."""
    runtime, actor = _who(request)
    language: Language = request.state.language
    identifier, ending = request.path_params["identifier"], request.path_params["form"]
    if ending not in ("csv", "xlsx"):
        raise NotFound(kind="address", identifier=request.url.path)

    def work(session: Session) -> list[list[object]]:
        _, _, bounds = _seen(session, identifier, actor)
        rows = usage.listed(session, identifier, limit=usage.total(session, identifier) or 1)
        return list(usage_files.cells(rows, bounds, language))

    rows, heads, name = await _reading(runtime, work), usage_files.heads(language), f"{identifier}-usage"
    if ending == "csv":
        return csv_answer(name, heads, rows)
    book = await asyncio.to_thread(plain_book, text("usage.title", language), heads, rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.xlsx"',
        "Cache-Control": "private, no-store",
    }
    return Response(book, media_type=_XLSX, headers=headers)


async def attest_form(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/attestations``: what was given, and the form of the consumer."""
    asked = request.query_params
    return await _attest(request, {name: asked.get(name, "") for name in ("obligation", "period")}, None)


async def attest(request: Request) -> Response:
    """``POST`` of the same, with or without a file; a refusal shows everything that was typed again."""
    runtime, actor = _who(request)
    identifier = request.path_params["identifier"]
    async with posted(request, max_files=1) as sent:
        said = {name: str(sent.get(name, "")) for name in attesting.NAMES}
        file = sent.get("file")
        data = await file.read() if isinstance(file, UploadFile) else b""
        filename = file.filename or "" if isinstance(file, UploadFile) else ""
    on = clock.today(runtime.settings.zone)

    def work() -> None:
        with runtime.database.writing() as session:
            attesting.attest(
                session, identifier, said, by=actor, on=on, most_mb=runtime.settings.attachment_mb,
                paper=Paper(filename, data) if filename else None,
            )  # fmt: skip

    try:
        await asyncio.to_thread(work)
    except (InvalidDocument, Malformed, WrongState) as refused:
        return await _attest(request, said, refused)
    return RedirectResponse(f"/sharing-agreements/{identifier}/attestations?done=yes", status_code=303)


async def _attest(request: Request, said: dict[str, str], refused: CatalogError | None) -> Response:
    runtime, actor = _who(request)
    language: Language = request.state.language
    identifier, on = request.path_params["identifier"], clock.today(runtime.settings.zone)

    def work(session: Session) -> dict[str, Any]:
        found, document, _ = _seen(session, identifier, actor)
        return {
            "name": found.name,
            "duties": attesting.duties(
                session, identifier, document, on=on, days=runtime.settings.attest_days
            ),
            "attests": attesting.may_attest(actor, document),
        }

    shown = await _reading(runtime, work)
    known = await words(runtime.reads)
    labels = await known.codes({("CL0118", duty.type) for duty in shown["duties"]}, language)
    names = {duty.type: labels.get(("CL0118", duty.type), duty.type) for duty in shown["duties"]}
    given = sorted(
        (one for duty in shown["duties"] for one in duty.given), key=lambda one: one.seq, reverse=True
    )
    owed = [one for duty in shown["duties"] for one in duty.owed]
    return render(
        request, "sharing/attestations.html", status=status_of(refused) if refused else 200, said=said,
        identifier=identifier, names=names, given=given, owed=owed, ways=attesting.WAYS,
        done="done" in request.query_params, problems=_problems(refused, language),
        trail=_trail(language, identifier, shown["name"], "attest.title"), **shown,
    )  # fmt: skip


async def evidence(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/attestations/{obligation}/{period}``: the file beside a declaration."""
    runtime, actor = _who(request)
    identifier, obligation, period = (
        request.path_params[one] for one in ("identifier", "obligation", "period")
    )

    def work(session: Session) -> tuple[bytes, str, str]:
        _seen(session, identifier, actor)
        return attesting.evidence(session, identifier, obligation, period)

    data, media_type, name = await _reading(runtime, work)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=media_type, headers=headers)


async def due(request: Request) -> Response:
    """``/attestations``: what the reader's departments, or all of them, owe; the earliest last day first."""
    runtime, actor = _who(request)
    on = clock.today(runtime.settings.zone)
    rows = await _reading(
        runtime, lambda session: attesting.owed_of(session, actor, on, runtime.settings.attest_days)
    )
    known = await words(runtime.reads)
    labels = await known.codes({("CL0118", one["obligation"]) for one in rows}, request.state.language)
    departments = await known.departments()
    return render(
        request, "sharing/attestations_due.html", rows=rows, departments=departments,
        labels={code: label for (_, code), label in labels.items()},
        trail=[(text("case.inbox", request.state.language), "/inbox"), (text("attest.due-title", request.state.language), "")],
    )  # fmt: skip


def _seen(session: Session, identifier: str, actor: Actor) -> Any:
    found = usage.agreed(session, identifier)
    if not usage.may_see(actor, found[1]):
        raise NotFound(kind=KIND, identifier=identifier)
    return found


def _problems(refused: CatalogError | None, language: Language) -> list[str]:
    if refused is None:
        return []
    if isinstance(refused, InvalidDocument):
        return [_placed(one.pointer, describe(one)[language]) for one in refused.violations[:_SHOWN]]
    return [explain(refused, language)[1]]


def _placed(pointer: str, said: str) -> str:
    """A fault of a file names its line; the head is the first."""
    parts = pointer.split("/")
    return (
        f"{int(parts[2]) + 2}: {said}" if len(parts) > 2 and parts[1] == "lines" and parts[2] != "0" else said
    )


def _trail(language: Language, identifier: str, name: str, here: str) -> list[tuple[str, str]]:
    return [
        (text("kinds.sharing-agreements", language), "/sharing-agreements"),
        (name, f"/sharing-agreements/{identifier}"), (text(here, language), ""),
    ]  # fmt: skip


def _number(request: Request, name: str) -> int:
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


async def _reading(runtime: Runtime, work: Any) -> Any:
    def whole() -> Any:
        with runtime.database.reading() as session:
            return work(session)

    return await asyncio.to_thread(whole)


def _who(request: Request) -> tuple[Runtime, Actor]:
    access.require_signed_in(request.state.actor)
    return request.app.state.runtime, request.state.actor


ROUTES = [
    Route("/attestations", due),
    Route("/sharing-agreements/{identifier}/usage", form, methods=["GET"]),
    Route("/sharing-agreements/{identifier}/usage", record, methods=["POST"]),
    Route("/sharing-agreements/{identifier}/usage.{form}", download),
    Route("/sharing-agreements/{identifier}/attestations", attest_form, methods=["GET"]),
    Route("/sharing-agreements/{identifier}/attestations", attest, methods=["POST"]),
    Route("/sharing-agreements/{identifier}/attestations/{obligation}/{period}", evidence),
]

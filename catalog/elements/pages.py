"""``/data-elements/check``: a vendor's sheet judged row by row; what was decided leaves as a workbook."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, Malformed, Source
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.elements.checking import CHOICES, Judged, Judgement, judge
from catalog.elements.compare import Match
from catalog.exchange import read
from catalog.identity.forms import posted
from catalog.registry import access
from catalog.registry.pages_words import kinds_name

_ADDRESS = "/data-elements/check"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = ("place", "name", "choice", "identifier", "element", "problems")
_WIDTHS = (16, 30, 12, 20, 30, 80)


async def form(request: Request) -> Response:
    """The page before a file was chosen."""
    access.require_signed_in(request.state.actor)
    return _page(request)


async def check(request: Request) -> Response:
    """Every violation and every resemblance in the file that was sent."""
    async with posted(request, max_files=1) as typed:
        sent = typed.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return _page(request, refused=Malformed("file-missing"))
        name, data = sent.filename, await sent.read()
    try:
        found = await asyncio.to_thread(_judged, request, name, data)
    except CatalogError as error:
        return _page(request, refused=error)
    language: Language = request.state.language
    places = {
        f"#{one.number}": _place(one.source, language) or text("check.row", language, n=one.number)
        for one in found.rows
    }
    rows = [_row(one, places, language) for one in found.rows]
    return _page(request, file=name, counts=found.counts, rows=rows, choices=CHOICES)


def _judged(request: Request, name: str, data: bytes) -> Judgement:
    runtime = request.app.state.runtime
    rows = read(data, name, kind="data-element")
    with runtime.database.reading() as session:
        return judge(session, rows, on=clock.today(runtime.settings.zone))


def _page(request: Request, *, refused: CatalogError | None = None, **context: Any) -> Response:
    language: Language = request.state.language
    title, detail = explain(refused, language) if refused else ("", "")
    return render(
        request,
        "elements/check.html",
        status=status_of(refused) if refused else 200,
        headers={"Cache-Control": "no-store"},
        trail=[(kinds_name("data-element", language), "/data-elements"), (text("check.title", language), "")],
        refused=detail,
        refused_title=title,
        **{"rows": None, "counts": {}, "file": "", "choices": CHOICES} | context,
    )


def _row(one: Judged, places: Mapping[str, str], language: Language) -> dict[str, Any]:
    problems = [
        {
            "severity": found.severity,
            "text": (described := describe(found))[language],
            "mend": described.get(f"mend_{language}", ""),
        }
        for found in one.violations
    ]
    return {
        "number": one.number,
        "place": places[f"#{one.number}"],
        "name": str(one.document.get("name", "")),
        "short_name": str(one.document.get("short_name", "")),
        "problems": sorted(problems, key=lambda problem: str(problem["severity"])),
        "known": one.known,
        "register": [_match(match, language) for match in one.register],
        "rows": [_match(match, language) | {"place": places[match.named.key]} for match in one.rows],
        "advice": one.advice,
        "target": one.known or next((match.named.key for match in one.register), ""),
    }


def _match(match: Match, language: Language) -> dict[str, Any]:
    why = zip(match.reasons, match.words, strict=True)
    reasons = [text(f"compare.{reason}", language, by=word) for reason, word in why]
    return {
        "key": match.named.key,
        "name": match.named.name,
        "status": match.named.status,
        "reasons": text("compare.and", language).join(reasons),
        "sure": match.sure,
    }


def _place(source: Source | None, language: Language) -> str:
    row = source and (source.row or source.line)
    if source is None or not row:
        return ""
    return f"{source.sheet}!{row}" if source.sheet else text("check.row", language, n=row)


async def result(request: Request) -> Response:
    """What was decided for every row, as a workbook to pass on."""
    async with posted(request, max_fields=8 * 5_000 + 10) as typed:
        rows = _decided(typed, request.state.language)
    body = await asyncio.to_thread(_workbook, rows, request.state.language)
    headers = {
        "Content-Disposition": 'attachment; filename="element-check.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=_XLSX, headers=headers)


def _decided(typed: FormData, language: Language) -> list[list[str]]:
    rows = []
    for number in typed.getlist("row"):
        given = {name: str(typed.get(f"{name}-{number}", "")) for name in _COLUMNS}
        choice = given["choice"] if given["choice"] in CHOICES else "pending"
        reused = choice == "reuse"
        rows.append(
            [
                given["place"],
                given["name"],
                text(f"check.{choice}", language),
                given["identifier"] if reused else "",
                given["element"] if reused else "",
                given["problems"],
            ]
        )
    return rows


def _workbook(rows: Sequence[Sequence[str]], language: Language) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(text("check.title", language))
    bold, wrapped = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for column, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, text(f"check.column-{name}", language), bold)
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, cell, wrapped)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


ROUTES = [
    Route(_ADDRESS, form, methods=["GET"]),
    Route(_ADDRESS, check, methods=["POST"]),
    Route(f"{_ADDRESS}/result.xlsx", result, methods=["POST"]),
]

"""The reports as pages and as files: the matrix, the lists, timeliness, the monthly brief."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.exchange.plain_book import plain_book
from catalog.registry.pages_csv import csv_answer
from catalog.reports import sharing, tables
from catalog.reports.api import gathered, written
from catalog.reports.facts import Facts, scope
from catalog.reports.paper import document
from catalog.reports.tables import Report

_COUNTED = ("items", "handled", "on_time", "late", "rate", "median", "running", "overdue", "paper")
_SHORT = (
    "number",
    "from",
    "until",
    "on",
    "state",
    "topics",
    "class",
    "cycle",
    "department",
    "provider",
    "consumer",
)
_SHOWN = 500  # rows on one page; files hold all
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def index(request: Request) -> Response:
    """``/reports``: what there is."""
    scope(request.state.actor)
    names = [*tables.REPORTS, "brief"]
    return render(request, "reports/index.html", names=names, trail=_trail(request.state.language))


async def table(request: Request) -> Response:
    """``/reports/{name}``: one report; the sharing ledger with its matrix above it."""
    one, found, rows = await _read(request)
    language: Language = request.state.language
    chosen = {name: request.query_params.get(name, "") for name in (*one.narrows, "month")}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return render(
        request,
        "reports/table.html",
        report=one,
        heads=tables.heads(one, language),
        rows=[_line(one, row, found) for row in rows[:_SHOWN]],
        total=len(rows),
        shown=_SHOWN,
        chosen=chosen,
        choices=_choices(one, found, language),
        query=query,
        matrix=_matrix(rows, found, language) if one.name == "sharing" else None,
        looks=[_look(one, name) for name in one.columns],
        trail=_trail(language, one.name),
    )


async def export(request: Request) -> Response:
    """``/reports/{name}.xlsx``, ``.csv``, ``.jsonl``: the same rows, all of them."""
    one, found, rows = await _read(request)
    language: Language = request.state.language
    title, form = text(f"report.{one.name}", language), request.path_params["form"]
    headers = {
        "Content-Disposition": f'attachment; filename="{one.name}.{form}"',
        "Cache-Control": "private, no-store",
    }
    if form == "jsonl":
        lines = b"".join(orjson.dumps(row) + b"\n" for row in rows)
        return Response(lines, media_type="application/x-ndjson", headers=headers)
    heads, cells = tables.heads(one, language), (tables.cells(one, row, found) for row in rows)
    if form == "csv":
        return csv_answer(one.name, heads, cells)
    if form != "xlsx":
        raise NotFound(kind="address", identifier=request.url.path)
    return Response(plain_book(title, heads, cells), media_type=_XLSX, headers=headers)


async def monthly(request: Request) -> Response:
    """``/reports/brief?month=2026-11``: one page to print."""
    found = await gathered(request)
    one = await written(request, found)
    return render(
        request, "reports/brief.html", brief=one, name=found.name, trail=_trail(request.state.language, "brief")
    )  # fmt: skip


async def monthly_file(request: Request) -> Response:
    """``/reports/brief.docx?month=``: the same page for the files."""
    found = await gathered(request)
    one = await written(request, found)
    target = io.BytesIO()
    document(one, found).save(target)
    headers = {
        "Content-Disposition": f'attachment; filename="brief-{one.month}.docx"',
        "Cache-Control": "private, no-store",
    }
    return Response(target.getvalue(), media_type=_DOCX, headers=headers)


async def _read(request: Request) -> tuple[Report, Facts, list[dict[str, Any]]]:
    one = tables.report(request.path_params["name"])
    narrowed = tables.asked(request.query_params, one)
    found = await gathered(request)
    return one, found, tables.rows(one, found, narrowed)


def _line(one: Report, row: Mapping[str, Any], found: Facts) -> list[tuple[Any, str]]:
    """The cells of a row with the addresses that they lead to."""
    leads = {"number": row.get("href", ""), "dataset": f"/datasets/{row.get('dataset', '')}"}
    leads |= {name: f"/departments/{row[name]}" for name in tables.DEPARTMENTS if row.get(name)}
    return [(tables.said(one, name, row, found), leads.get(name, "")) for name in one.columns]


def _look(one: Report, name: str) -> str:
    """How a column is set: numbers to the right, what is short on one line."""
    if name in _COUNTED and one.name in ("timeliness", "sharing"):
        return "num"
    return "nowrap" if name in _SHORT else ""


def _choices(one: Report, found: Facts, language: Language) -> dict[str, list[tuple[str, str]]]:
    departments = [*found.names.items()]
    choices: dict[str, list[tuple[str, str]]] = {
        name: departments for name in tables.DEPARTMENTS if name in one.narrows
    }
    if "topic" in one.narrows:
        choices["topic"] = [(row.identifier, row.name) for row in found.topics]
        choices["state"] = [(name, text(f"report.state-{name}", language)) for name in sharing.STATES]
    return choices


def _matrix(rows: Sequence[Mapping[str, Any]], found: Facts, language: Language) -> dict[str, Any]:
    """The matrix in words: one line for each provider, each cell with what it counts and where it leads."""
    made = sharing.matrix(rows, list(found.names))
    lines = [
        (found.name(provider), provider, [_cell(made, provider, consumer, language) for consumer in made.consumers])
        for provider in made.providers
    ]  # fmt: skip
    return {"consumers": [found.name(one) for one in made.consumers], "lines": lines}


def _cell(made: sharing.Matrix, provider: str, consumer: str, language: Language) -> dict[str, Any] | None:
    cell = made.cells.get((provider, consumer))
    if cell is None:
        return None
    counts = dict(cell.counts)
    live = sum(counts.get(state, 0) for state in ("active", "expiring", "coming"))
    marks = [
        (state, counts[state], text(f"report.state-{state}", language))
        for state in ("expiring", "suspended", "refused")
        if counts.get(state)
    ]
    query = urlencode({"provider": provider, "consumer": consumer})
    return {"live": live, "marks": marks, "href": f"/reports/sharing?{query}#rows"}


def _trail(language: Language, name: str = "") -> list[tuple[str, str]]:
    first = [(text("report.reports", language), "/reports" if name else "")]
    return first + ([(text(f"report.{name}", language), "")] if name else [])


ROUTES = [
    Route("/reports", index),
    Route("/reports/brief", monthly),
    Route("/reports/brief.docx", monthly_file),
    Route("/reports/{name}.{form}", export),
    Route("/reports/{name}", table),
]

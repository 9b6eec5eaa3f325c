"""``catalog report``: the sharing ledger, the lists, timeliness and the monthly brief, on screen or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation
from catalog.base.i18n import text
from catalog.commands.common import By, Json, actor, ask, console, dumps, language, opened, show
from catalog.exchange.plain_book import plain_book
from catalog.reports import tables
from catalog.reports.api import told
from catalog.reports.brief import brief
from catalog.reports.facts import Facts, facts
from catalog.runtime import Runtime

app = typer.Typer()


@app.command()
def report(
    name: Annotated[str, typer.Argument(help=f"{' '.join(tables.REPORTS)} brief")],
    month: Annotated[str, typer.Option(help="Month of the brief or of timeliness: 2026-11.")] = "",
    department: Annotated[str, typer.Option(help="Only this department.")] = "",
    to: Annotated[Path | None, typer.Option(help="Write an .xlsx workbook here.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """One report, as far as --by may see it."""
    with opened() as runtime:
        on = clock.today(runtime.settings.zone)
        if name == "brief":
            return _brief(runtime, by, month or on.isoformat()[:7])
        one = tables.report(name)
        narrowed = tables.asked({"month": month, "department": department}, one)
        found = ask(runtime, lambda: facts(runtime, actor(runtime, by), language(), on=on))
        rows = tables.rows(one, found, narrowed)
        heads = tables.heads(one, language())
        if to:
            cells = (tables.cells(one, row, found) for row in rows)
            to.write_bytes(plain_book(text(f"report.{name}", language()), heads, cells))
            return console.print(f"{to}: {len(rows)}", markup=False)
        return show(rows, as_json, lambda: _print(one, heads, rows, found))


def _print(one: tables.Report, heads: list[str], rows: list[dict[str, object]], found: Facts) -> None:
    table = Table(*heads, title=text(f"report.{one.name}", found.language))
    for row in rows:
        table.add_row(*(str(cell) for cell in tables.cells(one, row, found)))
    console.print(table)


def _brief(runtime: Runtime, by: str | None, month: str) -> None:
    on = clock.today(runtime.settings.zone)
    found = ask(runtime, lambda: facts(runtime, actor(runtime, by), language(), on=on))
    try:
        typer.echo(dumps(told(ask(runtime, lambda: brief(runtime, found, month)))))
    except ValueError:
        raise InvalidDocument([Violation("/month", "report-month", found=month)]) from None

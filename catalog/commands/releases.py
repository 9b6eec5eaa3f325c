"""``catalog release``: batches in which the catalogue is published; receipts go through ``catalog case do``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from catalog.base import clock
from catalog.base.i18n import text
from catalog.cases import service
from catalog.commands.common import By, Json, actor, ask, console, language, opened, show
from catalog.exchange.plain_book import plain_book
from catalog.registry.pages_words import words
from catalog.releases import releasing, tables
from catalog.releases.releasing import Release
from catalog.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="Batches in which the catalogue is published.")

Number = Annotated[str, typer.Argument(help="Number of the release, RL….")]


@app.command("list")
def listed(by: By = None, as_json: Json = False) -> None:
    """Every release, the latest first."""
    with opened() as runtime, runtime.database.reading() as session:
        found = releasing.listed(session, by=actor(runtime, by))

    def human() -> None:
        for one in found:
            console.print(
                f"{one.number}  {one.state}  {one.issued_on or '—'}  {one.document}  {len(one.items)}"
                f"  {one.receipts}/{one.asked}", markup=False,
            )  # fmt: skip

    show([asdict(one) | {"items": len(one.items)} for one in found], as_json, human)


@app.command("show")
def shown(
    number: Number,
    to: Annotated[Path | None, typer.Option(help="Write its list to this .xlsx workbook.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """The lines of a release and its receipts; of a draft, what it would hold now."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            found = releasing.find(session, number, by=actor(runtime, by))
            receipts = releasing.receipts(session, number)
        rows = list(tables.rows(found, _departments(runtime), language()))
    if to:
        to.write_bytes(plain_book(text("release.title", language()), tables.heads(language()), rows))
        return console.print(f"{to}: {len(rows)}", markup=False)
    body: dict[str, Any] = asdict(found) | {"receipts": [asdict(one) for one in receipts]}
    show(body, as_json, lambda: _print(found, rows))


@app.command("draft")
def draft(
    number: Annotated[str, typer.Argument(help="Document number of the batch.")],
    title: Annotated[str, typer.Option("--title", help="Its title.")],
    remark: Annotated[str, typer.Option("--remark", help="What is said of it.")] = "",
    by: By = None,
) -> None:
    """Draft a release; ``catalog release issue`` freezes and issues it."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            case = releasing.open_release(session, by=who, title=title, number=number, remark=remark)
            said = f"{case.number}: {case.state}"
    console.print(said, markup=False)


@app.command("issue")
def issue(number: Number, by: By = None) -> None:
    """Freeze the list, publish it under its number and ask the departments concerned for receipts."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            read = service.get(session, number, who).seq
            case = service.do(
                session, number, "issue", by=who, read=read, on=clock.today(runtime.settings.zone),
                database=runtime.database,
            )  # fmt: skip
            said = f"{case.number}: {case.state}"
    console.print(said, markup=False)


def _departments(runtime: Runtime) -> dict[str, str]:
    async def asked() -> dict[str, str]:
        return await (await words(runtime.reads)).departments()

    return ask(runtime, asked)


def _print(one: Release, rows: list[list[str | int]]) -> None:
    table = Table(*tables.heads(language()), title=f"{one.document} {one.title}")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)

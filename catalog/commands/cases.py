"""Commands on the desk: what waits, one case, one verb."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation
from catalog.cases import duties, extensions, service
from catalog.cases.api import shown
from catalog.cases.inbox import BOXES, Box, inbox
from catalog.commands.common import actor, console, dumps, language, opened

app = typer.Typer(no_args_is_help=True, help="Cases of the desk.")

By = Annotated[str | None, typer.Option("--by", help="Login of who acts; the console without.")]


@app.command("list")
def waiting(
    box: Annotated[str, typer.Option("--box", help=" ".join(BOXES))] = "mine",
    by: By = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one list.")] = False,
) -> None:
    """What waits, the earliest day first."""
    known: Box | None = next((one for one in BOXES if one == box), None)
    if known is None:
        raise InvalidDocument([Violation("/box", "enum", found=box, expected=list(BOXES))])
    with opened() as runtime, runtime.database.reading() as session:
        today = clock.today(runtime.settings.zone).isoformat()
        rows, _ = inbox(session, actor(runtime, by), box=known, on=today, limit=1000)
    if as_json:
        typer.echo(dumps([{name: getattr(row, name) for name in row.__slots__} for row in rows]))
        return
    for row in rows:
        console.print(f"{row.number}  {row.state}  {row.due_on or '—'}  {row.title}", markup=False)


@app.command("show")
def show(number: Annotated[str, typer.Argument(help="Number of the case.")], by: By = None) -> None:
    """One case with its timeline, as JSON."""
    with opened() as runtime, runtime.database.reading() as session:
        who = actor(runtime, by)
        body: dict[str, Any] = shown(session, service.get(session, number, who), who, language())
    typer.echo(dumps(body))


@app.command("do")
def do(
    number: Annotated[str, typer.Argument(help="Number of the case.")],
    verb: Annotated[str, typer.Argument(help="Verb of its lifecycle.")],
    by: By = None,
    note: Annotated[str | None, typer.Option("--note", help="Reason.")] = None,
    values: Annotated[
        Path | None, typer.Option("--values", help="JSON file with the parts it takes.")
    ] = None,
) -> None:
    """Do one verb of the lifecycle, on the case as it stands."""
    with opened() as runtime:
        who = actor(runtime, by)
        on = clock.today(runtime.settings.zone)
        with runtime.database.writing() as session:
            read = service.get(session, number, who).seq
            case = service.do(
                session, number, verb, by=who, read=read, on=on, note=note,
                values=orjson.loads(values.read_bytes()) if values else None, database=runtime.database,
            )  # fmt: skip
            said = f"{case.number}: {case.state}"
    console.print(said, markup=False)


@app.command("extend")
def extend(
    number: Annotated[str, typer.Argument(help="Number of the case whose clock runs.")],
    days: Annotated[int, typer.Option("--days", help="Working days.")],
    reason: Annotated[str, typer.Option("--reason", help="Special reasons.")],
    by: By = None,
) -> None:
    """Ask the bureau for more working days for the clock that runs in a case."""
    with opened() as runtime:
        who = actor(runtime, by)
        on = clock.today(runtime.settings.zone)
        with runtime.database.writing() as session:
            case = extensions.ask(
                session, number, days=days, reason=reason, by=who, on=on, database=runtime.database
            )
            said = f"{case.number}: {case.state}"
    console.print(said, markup=False)


@app.command("duty")
def duty(
    department: Annotated[str, typer.Argument(help="Department that owes the update.")],
    title: Annotated[str, typer.Option("--title", help="Law, decision or document that changed.")],
    on: Annotated[str, typer.Option("--on", help="Day of the change, YYYY-MM-DD.")],
    number: Annotated[str, typer.Option("--number", help="Its number.")] = "",
    by: By = None,
) -> None:
    """Open the update of the catalogue that a department owes after a change of law or of its duties."""
    with opened() as runtime:
        who = actor(runtime, by)
        try:
            day = date.fromisoformat(on)
        except ValueError:
            raise InvalidDocument([Violation("/on", "format-date", found=on)]) from None
        with runtime.database.writing() as session:
            case = duties.owe(
                session, department=department, title=title, number=number, on=day, by=who,
                today=clock.today(runtime.settings.zone),
            )  # fmt: skip
            said = f"{case.number}: {case.state}  {case.due_on}"
    console.print(said, markup=False)

"""``catalog deadline``: a statutory day by the calendar in force."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog.base.i18n import text
from catalog.calendars.deadlines import answer, asked
from catalog.calendars.force import in_force
from catalog.commands.common import Json, console, dumps, language, opened


def deadline(
    start: Annotated[str, typer.Option("--from", help="Day of receipt, YYYY-MM-DD.")],
    days: Annotated[str | None, typer.Option("--days", help="Working days.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Time limit of Decree 809: T1 to T8.")] = None,
    pause: Annotated[
        list[str] | None, typer.Option("--pause", help="FROM:UNTIL, does not count up to UNTIL; repeatable.")
    ] = None,
    extension: Annotated[
        str | None, typer.Option("--extension", help="Working days granted beyond the limit.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The day on which a statutory limit ends, and whether a year that is not announced yet moves it."""
    with opened() as runtime:
        question = asked(start, days=days, rule=rule, pauses=pause or (), extension=extension)
        with runtime.database.reading() as session:
            found = answer(question, in_force(session))
    if as_json:
        typer.echo(dumps(found))
        return
    said = found["due_on"] or text("clock.paused", language())
    doubt = f"  {text('case.provisional', language())}" if found["provisional"] else ""
    console.print(f"{said}{doubt}", markup=False)

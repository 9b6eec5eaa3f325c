"""Commands on workbooks: write the records of a kind, write a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation
from catalog.commands.common import actor, console, language, opened, progress, refusals
from catalog.exchange import official
from catalog.kinds import BY_NAME
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import exported

app = typer.Typer(no_args_is_help=True)


def known_kind(name: str) -> str:
    """A kind's name; raises ``InvalidDocument`` for any other."""
    if name not in BY_NAME:
        raise InvalidDocument([Violation("/kind", "enum", found=name, expected=list(BY_NAME))])
    return name


def write(kind: str, path: Path | None, by: str | None, template: str | None = None) -> None:
    """Write the records of a kind, whole, as FILE.xlsx or FILE.csv, or in the layout of a template; an entry says so."""
    with refusals():
        _write(kind, path, by, template)


def _write(kind: str, path: Path | None, by: str | None, template: str | None) -> None:
    if path is None or path.suffix.lower() not in (".xlsx", ".csv"):
        raise InvalidDocument([Violation("/to", "enum", found=str(path), expected=["*.xlsx", "*.csv"])])
    make = exported.book if path.suffix.lower() == ".xlsx" else exported.table
    with opened() as runtime, progress("export"):
        layout = official.template(template, runtime.settings.export_templates) if template else None
        with runtime.database.writing() as session:
            line = Line(
                f"{kind}.exported", kind, data={"format": path.suffix[1:].lower(), "view": "internal"}
            )
            ledger.append(session, [line], by=actor(runtime, by))
        with runtime.database.reading() as session:
            if layout:
                day = clock.today(runtime.settings.zone).isoformat()
                data = exported.laid_out(session, layout, language=language(), day=day)
            else:
                data = make(session, kind, internal=True, language=language())
    path.write_bytes(data)
    console.print(f"{path}: {len(data)}", markup=False)


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="Kind of record.")],
    to: Annotated[Path, typer.Option("--to", help="FILE.xlsx")],
) -> None:
    """Write a workbook to fill in: headings, hints, an example and drop-downs."""
    with opened() as runtime, runtime.database.reading() as session:
        data = exported.empty(session, known_kind(kind), language=language())
    to.write_bytes(data)
    console.print(f"{to}: {len(data)}", markup=False)

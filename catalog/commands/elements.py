"""``catalog compare``: a list of data elements judged and compared before anything is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.base import clock
from catalog.base.errors import NotFound
from catalog.base.i18n import text
from catalog.commands.common import Json, console, language, opened, show
from catalog.elements.api import report
from catalog.elements.checking import judge
from catalog.exchange import read

app = typer.Typer()


@app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="List of data elements: a workbook, CSV or JSON.")],
    as_json: Json = False,
) -> None:
    """Every problem of a vendor's list, and what each row resembles; writes nothing. Exit code 1 for errors."""
    with opened() as runtime:
        if not file.is_file():
            raise NotFound("file-not-found", file=str(file))
        with runtime.database.reading() as session:
            rows = read(file, kind="data-element")
            found = report(judge(session, rows, on=clock.today(runtime.settings.zone)), language())

    def human() -> None:
        for item in found["items"]:
            advice = text(f"check.{item['advice']}", language())
            console.print(f"{item['number']}  {item['name']}  {advice}", markup=False)
            for match in (*item["register"], *item["rows"]):
                why = text("compare.and", language()).join(one["detail"] for one in match["reasons"])
                console.print(f"    {match['key']} {match['name']}: {why}", style="cyan", markup=False)
            for one in item["violations"]:
                console.print(f"    {one['detail']}", style="red", markup=False)
        counts = [
            f"{text(f'check.count-{name}', language())} {found[name]}"
            for name in ("read", "refused", "reuse", "new", "pending")
        ]
        console.print(" · ".join(counts), markup=False)

    show(found, as_json, human)
    raise typer.Exit(1 if found["refused"] else 0)

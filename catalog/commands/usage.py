"""``catalog usage``: records of use of agreements, in and out, and what may go after its time."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from catalog.base import clock
from catalog.base.documents import parse
from catalog.base.errors import Malformed, NotFound
from catalog.base.i18n import text
from catalog.commands.common import By, Json, actor, console, language, opened, show
from catalog.runtime import Runtime
from catalog.sharing import usage, usage_api, usage_files
from catalog.sharing.changing import KIND

app = typer.Typer(no_args_is_help=True, help="Records of use of sharing agreements (Decree 809 art. 29(2)).")
Agreement = Annotated[str, typer.Argument(help="Agreement, such as AG2026-0001.")]


@app.command()
def record(
    agreement: Agreement,
    path: Annotated[
        Path, typer.Argument(help="CSV, JSON (a list of lines) or JSON lines; - for standard input as JSON.")
    ],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record a batch, all of it or nothing; the same lines again change nothing."""
    with opened() as runtime:
        who = actor(runtime, by)
        on = clock.today(runtime.settings.zone)
        rows = _rows(path)
        with runtime.database.writing() as session:
            done = usage.record(session, agreement, rows, by=who, on=on)
    numbers: dict[str, Any] = {
        "recorded": done.recorded,
        "corrected": done.corrected,
        "unchanged": done.unchanged,
    }
    said = text("usage.done", language(), flagged=len(done.flagged), **numbers)
    show(asdict(done), as_json, lambda: console.print(said, markup=False))


def _rows(path: Path) -> list[Any]:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError:
        raise Malformed() from None
    if path.suffix.lower() in (".csv", ".txt"):
        return usage_files.read_table(data, path.name)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return [parse(line) for line in data.splitlines() if line.strip()]
    found = parse(data)
    lines = found.get("lines", found) if isinstance(found, dict) else found
    return lines if isinstance(lines, list) else [lines]


@app.command("list")
def list_(agreement: Agreement, by: By = None, as_json: Json = False) -> None:
    """What was used in each month, and what of it the agreement does not cover."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.reading() as session:
            _, document, bounds = usage.agreed(session, agreement)
            if not usage.may_see(who, document):
                raise NotFound(kind=KIND, identifier=agreement)
            found = usage.months(session, agreement)
            number, _ = usage.flagged(session, agreement, bounds)

    def human() -> None:
        for one in found:
            amounts = "  ".join(
                f"{text(f'usage.{kind}', language())} {one[kind]}" for kind in ("calls", "rows", "files")
            )
            console.print(f"{one['month']}  {amounts}", markup=False)
        if number:
            console.print(text("usage.faults-n", language(), n=number), markup=False)

    show({"months": found, "flagged": number}, as_json, human)


@app.command()
def export(
    agreement: Agreement,
    path: Annotated[Path, typer.Argument(help="File to write: .csv or .jsonl.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write every line to a file."""
    with opened() as runtime:
        number = _written(runtime, agreement, path, by)
    show(
        {"lines": number, "file": path.name},
        as_json,
        lambda: console.print(f"{number} → {path}", markup=False),
    )


def _written(runtime: Runtime, agreement: str, path: Path, by: str | None) -> int:
    who = actor(runtime, by)
    with runtime.database.reading() as session:
        _, document, bounds = usage.agreed(session, agreement)
        if not usage.may_see(who, document):
            raise NotFound(kind=KIND, identifier=agreement)
        rows = usage.listed(session, agreement, limit=usage.total(session, agreement) or 1)
    if path.suffix == ".jsonl":
        path.write_bytes(b"".join(orjson.dumps(usage_api.said(row, bounds)) + b"\n" for row in rows))
        return len(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(usage_files.heads(language()))
        writer.writerows(usage_files.cells(rows, bounds, language()))
    return len(rows)


@app.command()
def prune(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today without.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Delete the records of agreements that ended longer ago than they must be kept; an entry for each agreement."""
    with opened() as runtime:
        who = actor(runtime, by)
        today = clock.today(runtime.settings.zone)
        day = min(on.date(), today) if on else today
        with runtime.database.writing() as session:
            gone = usage.prune(session, by=who, on=day, years=runtime.settings.usage_years, dry=dry_run)
    said = text("usage.pruned", language(), agreements=len(gone), lines=sum(gone.values()))
    tail = text("usage.dry", language()) if dry_run else ""
    show({"removed": gone, "dry_run": dry_run}, as_json, lambda: console.print(said + tail, markup=False))

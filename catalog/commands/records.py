"""Commands on records: export, search, show, history, diff, format, redact, reorganise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.table import Table

from catalog.base.documents import changes as differences
from catalog.base.documents import row_of
from catalog.base.errors import InvalidDocument, NotFound, Unready, Violation
from catalog.commands import importing, workbooks
from catalog.commands.common import (
    By,
    Json,
    actor,
    ask,
    console,
    language,
    opened,
    progress,
    refusals,
    show,
)
from catalog.commands.importing import file_bytes
from catalog.commands.workbooks import known_kind
from catalog.departments import reorganise as departments
from catalog.kinds import BY_NAME
from catalog.registry import archive, verbs
from catalog.search.query import Query, Reader
from catalog.standards import notation, schemas, values, wording

app = typer.Typer(no_args_is_help=True)
app.add_typer(importing.app)


@app.command()
def export(
    path: Annotated[
        Path | None, typer.Argument(help="FILE.jsonl or FILE.jsonl.gz for the whole register")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only the records of this kind.")] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="FILE.xlsx or FILE.csv for the records of a kind")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", help="Layout of the workbook: an export template, for datasets."),
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write the whole register with its history, independent of the database; or a kind as a workbook."""
    if kind is not None or to is not None or template is not None:
        workbooks.write(known_kind(kind or ("dataset" if template else "")), to or path, by, template)
        return
    if path is None:
        raise typer.BadParameter("FILE")
    with opened() as runtime, progress("export"):
        counts = archive.export(runtime, path, by=actor(runtime, by))
    show(
        counts, as_json, lambda: console.print(f"{path}: " + ", ".join(f"{k} {v}" for k, v in counts.items()))
    )


@app.command()
def search(
    text: str,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="May repeat.")] = None,
    limit: int = 20,
    as_json: Json = False,
) -> None:
    """Find records by name, code, synonym, pinyin or initials."""
    with opened() as runtime:
        if not runtime.index.catch_up(runtime.feed):
            raise Unready("index-behind", found=runtime.index.held, expected=runtime.feed.last())
        reader = Reader(kinds=frozenset(BY_NAME), internal=None)
        kinds = tuple(known_kind(name) for name in kind or ())
        results = runtime.index.query(Query(text=text, kinds=kinds, limit=limit), reader)
    names = ("kind", "identifier", "name", "status", "department")
    items = [{name: getattr(hit, name) for name in names} for hit in results.items]
    body = {"total": results.total, "items": items}
    show(body, as_json, lambda: _table(items, f"{results.total}"))


def _table(items: list[dict[str, Any]], caption: str = "") -> None:
    table = Table(caption=caption or None, box=None)
    for name in items[0] if items else ():
        table.add_column(name)
    for item in items:
        table.add_row(*("" if value is None else str(value) for value in item.values()))
    console.print(table)


Place = Annotated[str, typer.Argument(help="Kind of record.")]
Identifier = Annotated[str, typer.Argument(help="Identifier, such as DE00001.")]


@app.command("show")
def show_(kind: Place, identifier: Identifier, version: int | None = None, as_json: Json = False) -> None:
    """One record, or one of its versions."""
    with opened() as runtime:

        async def work() -> Any:
            if version is not None:
                return await runtime.reads.version(known_kind(kind), identifier, version)
            return await runtime.reads.record(known_kind(kind), identifier)

        row = ask(runtime, work)
        if row is None:
            raise NotFound(kind=kind, identifier=identifier)
    body = {name: getattr(row, name) for name in ("kind", "identifier", "version", "status", "department", "name", "changed_at", "document")}  # fmt: skip
    show(
        body,
        as_json,
        lambda: console.print(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), markup=False),
    )


@app.command()
def history(kind: Place, identifier: Identifier, as_json: Json = False) -> None:
    """Every state of a record, newest first."""
    with opened() as runtime:
        rows = ask(
            runtime,
            lambda: runtime.reads.find(
                "versions", kind=known_kind(kind), identifier=identifier, before=2**62, limit=1000
            ),
        )
    if not rows:
        raise NotFound(kind=kind, identifier=identifier)
    names = ("version", "seq", "status", "name", "standard", "at", "verb", "by", "note")
    items = [dict(zip(names, row, strict=True)) for row in rows]
    show({"items": items}, as_json, lambda: _table(items))


@app.command()
def diff(
    kind: Place,
    identifier: Identifier,
    start: Annotated[int | None, typer.Option("--from")] = None,
    to: Annotated[int | None, typer.Option("--to")] = None,
    as_json: Json = False,
) -> None:
    """The differences between two versions, field by field."""
    with opened() as runtime:

        async def work() -> tuple[Any, Any]:
            newest = await runtime.reads.record(known_kind(kind), identifier)
            if newest is None:
                raise NotFound(kind=kind, identifier=identifier)
            last = to or newest.version
            before = await runtime.reads.version(kind, identifier, start or max(1, last - 1))
            after = await runtime.reads.version(kind, identifier, last)
            if before is None or after is None:
                raise NotFound(kind=kind, identifier=f"{identifier} v{start if before is None else to}")
            return (before, await runtime.reads.whole(before)), (after, await runtime.reads.whole(after))

        (before, left), (after, right) = ask(runtime, work)
    labels = schemas.load(kind, after.standard).annotations
    items = [
        {
            "field": labels.label(place, language()),
            "row": row_of(right if new is not None else left, place),
            "pointer": place,
            "from": old,
            "to": new,
        }
        for place, old, new in differences(left, right)
    ]
    show({"from": before.version, "to": after.version, "items": items}, as_json, lambda: _table(items))


@app.command("format")
def format_(
    written: Annotated[str, typer.Argument(help="A data format such as an3..8 (GB/T 39046).")],
    data_type: Annotated[
        str | None, typer.Option("--type", help="string, number, date, datetime, boolean, binary")
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain a data format in Chinese and English, with the JSON Schema of its values."""
    with refusals():
        wrong = list(notation.violations("", written, data_type))
        if not notation.is_written_well(written) and not wrong:
            meant = wording.suggest(written)
            title = {"title_zh": "数据格式", "title_en": "Data format", "reason_zh": "", "reason_en": ""}
            wrong = [
                Violation("", "format-data-format", found=written, expected=meant or "an..18", values=title)
            ]
        if wrong:
            raise InvalidDocument(wrong)
        form = notation.parse(written)
        body = {
            "format": str(form),
            "zh": wording.explain(written, "zh"),
            "en": wording.explain(written, "en"),
            "schema": values.json_schema(
                written, data_type or ("number" if form.scale is not None else "string")
            ),
        }
    show(body, as_json, lambda: console.print(f"{body['zh']}\n{body['en']}", markup=False))


@app.command()
def redact(
    kind: Place,
    identifier: Identifier,
    version: Annotated[int, typer.Option(help="An earlier version.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Replace the text of an earlier version by a tombstone; the chain stays provable."""
    with opened() as runtime:
        seq = verbs.redact(
            runtime.database,
            kind=known_kind(kind),
            identifier=identifier,
            version=version,
            by=actor(runtime, by),
            reason=reason,
        )
    show({"entry": seq}, as_json, lambda: console.print(f"entry {seq}"))


@app.command()
def reorganise(
    plan: Annotated[Path, typer.Argument(help="YAML: document, on, acts.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would move.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """机构改革: merge, split, rename or dissolve departments; every record, post, role and token moves with them."""
    with opened() as runtime:
        acts = departments.read_plan(file_bytes(plan), plan.name)
        with runtime.database.reading() as session:
            found = departments.work_out(session, acts)
        body: dict[str, Any] = {
            "document": found.document,
            "on": found.on.isoformat(),
            "departments": sorted(found.departments),
            "dissolved": sorted(found.dissolved),
            "moves": [vars(move) for move in found.moves],
            "counts": found.changes.counts,
            "applied": False,
        }
        if found.changes.of("refused"):
            raise InvalidDocument(
                [v for c in found.changes.of("refused") for v in c.violations if v.severity == "error"]
            )
        if not dry_run:
            body["entry"] = departments.carry_out(runtime.database, found, by=actor(runtime, by))
            body["applied"] = True
    show(
        body,
        as_json,
        lambda: _table(
            body["moves"], f"{body['document']} {body['on']} {'✓' if body['applied'] else '(dry run)'}"
        ),
    )

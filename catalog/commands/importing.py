"""Commands that bring files in: validate, import; registered at once, or as one change proposal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.base.errors import InvalidDocument, Malformed, NotFound
from catalog.commands.common import (  # fmt: skip
    By,
    Json,
    Note,
    actor,
    console,
    language,
    opened,
    progress,
    show,
    violation_line,
)
from catalog.commands.workbooks import known_kind
from catalog.imports import profiles
from catalog.imports.proposing import propose_rows
from catalog.kinds import BY_NAME
from catalog.registry import archive, bulk
from catalog.registry.prepare import Incoming

app = typer.Typer(no_args_is_help=True)

KindName = Annotated[str, typer.Option("--kind", help="Kind of record: " + ", ".join(BY_NAME))]
Files = Annotated[
    list[Path], typer.Argument(help="XLSX, XLS, ODS, CSV, JSON, JSON lines or YAML; - for standard input.")
]
_BIG = 64 * 1024 * 1024


def file_bytes(path: Path) -> bytes:
    """What a file holds, or standard input for ``-``. Raises ``NotFound``, ``Malformed``."""
    if str(path) == "-":
        return typer.get_binary_stream("stdin").read()
    if not path.is_file():
        raise NotFound("file-not-found", file=str(path))
    if path.stat().st_size > _BIG * 16:
        raise Malformed("too-large", found=path.stat().st_size, expected=_BIG * 16)
    return path.read_bytes()


@app.command()
def validate(
    files: Files,
    kind: KindName,
    status: Annotated[str | None, typer.Option(help="Status whose profile is demanded.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Column mapping (YAML), a kept profile, or auto.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Every violation in a department's files, with file, line or row, pointer and rule; writes nothing.

    Exit code 1 if anything is refused.
    """
    with opened() as runtime:
        report = _run(
            runtime,
            files,
            known_kind(kind),
            status=status,
            mapping=mapping,
            dry_run=True,
            by=None,
            note="validate",
        )
    show(report, as_json, lambda: _print(report))
    raise typer.Exit(1 if report["refused"] else 0)


@app.command("import")
def import_(
    files: Files,
    kind: Annotated[str | None, typer.Option("--kind", help="Kind of record; not for an archive.")] = None,
    status: Annotated[str | None, typer.Option(help="Status of the records.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Column mapping (YAML), a kept profile, or auto.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Open one change proposal for all rows instead of registering.")
    ] = False,
    by: By = None,
    note: Note = None,
    as_json: Json = False,
) -> None:
    """Register a department's files, all of them or nothing; or bring an exported register into an empty one."""
    if kind is None:
        _import_archive(files, as_json)
        return
    with opened() as runtime:
        if propose and not dry_run:
            _propose(
                runtime,
                files,
                known_kind(kind),
                status=status,
                mapping=mapping,
                by=by,
                note=note or "",
                as_json=as_json,
            )
            return
        report = _run(
            runtime,
            files,
            known_kind(kind),
            status=status,
            mapping=mapping,
            dry_run=dry_run,
            by=by,
            note=note or "import",
        )
    show(report, as_json, lambda: _print(report))
    raise typer.Exit(1 if report["refused"] else 0)


def _run(
    runtime: Any,
    files: list[Path],
    kind: str,
    *,
    status: str | None,
    mapping: Path | None,
    dry_run: bool,
    by: str | None,
    note: str,
) -> dict[str, Any]:
    incoming, unreadable = _read(runtime, files, kind, status=status, mapping=mapping, title=note)
    return bulk.run(
        runtime,
        incoming,
        by=actor(runtime, by),
        dry_run=dry_run,
        note=note,
        language=language(),
        unreadable=unreadable,
    )


def _read(
    runtime: Any, files: list[Path], kind: str, *, status: str | None, mapping: Path | None, title: str
) -> tuple[list[Incoming], list[Any]]:
    incoming: list[Incoming] = []
    unreadable: list[Any] = []
    with progress(title) as step:
        for path in files:
            if mapping and (str(mapping) == profiles.AUTO or str(mapping).startswith("IP")):
                found, unread = profiles.gathered(
                    runtime, file_bytes(path), path.name, kind=kind, profile=str(mapping), status=status
                )
            else:
                found, unread = bulk.gathered(
                    runtime, file_bytes(path), path.name, kind=kind, status=status, mapping=mapping
                )
            incoming += found
            unreadable += unread
            step(len(found) + len(unread))
    return incoming, unreadable


def _propose(
    runtime: Any, files: list[Path], kind: str, *, status: str | None, mapping: Path | None, by: str | None,
    note: str, as_json: bool,
) -> None:  # fmt: skip
    incoming, unreadable = _read(runtime, files, kind, status=status, mapping=mapping, title="propose")
    if unreadable:
        raise InvalidDocument([one for _, found in unreadable for one in found])
    source = ", ".join(path.name for path in files)
    number, count = propose_rows(runtime, incoming, by=actor(runtime, by), note=note, source=source)
    show({"case": number, "changes": count}, as_json, lambda: console.print(f"{number}  {count}"))


def _import_archive(files: list[Path], as_json: bool) -> None:
    with opened(empty=True) as runtime:
        if len(files) != 1 or not archive.is_archive(files[0]):
            raise Malformed("not-an-archive", file=", ".join(map(str, files)))
        from catalog.registry.founding import found_empty  # noqa: PLC0415
        from catalog.runtime import initialised  # noqa: PLC0415

        if not initialised(runtime.database):
            found_empty(runtime)
        counts = archive.load(runtime, files[0])
        show(
            counts,
            as_json,
            lambda: console.print(", ".join(f"{name} {count}" for name, count in counts.items())),
        )


def _print(report: dict[str, Any]) -> None:
    for item in report["items"]:
        for found in item["violations"]:
            console.print(violation_line({"source": item["source"]} | found), markup=False)
    words = {
        "zh": ("读取", "新增", "修订", "未变", "拒绝"),
        "en": ("read", "created", "revised", "unchanged", "refused"),
    }
    names = ("read", "created", "revised", "unchanged", "refused")
    console.print(
        "  ".join(f"{word} {report[name]}" for word, name in zip(words[language()], names, strict=True))
    )
    zh = "已登记" if report["applied"] else "没有写入任何内容"
    en = "registered" if report["applied"] else "nothing was written"
    if report["applied"] and not report["created"] and not report["revised"]:
        zh, en = "没有任何变化", "nothing changed"
    console.print(zh if language() == "zh" else en)

"""``catalog standards``: which are in force, what a candidate would break, putting one into force."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from catalog.base.errors import InvalidDocument, Violation
from catalog.base.problems import violation
from catalog.commands.common import By, Json, Note, actor, console, dumps, language, opened, refusals, show
from catalog.kinds import BY_NAME, KINDS, Profile
from catalog.registry import standards
from catalog.standards import schemas
from catalog.standards.candidates import candidate_violations

app = typer.Typer(no_args_is_help=True, help="The standards that govern the register.")
KindName = Annotated[str | None, typer.Argument(help="Kind of record; all if none is named.")]


def _kinds(name: str | None) -> list[str]:
    if name is not None and name not in BY_NAME:
        raise InvalidDocument([Violation("/kind", "enum", found=name, expected=list(BY_NAME))])
    return [name] if name else [kind.name for kind in KINDS]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every kind with the version in force and the version of its file."""
    with opened() as runtime, runtime.database.reading() as session:
        items = standards.in_force(session)
        differing = standards.differing(session)
    for item in items:
        item["file"] = schemas.current(str(item["kind"])).version
        item["differs"] = item["kind"] in differing

    def human() -> None:
        for item in items:
            console.print(
                f"{item['kind']} {item['version']}{' ≠ ' + str(item['file']) if item['differs'] else ''}"
            )

    show({"items": items}, as_json, human)


@app.command("show")
def show_(
    kind: str,
    profile: Annotated[
        str | None, typer.Option(help="draft, recorded or shareable: the flat closed schema.")
    ] = None,
    version: str | None = None,
) -> None:
    """A schema as its file states it, or compiled for a profile."""
    with refusals():
        _kinds(kind)
        if profile is None:
            typer.echo(dumps(schemas.load(kind, version or schemas.current(kind).version).schema))
            return
        if profile not in ("draft", "recorded", "shareable"):
            raise InvalidDocument(
                [Violation("/profile", "enum", found=profile, expected=["draft", "recorded", "shareable"])]
            )
        known: Profile = profile  # type: ignore[assignment]  # checked above
        typer.echo(dumps(schemas.compiled(kind, known, version)))


@app.command()
def check(kind: KindName = None, as_json: Json = False) -> None:
    """Judge the files as candidates, and show what they would break in the register, by department."""
    report: list[dict[str, Any]] = []
    with opened() as runtime:
        for name in _kinds(kind):
            standard = schemas.current(name)
            faults = [violation(found, language()) for found in candidate_violations(standard.schema)]
            with runtime.database.reading() as session:
                broken = standards.trial(session, name, standard.version)
            departments: dict[str, int] = {}
            for _, department, _ in broken:
                departments[department] = departments.get(department, 0) + 1
            report.append({
                "kind": name, "version": standard.version, "faults": faults, "broken": len(broken), "departments": departments,
                "records": [{"identifier": i, "violations": [violation(v, language()) for v in found]} for i, _, found in broken[:100]],
            })  # fmt: skip

    def human() -> None:
        for item in report:
            good = not item["faults"] and not item["broken"]
            console.print(
                f"{'✓' if good else '✗'} {item['kind']} {item['version']}: {len(item['faults'])} faults, {item['broken']} records {item['departments'] or ''}"
            )

    show({"items": report}, as_json, human)
    raise typer.Exit(1 if any(item["faults"] or item["broken"] for item in report) else 0)


@app.command()
def adopt(
    kind: KindName = None,
    force: Annotated[bool, typer.Option(help="Although records would break.")] = False,
    by: By = None,
    note: Note = None,
    as_json: Json = False,
) -> None:
    """Put the files into force: one entry for each kind, and all that is derived is rebuilt."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            differing = standards.differing(session)
        wanted = [name for name in _kinds(kind) if name in differing]
        for name in wanted:
            faults = candidate_violations(schemas.current(name).schema)
            if faults:
                raise InvalidDocument(faults)
        if wanted:
            standards.adopt(runtime.database, wanted, by=actor(runtime, by), force=force, note=note)
            runtime.index.ask_for_rebuild()
    show({"adopted": wanted}, as_json, lambda: console.print(", ".join(wanted) or "—"))

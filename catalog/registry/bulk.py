"""Many documents or many records at once: one plan, one transaction, one report whose counts add up."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.errors import Source, Violation
from catalog.base.i18n import Language, text
from catalog.base.problems import violation
from catalog.base.settings import Settings
from catalog.exchange import Row, read
from catalog.exchange.layouts import Notice
from catalog.exchange.sheets import is_workbook
from catalog.identity.actors import Actor
from catalog.kinds import BY_NAME
from catalog.registry import access, verbs
from catalog.registry.apply import apply
from catalog.registry.brought import Known, incoming_of
from catalog.registry.plan import Change, Permit, plan
from catalog.registry.prepare import Incoming
from catalog.registry.verbs import Outcome
from catalog.runtime import Runtime, open_runtime

CHILD_FROM = 2_000  # documents: from here on a child process does the work, so that reads keep their pace
CHILD_FROM_BYTES = 2_000_000
CHILD_FROM_PACKED = 300_000  # bytes of a workbook


def act(
    database: Database,
    verb: str,
    kind: str,
    items: Sequence[tuple[str, int]],
    *,
    by: Actor,
    permit: Permit,
    note: str | None = None,
    status: str | None = None,
    successor: str | None = None,
    override: bool = False,
) -> list[Outcome]:
    """Move, retire or confirm several records, given as (identifier, seq that was read); all or none."""
    outcomes = []
    with database.writing() as session:
        for identifier, seq in items:
            record = verbs.expect(session, kind, identifier, seq)
            if verb == "confirm":
                outcomes.append(verbs.affirm(session, record, by=by, permit=permit, note=note))
                continue
            if verb == "retire" and not successor and not (override and note):
                verbs.check_unused(session, record)
            wanted = status if verb == "move" and status else BY_NAME[kind].retired
            outcomes.append(
                verbs.transit(
                    session,
                    record,
                    "move" if verb == "move" else "retire",
                    status=wanted,
                    by=by,
                    permit=permit,
                    successor=successor,
                    note=note,
                )
            )
    return outcomes


def import_bytes(
    runtime: Runtime,
    *,
    kind: str,
    data: bytes,
    filename: str,
    by: Actor | None,
    dry_run: bool,
    status: str | None = None,
    note: str | None = None,
    language: Language = "zh",
    mapping: str | None = None,
) -> dict[str, Any]:
    """Plan the documents of a file and, unless ``dry_run`` or one is refused, apply the plan.

    Returns ``{"read", "created", "revised", "unchanged", "refused", "applied", "last", "items", "notices"}``; an
    item for each document that is not unchanged or has violations, with its place in the file, and a notice
    for what was passed over in a workbook.
    """
    arguments: dict[str, Any] = {
        "kind": kind, "data": data, "filename": filename, "by": by, "dry_run": dry_run, "status": status,
        "note": note, "language": language, "mapping": mapping,
    }  # fmt: skip
    packed = is_workbook(filename)
    if (
        len(data) < CHILD_FROM_PACKED
        if packed
        else len(data) < CHILD_FROM_BYTES and data.count(b"\n") < CHILD_FROM
    ):
        return _import(runtime, **arguments)
    arguments["by"] = by and replace(by, reach=dict(by.reach))  # a mapping that can travel to another process
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as child:
        return child.submit(import_apart, runtime.settings, arguments).result()


def import_apart(settings: Settings, arguments: dict[str, Any]) -> dict[str, Any]:
    """``import_bytes`` in a process that does nothing else: no cycles are left behind that are worth a search."""
    gc.disable()
    runtime = open_runtime(settings)
    try:
        return _import(runtime, **arguments)
    finally:
        runtime.close()


def _import(
    runtime: Runtime,
    *,
    kind: str,
    data: bytes,
    filename: str,
    by: Actor | None,
    dry_run: bool,
    status: str | None,
    note: str | None,
    language: Language,
    mapping: str | None,
) -> dict[str, Any]:
    notices: list[Notice] = []
    incoming, unreadable = gathered(
        runtime, data, filename, kind=kind, status=status, mapping=mapping, notices=notices
    )
    report = run(
        runtime, incoming, by=by, dry_run=dry_run, note=note, language=language, unreadable=unreadable
    )
    return report | {"notices": [_notice(one, language) for one in notices]}


def _notice(notice: Notice, language: Language) -> dict[str, Any]:
    """What was passed over in a workbook, for people and for programs."""
    said = text(f"layouts.{notice.rule}", language, found=notice.found)
    return {"rule": notice.rule, "detail": said, "source": place(notice.source)}


def gathered(
    runtime: Runtime,
    data: bytes,
    filename: str,
    *,
    kind: str,
    status: str | None = None,
    mapping: str | Path | None = None,
    notices: list[Notice] | None = None,
) -> tuple[list[Incoming], list[tuple[Source | None, Sequence[Violation]]]]:
    """What a file holds for a plan, and what of it could not be read; names in it are led to identifiers."""
    rows: list[Row] = []
    unreadable: list[tuple[Source | None, Sequence[Violation]]] = []
    with runtime.database.reading() as session:
        for row in read(data, filename, kind=kind, mapping=mapping, names=Known(session), notices=notices):
            if row.violations:
                unreadable.append((row.source, row.violations))
            else:
                rows.append(row)
        return incoming_of(session, rows, kind=kind, status=status), unreadable


def run(
    runtime: Runtime,
    incoming: Sequence[Incoming],
    *,
    by: Actor | None,
    dry_run: bool,
    note: str | None = None,
    language: Language = "zh",
    unreadable: Sequence[tuple[Source | None, Sequence[Violation]]] = (),
) -> dict[str, Any]:
    """Plan and, where nothing is refused, apply; the report. Without ``by`` only the content is judged."""
    on = clock.today(runtime.settings.zone)
    permit = access.permit(by, runtime.settings, reason=note) if by else None
    with runtime.database.reading() as session:
        changes = plan(session, incoming, on=on, permit=permit)
    counts = changes.counts
    counts["read"] += len(unreadable)
    counts["refused"] += len(unreadable)
    last, applied = 0, False
    if by and not dry_run and not counts["refused"]:
        seqs = apply(runtime.database, changes, by=by, on=on, note=note)
        last, applied = (seqs[-1] if seqs else 0), True
    items = [
        {"action": "refused", "kind": None, "identifier": None, "name": None, "source": place(source),
         "violations": [violation(found, language) for found in violations]}
        for source, violations in unreadable
    ]  # fmt: skip
    items += [
        _item(change, language) for change in changes.all if change.action != "unchanged" or change.violations
    ]
    return counts | {"applied": applied, "last": last, "items": items}


def _item(change: Change, language: Language) -> dict[str, Any]:
    return {
        "action": change.action,
        "kind": change.kind.name,
        "identifier": change.identifier,
        "name": change.prepared.document.get("name"),
        "source": place(change.source),
        "violations": [_violation(found, change, language) for found in change.violations],
    }


def _violation(found: Violation, change: Change, language: Language) -> dict[str, Any]:
    """A violation, with its cell where the file has cells."""
    said = violation(found, language)
    if change.places and (where := place(change.places(found.pointer))):
        said["source"] = where
    return said


def place(source: Source | None) -> dict[str, Any] | None:
    """Where in a file something stands, with what is known of it."""
    if source is None:
        return None
    fields = ("file", "line", "sheet", "row", "column", "heading")
    found = {name: value for name in fields if (value := getattr(source, name)) is not None}
    if source.sheet and source.row and source.column:
        found["cell"] = f"{source.column}{source.row}"
    return found

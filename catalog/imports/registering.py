"""Registering an upload: planned anew at that moment, written in one transaction, or nothing at all."""

from __future__ import annotations

from typing import Any

import orjson
from sqlmodel import Session

from catalog.base import clock
from catalog.base.errors import Stale, WrongState
from catalog.base.settings import Settings
from catalog.identity.actors import Actor
from catalog.imports import service, work
from catalog.imports.models import STILL
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import access
from catalog.registry.apply import apply
from catalog.registry.plan import Changes, Permit
from catalog.runtime import Runtime, open_runtime


def register(
    runtime: Runtime, identifier: str, *, by: Actor, note: str | None, flawless_only: bool
) -> dict[str, Any]:
    """Write what the check has shown; the act: its counts and the numbers of its entries.

    Everything, or with ``flawless_only`` the rows without errors, which is said explicitly. Raises
    ``Stale`` where the register moved since the check, ``WrongState`` where the upload did or is refused in
    part, and what ``access.permit`` raises.
    """
    with runtime.database.reading() as session:
        upload = service.opened(session, identifier, by)
        large = upload.size >= work.CHILD_FROM_BYTES
    if large:
        done: dict[str, Any] = work.apart(runtime, _apart, identifier, by, note, flawless_only)
        return done
    return _register(runtime, identifier, by, note, flawless_only)


def _apart(
    settings: Settings, identifier: str, by: Actor, note: str | None, flawless_only: bool
) -> dict[str, Any]:
    runtime = open_runtime(settings)
    try:
        return _register(runtime, identifier, by, note, flawless_only)
    finally:
        runtime.close()


def _register(
    runtime: Runtime, identifier: str, by: Actor, note: str | None, flawless_only: bool
) -> dict[str, Any]:
    on = clock.today(runtime.settings.zone)
    with runtime.database.reading() as session:
        upload = service.opened(session, identifier, by)
        if upload.state not in STILL:
            raise WrongState("upload-moved", found=upload.state, possible=["reload"])
        judged = work.judged_now(session, upload, by, on=on)
        session.expunge(upload)
    shown = orjson.loads(upload.report)
    if judged.mark != shown.get("mark") or judged.counts != {name: shown[name] for name in judged.counts}:
        raise Stale("upload-stale", kind="upload", identifier=identifier)
    counts = judged.counts
    if counts["refused"] and not flawless_only:
        raise WrongState("upload-refused", found=counts["refused"], possible=["flawless-only"])
    kept = Changes([change for change in judged.changes.all if change.action != "refused"])
    _ask(kept, access.permit(by, runtime.settings, reason=note))
    act = {"at": clock.stamp(clock.now()), "by": by.person, "note": note} | counts
    state = "registered" if not counts["refused"] else "checked"

    def mark(session: Session, first: int = 0, last: int = 0) -> None:
        act.update(first=first, last=last)
        acts = [*orjson.loads(upload.acts), act]
        service.change(
            session, upload, expect=(upload.state,), state=state, acts=orjson.dumps(acts).decode()  # type: ignore[arg-type]
        )  # fmt: skip

    if not kept.of("created") and not kept.of("revised"):
        with runtime.database.writing() as session:
            mark(session)
        return act

    def beside(session: Session, seqs: range) -> None:
        mark(session, seqs[0], seqs[-1])
        data = {name: counts[name] for name in counts} | {"first": seqs[0], "last": seqs[-1]}
        ledger.append(session, [Line("import.registered", "import", identifier, note=note, data=data)], by=by)

    try:
        apply(runtime.database, kept, by=by, on=on, note=note, beside=beside)
    except Stale as error:
        raise Stale("upload-stale", kind="upload", identifier=identifier) from error
    return act


def _ask(changes: Changes, permit: Permit) -> None:
    """Ask for every owner and verb once; the first refusal is raised."""
    asked: set[tuple[str, str | None]] = set()
    for change in changes.all:
        if change.action == "unchanged":
            continue
        verb = "revise" if change.before else "register"
        owners = {change.prepared.owner} | ({change.before.department} if change.before else set())
        for owner in owners - {one for said, one in asked if said == verb}:
            asked.add((verb, owner))
            permit(change.kind, verb, owner)  # type: ignore[arg-type]

"""Handing many rows over while the desk is on: one change proposal for all rows of an upload, or of files."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation, WrongState
from catalog.cases.proposals import Proposed, open_proposal
from catalog.identity.actors import Actor
from catalog.imports import service, work
from catalog.registry.plan import Change, Changes, plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime


def propose(runtime: Runtime, identifier: str, *, by: Actor, note: str, window: str = "") -> str:
    """Open one proposal for every row that would create, revise or still needs mending; its number.

    ``window`` names the initial load that takes them as records of the past. Unchanged rows are left out. Raises ``WrongState`` where the upload has moved, ``InvalidDocument``
    where nothing would change, and what opening a proposal raises.
    """
    on = clock.today(runtime.settings.zone)
    with runtime.database.reading() as session:
        upload = service.opened(session, identifier, by)
        if upload.state not in ("checked", "returned"):
            raise WrongState("upload-moved", found=upload.state, possible=["reload"])
        judged = work.judged_now(session, upload, by, on=on)
        session.expunge(upload)
    proposed = _proposed(judged.changes)
    with runtime.database.writing() as session:
        case = open_proposal(session, proposed, by=by, summary=note, source=identifier, window=window, on=on)
        service.submit(session, upload, by=by, note=case.number)
        return case.number


def propose_rows(
    runtime: Runtime, incoming: Sequence[Incoming], *, by: Actor, note: str, source: str
) -> tuple[str, int]:
    """Open one proposal for the rows of files; its number, and how many changes it holds. Raises as ``propose``."""
    on = clock.today(runtime.settings.zone)
    with runtime.database.writing() as session:
        proposed = _proposed(plan(session, incoming, on=on))
        case = open_proposal(session, proposed, by=by, summary=note, source=source[:200], on=on)
        return case.number, len(proposed)


def _proposed(changes: Changes) -> list[Proposed]:
    found = [_change(one) for one in changes.all if one.action != "unchanged"]
    if not found:
        raise InvalidDocument([Violation("/changes", "case-nothing-left")])
    return found


def _change(change: Change) -> Proposed:
    document = change.prepared.document
    if change.numbered:
        document = {name: value for name, value in document.items() if name != "identifier"}
    before = change.before
    return Proposed(
        change.kind.name, document, before.identifier if before else None, before.seq if before else None
    )

"""A verb that the desk asks a case for, as a change proposal: another status, an end, an earlier version."""

from __future__ import annotations

from sqlmodel import Session

from catalog.cases.proposals import Proposed, open_proposal
from catalog.forms.sheets import Sheet
from catalog.kinds import Verb
from catalog.registry import verbs


def propose(
    sheet: Sheet, verb: Verb, *, read: int, status: str, successor: str | None, version: int, override: bool,
    reason: str | None,
) -> str:  # fmt: skip
    """Open a proposal for one verb on a record; its number.

    Raises what the verb itself would raise now: ``WrongState``, ``InvalidDocument``, ``InUse``, ``Stale``,
    ``NotFound``; ``NotPermitted`` for who may not edit.
    """
    kind, identifier = sheet.kind, sheet.identifier or ""

    def proposed(session: Session) -> Proposed:
        record = verbs.expect(session, kind.name, identifier, read)
        if verb == "restore":
            document = verbs.earlier(session, kind.name, identifier, version)
            return Proposed(kind.name, document, identifier, read)
        wanted = kind.retired if verb == "retire" else status
        verbs.check_transit(session, record, wanted, successor)
        if verb == "retire" and not successor and not (override and reason):
            verbs.check_unused(session, record)
        return Proposed(kind.name, {}, identifier, read, wanted, verb, successor)

    with sheet.runtime.database.writing() as session:
        one = proposed(session)
        case = open_proposal(session, [one], by=sheet.actor, title=sheet.name, summary=reason or "")
        return case.number

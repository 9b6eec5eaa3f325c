"""Settling a proposal that a version registered meanwhile has overtaken: its author takes mine or theirs by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from catalog.base.errors import InvalidDocument, Violation, WrongState
from catalog.cases import proposals, rights, service
from catalog.cases.models import Case
from catalog.cases.proposals import WRITTEN
from catalog.identity.actors import Actor

SIDES = ("mine", "theirs")


def settle(
    session: Session,
    number: str,
    position: int,
    *,
    by: Actor,
    read: int,
    on: date,
    choices: Mapping[str, str],
) -> Case:
    """Merge one change (from 0) with what was registered meanwhile; ``choices`` has a side for every clash.

    The result is kept as the author's document, read as of now. Raises ``WrongState`` where the author may
    not write now, ``InvalidDocument`` (``case-unsettled``) for a clash without a choice.
    """
    case = service.unmoved(session, number, by, read)
    rows = proposals.rows_of(case)
    if "changes" not in rights.editable(by, case) or case.state == "submitted":
        possible = sorted({row.verb for row in rights.offered(by, case)})
        raise WrongState("case-verb", identifier=number, found=case.state, verb="settle", possible=possible)
    if not 0 <= position < len(rows):
        raise InvalidDocument([Violation("/changes", "case-change-unknown", found=position)])
    one = proposals.judged(session, case, on)[position]
    row = rows[position]
    if row["verb"] in WRITTEN:
        document = dict(one.document)
        open_ = [c.pointer for c in one.clashes if choices.get(c.pointer) not in SIDES]
        if open_:
            raise InvalidDocument([
                Violation(f"/changes/{position}{pointer}", "case-unsettled") for pointer in open_
            ])  # fmt: skip
        for clash in one.clashes:
            name = clash.pointer[1:].replace("~1", "/").replace("~0", "~")
            value = clash.theirs if choices[clash.pointer] == "theirs" else clash.mine
            document.pop(name, None)
            if value is not None:
                document[name] = value
        row["digest"] = proposals.kept(session, document)
    if one.now is not None:
        row["read"] = one.now
    return service.save(session, number, by=by, read=read, values={"changes": rows})

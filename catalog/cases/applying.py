"""Approving a change proposal: everything that is not struck enters the register at once, or nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.base.errors import InvalidDocument, Violation, WrongState
from catalog.cases import rights, service, windows
from catalog.cases.effects import Act
from catalog.cases.proposals import WRITTEN, Judged, about_of, incoming, judged, rows_of
from catalog.kinds import BY_NAME, Verb
from catalog.registry.apply import apply_in
from catalog.registry.models import Record
from catalog.registry.plan import Change, plan
from catalog.registry.verbs import transit

_CHECKED = ("submit", "approve")


def effect(act: Act) -> dict[str, Any]:
    """What approving does: everything that is not struck is registered, or nothing.

    Sending back for conflicts is refused where there is none (``case-no-conflict``).
    """
    window = windows.standing(act.session, act.case, act.on) if act.row.verb in _CHECKED else None
    if act.row.verb == "reopen" and not _clashing(judged(act.session, act.case, act.on)):
        raise WrongState("case-no-conflict", identifier=act.case.number)
    if act.row.verb != "approve":
        return {}
    said = {"past": window.document} if window else {}
    return _apply(act, f"{act.case.number} 存量 {window.document}" if window else act.case.number) | said


def _apply(act: Act, note: str) -> dict[str, Any]:
    session, case, on = act.session, act.case, act.on
    found = [one for one in judged(session, case, on) if not one.struck]
    rows = rows_of(case)
    if clashing := _clashing(found):
        fields = ", ".join(f"{one.identifier}{clash.pointer}" for one in clashing for clash in one.clashes)
        possible = sorted({row.verb for row in rights.open_rows(case)} - {"approve"})
        raise WrongState("case-conflict", identifier=case.number, found=fields[:500], possible=possible)
    written = [one for one in found if one.verb in WRITTEN]
    changes = plan(session, [incoming(one, rows[one.number]) for one in written], on=on)
    _refuse(written, changes.all)
    counts = changes.counts
    active = counts["created"] + counts["revised"]
    moves = [one for one in found if one.verb not in WRITTEN]
    if not active and not moves:
        raise InvalidDocument([Violation("/changes", "case-nothing-left")])
    seqs: list[int] = []
    if active:
        seqs += apply_in(session, changes, database=act.database, by=act.by, on=on, note=note)
    seqs += [_transit(act, one, rows[one.number]) for one in moves]
    about = {(change.kind.name, str(change.identifier)) for change in changes.all if change.identifier}
    service.concern(session, case, about | about_of(rows))
    struck = sum(1 for row in rows if row.get("struck"))
    facts = {"entries": [seqs[0], seqs[-1]], "created": counts["created"], "revised": counts["revised"]}
    return facts | {"moved": len(moves), "struck": struck}


def _clashing(found: Sequence[Judged]) -> list[Judged]:
    return [one for one in found if one.clashes and not one.struck]


def _refuse(written: Sequence[Judged], planned: Sequence[Change]) -> None:
    found = [
        Violation(f"/changes/{one.number}{v.pointer}", v.rule, v.severity, v.found, v.expected, v.values)
        for one, change_ in zip(written, planned, strict=True)
        if change_.action == "refused"
        for v in change_.violations
    ]
    if found:
        raise InvalidDocument(found)


def _transit(act: Act, one: Judged, row: dict[str, Any]) -> int:
    record = act.session.get(Record, (one.kind, one.identifier))
    assert record is not None
    kind = BY_NAME[one.kind]
    verb: Verb = "retire" if one.verb == "retire" else "move"
    status = kind.retired if verb == "retire" else str(row.get("status"))
    done = transit(
        act.session, record, verb, status=status, by=act.by, permit=lambda *_: None,
        successor=row.get("successor"), note=act.case.number,
    )  # fmt: skip
    return done.seq

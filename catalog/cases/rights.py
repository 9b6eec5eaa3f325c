"""Who sees a case, who may act in it, and for whom a paper act may be recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import orjson

from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.standards.lifecycles import Lifecycle, Row, Side, lifecycle

_OFFICERS = ("data_officer", "sharing_officer", "department_head", "cdo")
_STANDARDS = ("standards_editor", "standards_approver")


def writes(actor: Actor) -> bool:
    """Whether the actor may change anything on the desk: signed in, no vendor, no reading token."""
    return actor.signed_in and actor.system is None and actor.allows("write")


def department_of(case: Case, side: Side) -> str:
    """The department of one side; the bureau has none of its own."""
    return {"from": case.from_department, "to": case.to_department, "bureau": ""}[side]


def sees(actor: Actor, case: Case, watchers: Collection[str] = ()) -> bool:
    """Whether the case may be opened: by both sides (the other one once it was sent), the bureau, the auditor."""
    if not actor.signed_in or actor.system is not None:
        return False
    if actor.holds("authority") or actor.holds("auditor") or actor.person == case.opened_by:
        return True
    if actor.person in watchers or actor.person == case.assignee:
        return True
    if case.track == "standard" and any(actor.holds(role) for role in _STANDARDS):
        return True
    sides = [case.from_department] + ([case.to_department] if case.shown and case.to_department else [])
    return any(actor.may(role, department) for role in _OFFICERS for department in sides)


def acts(actor: Actor, case: Case, side: Side, roles: Iterable[str]) -> bool:
    """Whether the actor holds one of ``roles`` for ``side``."""
    return writes(actor) and any(actor.may(role, department_of(case, side)) for role in roles)


def records_paper(actor: Actor, case: Case, row: Row) -> bool:
    """Whether the actor may record a paper act of ``row``: an officer of that side, or the bureau."""
    if not writes(actor):
        return False
    if actor.holds("authority"):
        return True
    if row.side == "bureau":
        return acts(actor, case, "bureau", row.roles)
    return acts(actor, case, row.side, {*_OFFICERS, *row.roles})


def done_verbs(case: Case) -> list[str]:
    """The verbs done so far, in order."""
    return [one["verb"] for one in orjson.loads(case.done)]


def signers(case: Case, verbs: Iterable[str]) -> set[str]:
    """Everybody who has signed one of ``verbs``."""
    wanted = set(verbs)
    return {one["signer"] for one in orjson.loads(case.done) if one["verb"] in wanted}


def open_rows(case: Case) -> list[Row]:
    """The rows of the lifecycle that are open now, for anybody."""
    return cycle(case).possible(case.state, case.track, done_verbs(case))


def offered(actor: Actor, case: Case) -> list[Row]:
    """The rows that the actor can do now, four eyes included: the buttons."""
    return [
        row
        for row in open_rows(case)
        if acts(actor, case, row.side, row.roles) and actor.person not in signers(case, row.differs)
    ]


def by_paper(actor: Actor, case: Case) -> list[Row]:
    """The rows that the actor may record for an absent party."""
    return [row for row in open_rows(case) if records_paper(actor, case, row)]


def editable(actor: Actor, case: Case) -> frozenset[str]:
    """The parts of the document that the actor may write now."""
    found: set[str] = set()
    for edit in cycle(case).edits:
        if case.state in edit.states and acts(actor, case, edit.side, edit.roles):
            found.update(edit.parts)
    return frozenset(found)


def state_said(case: Case) -> dict[str, str]:
    """What people call the state that a case is in."""
    state = cycle(case).states[case.state]
    return {"zh": state.zh, "en": state.en}


def verb_said(case: Case, verb: str) -> dict[str, str]:
    """What people call a verb; its slug where the lifecycle knows none."""
    row = next((row for row in cycle(case).rows if verb in (row.verb, row.past)), None)
    return {"zh": row.zh, "en": row.en} if row else {"zh": verb, "en": verb}


def side_said(case: Case, side: Side) -> dict[str, str]:
    """What people call a side: its department, or the bureau."""
    department = department_of(case, side)
    names = cycle(case).sides[side]
    return {"zh": department or names["zh"], "en": department or names["en"]}


def parts_said(case: Case, parts: Iterable[str]) -> list[dict[str, str]]:
    """What people call parts of the document."""
    known = cycle(case).parts
    return [
        {"zh": known[one].zh, "en": known[one].en} if one in known else {"zh": one, "en": one}
        for one in parts
    ]


def cycle(case: Case) -> Lifecycle:
    """The lifecycle of a case."""
    return lifecycle(case.type)

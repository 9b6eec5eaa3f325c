"""Who may prepare a record by form or file, who may propose it, and who may put it into the register.

``desk``: while it is on, a verb that demands a case is used by nobody; who edits the kind proposes it. Without
it the roles alone are asked: who may go on with what was begun.
"""

from __future__ import annotations

from typing import Literal

from catalog.base.errors import NotPermitted, NotSignedIn
from catalog.identity.actors import Actor
from catalog.kinds import KINDS, Kind, Verb

Desk = Literal["on", "off"]


def preparers(kind: Kind, desk: Desk) -> tuple[str, ...]:
    """The roles that prepare records of ``kind``: its editors, and its approvers where they register themselves."""
    return kind.editors if desk == "on" and kind.case else (*kind.editors, *kind.approvers)


def places(actor: Actor, kind: Kind, desk: Desk = "off") -> frozenset[str] | None:
    """The departments that the actor's roles for ``kind`` reach; None for all."""
    if not _writes(actor):
        return frozenset()
    found: set[str] = set()
    for role in preparers(kind, desk):
        if role in actor.reach:
            reach = actor.reach[role]
            if reach is None:
                return None
            found |= reach
    return frozenset(found)


def by_cases_only(kind: Kind, desk: Desk) -> bool:
    """Whether requests and cases of its own make and change the kind, never a form or a proposal."""
    return kind.agreed and desk == "on"


def kinds_for(actor: Actor, desk: Desk) -> list[Kind]:
    """The kinds of which ``actor`` may prepare records somewhere."""
    return [kind for kind in KINDS if places(actor, kind, desk) is None or places(actor, kind, desk)]


def may_prepare(actor: Actor, kind: Kind, department: str | None, desk: Desk = "off") -> bool:
    """Whether ``actor`` may prepare records of ``kind`` for ``department`` by form."""
    reached = places(actor, kind, desk)
    return not by_cases_only(kind, desk) and (reached is None or department in reached)


def may_propose(actor: Actor, kind: Kind, verb: Verb, department: str | None, desk: Desk) -> bool:
    """Whether ``actor`` may open a change proposal for the verb: an editor, where the desk asks for one."""
    edits = any(actor.may(role, department) for role in kind.editors)
    asked = desk == "on" and verb in kind.case and not by_cases_only(kind, desk)
    return asked and edits and _writes(actor)


def may_do(actor: Actor, kind: Kind, verb: Verb, department: str | None, desk: Desk) -> bool:
    """Whether ``actor`` may use the verb himself."""
    return not (desk == "on" and verb in kind.case) and approves(actor, kind, verb, department)


def approves(actor: Actor, kind: Kind, verb: Verb, department: str | None) -> bool:
    """Whether ``actor`` has the role for the verb: an editing one, or an approving one where a case is asked."""
    roles = kind.approvers if verb in kind.case else kind.editors
    return _writes(actor) and any(actor.may(role, department) for role in roles)


def home_of(actor: Actor, kind: Kind, desk: Desk = "off") -> str:
    """The department for which ``actor`` begins; raises where there is none."""
    if not actor.signed_in:
        raise NotSignedIn()
    reached = places(actor, kind, desk)
    if reached is None:
        return actor.department or ""
    if not reached:
        roles = sorted(set(preparers(kind, desk)))
        raise NotPermitted(kind=kind.name, verb="register", department=actor.department, roles=roles)
    return actor.department if actor.department in reached else min(reached)


def _writes(actor: Actor) -> bool:
    return actor.signed_in and actor.system is None and actor.allows("write")

"""Who may prepare a record by form or file, and who may put it into the register."""

from __future__ import annotations

from catalog.base.errors import NotPermitted, NotSignedIn
from catalog.identity.actors import Actor
from catalog.kinds import KINDS, Kind, Verb


def places(actor: Actor, kind: Kind) -> frozenset[str] | None:
    """The departments that the actor's roles for ``kind`` reach; None for all."""
    if not actor.signed_in or actor.system is not None or not actor.allows("write"):
        return frozenset()
    found: set[str] = set()
    for role in (*kind.editors, *kind.approvers):
        if role in actor.reach:
            reach = actor.reach[role]
            if reach is None:
                return None
            found |= reach
    return frozenset(found)


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds of which ``actor`` may prepare records somewhere."""
    return [kind for kind in KINDS if places(actor, kind) is None or places(actor, kind)]


def may_prepare(actor: Actor, kind: Kind, department: str | None) -> bool:
    """Whether ``actor`` may prepare records of ``kind`` for ``department``."""
    reached = places(actor, kind)
    return reached is None or department in reached


def may_do(actor: Actor, kind: Kind, verb: Verb, department: str | None) -> bool:
    """Whether ``actor`` may use the verb: by an editing role, or an approving one where a case is asked."""
    roles = kind.approvers if verb in kind.case else kind.editors
    return may_prepare(actor, kind, department) and any(actor.may(role, department) for role in roles)


def home_of(actor: Actor, kind: Kind) -> str:
    """The department for which ``actor`` begins; raises where there is none."""
    if not actor.signed_in:
        raise NotSignedIn()
    reached = places(actor, kind)
    if reached is None:
        return actor.department or ""
    if not reached:
        roles = sorted({*kind.editors, *kind.approvers})
        raise NotPermitted(kind=kind.name, verb="register", department=actor.department, roles=roles)
    return actor.department if actor.department in reached else min(reached)

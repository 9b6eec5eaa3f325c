"""The verbs that an actor may use on a record now: what its page offers. Pages ask, the verbs decide again."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.identity.actors import Actor
from catalog.kinds import Kind, Verb


@dataclass(frozen=True, slots=True)
class Offered:
    """One button: the verb, where it leads, and whether its author hands it over instead of doing it."""

    verb: str
    href: str
    handed_over: bool = False


def on_list(actor: Actor, kind: Kind, department: str | None = None) -> list[Offered]:
    """What the list of a kind offers: to begin a new record."""
    place = department or actor.department
    if not _writes(actor) or not (_any(actor, kind.editors) or _any(actor, kind.approvers)):
        return []
    handed = "register" in kind.case and not any(actor.may(role, place) for role in kind.approvers)
    return [Offered("new", f"/{kind.plural}/new", handed)]


def on_record(
    actor: Actor, kind: Kind, identifier: str, status: str, department: str | None
) -> list[Offered]:
    """What the page of a record offers, the main one first."""
    if not _writes(actor):
        return []
    edits = any(actor.may(role, department) for role in kind.editors)
    approves = any(actor.may(role, department) for role in kind.approvers)
    address = f"/{kind.plural}/{identifier}"
    found = []
    if edits or approves:
        found.append(Offered("edit", f"{address}/edit", "revise" in kind.case and not approves))
        found.append(Offered("copy", f"/{kind.plural}/new?copy={identifier}"))

    def may(verb: Verb) -> bool:
        return approves if verb in kind.case else edits

    if may("confirm") and kind.moves.get(status):
        found.append(Offered("confirm", f"{address}/act/confirm"))
    if may("move") and any(to != kind.retired for to in kind.moves.get(status, ())):
        found.append(Offered("move", f"{address}/act/move"))
    if may("retire") and kind.retired in kind.moves.get(status, ()):
        found.append(Offered("retire", f"{address}/act/retire"))
    return found


def may_restore(actor: Actor, kind: Kind, department: str | None) -> bool:
    """Whether the history of a record offers to bring an earlier version back."""
    roles = kind.approvers if "restore" in kind.case else kind.editors
    return _writes(actor) and any(actor.may(role, department) for role in roles)


def _writes(actor: Actor) -> bool:
    return actor.signed_in and actor.system is None and actor.allows("write")


def _any(actor: Actor, roles: tuple[str, ...]) -> bool:
    return any(actor.reach.get(role, frozenset()) is None or actor.reach.get(role) for role in roles)

"""The verbs that an actor may use or propose on a record now: what its page offers. The verbs decide again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.identity.actors import Actor
from catalog.kinds import Kind, Verb
from catalog.registry import rights
from catalog.registry.rights import Desk


@dataclass(frozen=True, slots=True)
class Offered:
    """One button: the verb, where it leads, and whether its author hands it over instead of doing it."""

    verb: str
    href: str
    handed_over: bool = False


def on_list(actor: Actor, kind: Kind, desk: Desk) -> list[Offered]:
    """What the list of a kind offers: to begin a new record."""
    reached = rights.places(actor, kind, desk)
    if rights.by_cases_only(kind, desk) or (reached is not None and not reached):
        return []
    handed = not rights.may_do(actor, kind, "register", actor.department, desk)
    return [Offered("new", f"/{kind.plural}/new", handed)]


def on_record(
    actor: Actor, kind: Kind, identifier: str, status: str, department: str | None, desk: Desk
) -> list[Offered]:
    """What the page of a record offers, the main one first."""
    return list(_offered(actor, kind, identifier, status, department, desk))


def _offered(
    actor: Actor, kind: Kind, identifier: str, status: str, department: str | None, desk: Desk
) -> Iterator[Offered]:
    def may(verb: Verb) -> bool:
        return rights.may_do(actor, kind, verb, department, desk)

    def proposes(verb: Verb) -> bool:
        return rights.may_propose(actor, kind, verb, department, desk)

    address = f"/{kind.plural}/{identifier}"
    following = kind.moves.get(status, ())
    if rights.may_prepare(actor, kind, department, desk):
        yield Offered("edit", f"{address}/edit", not may("revise"))
        yield Offered("copy", f"/{kind.plural}/new?copy={identifier}")
    if following and may("confirm"):
        yield Offered("confirm", f"{address}/act/confirm")
    if any(to != kind.retired for to in following) and (may("move") or proposes("move")):
        yield Offered("move", f"{address}/act/move", not may("move"))
    if kind.retired in following and (may("retire") or proposes("retire")):
        yield Offered("retire", f"{address}/act/retire", not may("retire"))


def may_restore(actor: Actor, kind: Kind, department: str | None, desk: Desk) -> bool:
    """Whether the history of a record offers to bring an earlier version back, or to propose that."""
    return any(may(actor, kind, "restore", department, desk) for may in (rights.may_do, rights.may_propose))

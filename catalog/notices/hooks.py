"""Webhooks: where systems hear of entries. Registered by the administrator; each act is an entry."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, delete, select

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, Violation
from catalog.identity.actors import CONSOLE, Actor
from catalog.kinds import BY_NAME
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.notices import outgoing
from catalog.notices.models import Delivery, Webhook
from catalog.registry.models import Record

KEEPERS = ("admin",)


class Registered(NamedTuple):
    """A new webhook; ``secret`` is shown this once."""

    key: str
    secret: str


def add(
    session: Session,
    *,
    system: str,
    address: str,
    kinds: Sequence[str] = (),
    private: bool = False,
    by: Actor,
) -> Registered:
    """Register where ``system`` hears of the entries of ``kinds`` (none: of all, and of cases).

    Raises ``InvalidDocument`` for an address that is none (``webhook-address``) or lies in a private network
    without ``private`` (``webhook-private``), and for a system or kind that is not known.
    """
    permit(by)
    known = ["case", *BY_NAME]
    found = [Violation("/kinds", "enum", found=one, expected=known) for one in kinds if one not in known]
    if session.get(Record, ("system", system)) is None:
        found.append(Violation("/system", "reference-missing", found=system, expected="system"))
    if found:
        raise InvalidDocument(found)
    host = outgoing.check(address, private=private).hostname
    key, secret = f"WH-{secrets.token_hex(6)}", secrets.token_urlsafe(32)
    at = clock.stamp(clock.now())
    session.add(
        Webhook(
            key=key, system=system, address=address, secret=secret, kinds=" ".join(kinds), private=private,
            registered_at=at,
        )
    )  # fmt: skip
    _enter(session, "webhook.registered", key, by, {"system": system, "host": host, "private": private})
    return Registered(key, secret)


def listed(session: Session) -> list[dict[str, object]]:
    """Every webhook without its secret."""
    rows = session.scalars(select(Webhook).order_by(col(Webhook.system), col(Webhook.key)))
    return [row.model_dump(exclude={"secret", "kinds"}) | {"kinds": row.kinds.split()} for row in rows]


def remove(session: Session, *, key: str, by: Actor) -> None:
    """End a webhook; what still waits for it goes nowhere."""
    permit(by)
    held = session.get(Webhook, key)
    if held is None:
        raise NotFound(kind="webhook", identifier=key)
    session.execute(delete(Delivery).where(col(Delivery.target) == key, col(Delivery.state) != "sent"))
    session.delete(held)
    _enter(session, "webhook.removed", key, by, {"system": held.system})


def permit(by: Actor) -> None:
    """Only the administrator and the operator at the machine keep webhooks and the outbox."""
    if not by.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    if by.person != CONSOLE.person and not any(by.holds(role) for role in KEEPERS):
        raise NotPermitted("role-needed", roles=list(KEEPERS))


def _enter(session: Session, verb: str, key: str, by: Actor, facts: dict[str, object]) -> None:
    session.flush()
    ledger.append(session, [Line(verb, "webhook", key, data=facts)], by=by)

"""Renewing an agreement: never by itself, only by a new request and a new decision that follows the old one (G6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import NotPermitted, WrongState
from catalog.cases import amending, rights
from catalog.cases.effects import Act
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.sharing import requests
from catalog.sharing.changing import record_of, turn

_RENEWABLE = ("active", "expired")
_REPLACED = ("active", "suspended", "expired")


def may_renew(by: Actor, status: str, consumer: str) -> bool:
    """Whether ``by`` may ask for the same again: an officer of the consumer."""
    return (
        status in _RENEWABLE
        and rights.writes(by)
        and any(by.may(role, consumer) for role in requests.REQUESTERS)
    )


def renew(session: Session, agreement: str, *, by: Actor, on: date) -> Case:
    """Open the request that is to follow ``agreement``, filled from it, in draft.

    Raises ``NotPermitted`` for who is no officer of the consumer, ``WrongState`` (``renewal-over``) for an
    agreement that was suspended, terminated or followed already, and what a new request refuses.
    """
    record, document = record_of(session, agreement)
    consumer = document.get("consumer", "")
    if record.status not in _RENEWABLE:
        raise WrongState("renewal-over", identifier=agreement, found=record.status, possible=[])
    if not may_renew(by, record.status, consumer):
        raise NotPermitted(
            "case-not-yours", department=consumer, roles=list(requests.REQUESTERS), possible=[]
        )
    case = requests.open_request(
        session, by=by, dataset=document["dataset"], values={}, on=on, department=consumer, like=agreement
    )
    return amending.amend(
        session, case, "renews", by=by, values={"supersedes": agreement}, data={"supersedes": agreement}
    )


def follow(act: Act, held: Document, agreement: str) -> dict[str, Any]:
    """The agreement that was just registered takes the place of the one it renews.

    One that begins later leaves the old one to its own last day: nobody loses a day, nobody gains one.
    """
    old = held.get("supersedes")
    if not old or record_of(act.session, old)[0].status not in _REPLACED:
        return {}
    if held["draft"]["period"]["from"] > act.on.isoformat():
        return {"follows": old}
    return {"supersedes": old, "entry": turn(act, old, "superseded", successor=agreement)}

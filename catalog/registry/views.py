"""Saved views: the address of a list or a search, under a name, for one person or a whole department."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, select

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, Violation, WrongState
from catalog.identity.actors import Actor
from catalog.kinds import BY_PLURAL
from catalog.registry.reads import Reads

LONGEST_NAME = 60
LONGEST_ADDRESS = 2000
MOST = 200  # of one person
_PASSING = frozenset({"page", "lang", "done", "n"})


class SavedView(SQLModel, table=True):
    """One view of one person; ``shared_with`` is the department whose members see it too."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("saved_view_person", "person"),
        Index("saved_view_shared", "shared_with"),
    )

    id: str = Field(primary_key=True)
    person: str
    name: str
    address: str
    shared_with: str | None = None
    saved_at: str


async def visible(reads: Reads, actor: Actor) -> list[SavedView]:
    """The actor's own views and those shared with the actor's department, by name; none for a stranger."""
    if not actor.signed_in:
        return []
    rows = await reads.find("views", person=actor.person, department=actor.department or "")
    return [_view(row) for row in rows]


def save(session: Session, *, name: str, address: str, shared: bool, by: Actor, at: str = "") -> SavedView:
    """Keep an address under a name; the same name again replaces what it stood for.

    Raises ``InvalidDocument`` for an empty or long name and for an address that is no list or search, and
    ``WrongState`` (``views-full``) beyond what one person may keep.
    """
    name, address = _named(name), _placed(address)
    mine = session.scalars(select(SavedView).where(SavedView.person == by.person)).all()
    view = next((one for one in mine if one.name == name), None)
    if view is None:
        if len(mine) >= MOST:
            raise WrongState("views-full", limit=MOST)
        view = SavedView(
            id=secrets.token_hex(8), person=by.person, name=name, address=address, saved_at=at or _now()
        )
        session.add(view)
    view.address, view.shared_with = address, by.department if shared else None
    return view


def change(session: Session, id: str, *, name: str, shared: bool, by: Actor) -> SavedView:
    """Rename a view of one's own, share it, or share it no longer."""
    view = _own(session, id, by)
    view.name, view.shared_with = _named(name), by.department if shared else None
    return view


def remove(session: Session, id: str, *, by: Actor) -> None:
    """Delete a view of one's own."""
    session.delete(_own(session, id, by))


def address_of(path: str, query: str) -> str:
    """An address as it is kept: without the page, the language and what was said once."""
    kept = [pair for pair in parse_qsl(query) if pair[0] not in _PASSING]
    return f"{path}?{urlencode(kept)}" if kept else path


def path_of(address: str) -> str:
    """The list or search that a view belongs to."""
    return urlsplit(address).path


def _view(row: Any) -> SavedView:
    names = ("id", "person", "name", "address", "shared_with", "saved_at")
    return SavedView(**dict(zip(names, row, strict=True)))


def _own(session: Session, id: str, by: Actor) -> SavedView:
    view = session.get(SavedView, id)
    if view is None or view.person != by.person:
        raise NotFound(kind="view", identifier=id)
    return view


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidDocument([Violation("/name", "view-name", found=name, expected=LONGEST_NAME)])
    return name


def _placed(address: str) -> str:
    parts = urlsplit(address)
    known = parts.path == "/search" or parts.path.removeprefix("/") in BY_PLURAL
    if parts.netloc or parts.scheme or not known or len(address) > LONGEST_ADDRESS:
        raise InvalidDocument([Violation("/address", "view-address", found=address)])
    return address_of(parts.path, parts.query)


def _now() -> str:
    return clock.stamp(clock.now())

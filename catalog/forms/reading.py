"""What somebody typed into a form, as a document: rows added or removed, names put into identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, select

from catalog.base.db import FOREVER, select_in
from catalog.base.documents import Document, at
from catalog.forms.names import to_document
from catalog.identity.models import Person
from catalog.identity.persons import KEY
from catalog.kinds import Kind
from catalog.registry.models import Record
from catalog.registry.numbers import FORM
from catalog.standards.annotations import Annotations

_ACT = re.compile(r"(add|remove|person):(/[a-z0-9_/]+)\Z")
_ROW = re.compile(r"(.*)/([0-9]+)\Z")


@dataclass(slots=True)
class Typed:
    """A posted form: the document, the button, and the rest by name."""

    pairs: list[tuple[str, str]]
    document: Document = field(default_factory=dict)
    act: str = ""
    more: dict[str, int] = field(default_factory=dict)
    place: str = ""  # where a row was added or removed

    def get(self, name: str) -> str:
        """The value of a field beside the document; empty where there is none."""
        return next((value.strip() for key, value in self.pairs if key == name and value.strip()), "")

    def number(self, name: str) -> int | None:
        """The same as a number."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def typed(pairs: Iterable[tuple[str, Any]], annotations: Annotations, before: Document) -> Typed:
    """The form as posted; what it names ``_keep`` is taken from the document that was read."""
    texts = [(name, value) for name, value in pairs if isinstance(value, str)]
    acts = [value for name, value in texts if name == "_act"]
    made = Typed(texts, act=acts[-1] if acts else "")
    fitting = _ACT.match(made.act)
    rows = texts
    if fitting and fitting[1] == "remove":
        gone = fitting[2]
        rows = [pair for pair in texts if not (pair[0] == gone or pair[0].startswith(f"{gone}/"))]
        made.place = gone.rpartition("/")[0]
    elif fitting and fitting[1] == "add":
        made.place = renumbered(fitting[2], texts, annotations)
        made.more[made.place] = 1
    made.document = to_document(rows, annotations)
    for name in (value.removeprefix("/") for key, value in texts if key == "_keep"):
        if name in before:
            made.document[name] = before[name]
    return made


def renumbered(place: str, pairs: Iterable[tuple[str, str]], annotations: Annotations) -> str:
    """The pointer that a place of the form has in its document, where rows count from 0 and blank ones fall."""
    parts = place.split("/")
    for depth, token in enumerate(parts):
        if token.isdigit():
            holder = "/".join(parts[:depth])
            filled = dict.fromkeys(
                name[len(holder) + 1 :].partition("/")[0]
                for name, value in pairs
                if name.startswith(f"{holder}/") and value.strip()
            )
            order = [number for number in filled]
            parts[depth] = str(order.index(token)) if token in order else str(len(order))
    return "/".join(parts)


def resolve(session: Session, kind: Kind, document: Document, annotations: Annotations) -> None:
    """Put identifiers and codes where somebody typed a name that only one record, person or code has."""
    for place, _, to_kind, value in annotations.references(document):
        if not FORM.match(value):
            _put(
                document,
                place,
                _only(session, Record.identifier, Record.name == value, Record.kind == to_kind),
            )
    for place, code_list, value in annotations.coded(document):
        statement = f"SELECT code FROM code WHERE to_seq = {FOREVER} AND code_list = ? AND label IN (:values)"
        known = f"SELECT code FROM code WHERE to_seq = {FOREVER} AND code_list = ? AND code IN (:values)"
        if not list(select_in(session, known, [value], code_list)):
            found = [row[0] for row in select_in(session, statement, [value], code_list)]
            _put(document, place, found[0] if len(found) == 1 else None)
    for place, value in _people(document, annotations):
        if not KEY.match(value):
            _put(document, place, _only(session, Person.person, Person.name == value))


def _only(session: Session, wanted: Any, *where: Any) -> str | None:
    found = session.execute(select(wanted).where(*where).limit(2)).all()
    return str(found[0][0]) if len(found) == 1 else None


def _people(document: Document, annotations: Annotations) -> list[tuple[str, str]]:
    """Where people stand in a document, and under which key."""
    names = {one.pattern for one in annotations.fields if one.ref == "person"}
    found = []
    for pattern in names:
        for place in _places(document, pattern.split("/")[1:], ""):
            value = at(document, place)
            if isinstance(value, str):
                found.append((place, value))
    return found


def _places(value: Any, tokens: list[str], here: str) -> list[str]:
    if not tokens:
        return [here]
    if tokens[0] == "*":
        rows = range(len(value)) if isinstance(value, list) else ()
        return [place for n in rows for place in _places(value[n], tokens[1:], f"{here}/{n}")]
    inside = value.get(tokens[0]) if isinstance(value, dict) else None
    return _places(inside, tokens[1:], f"{here}/{tokens[0]}") if inside is not None else []


def _put(document: Any, place: str, value: str | None) -> None:
    if value is None:
        return
    holder, _, last = place.rpartition("/")
    held = at(document, holder) if holder else document
    if isinstance(held, list):
        held[int(last)] = value
    elif isinstance(held, dict):
        held[last] = value

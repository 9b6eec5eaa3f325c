"""Names where identifiers belong: a department's name, an old name or a code, led to the record it means."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import FOREVER, select_in
from catalog.exchange.rows import Row
from catalog.imports.correct import put_at
from catalog.registry.numbers import FORM
from catalog.standards import schemas

Names = Mapping[str, Mapping[str, str]]
_OTHER = f"SELECT value, identifier FROM alias WHERE kind = 'department' AND to_seq = {FOREVER}"


def departments(session: Session) -> dict[str, str]:
    """Every name, short name and former name of a department that stands for one alone."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = session.execute(
        sql("SELECT name, identifier FROM record WHERE kind = 'department' AND status <> 'dissolved'")
    )
    for name, identifier in rows:
        found[name].add(identifier)
        found[_shortened(name)].add(identifier)
    for value, identifier in session.execute(sql(_OTHER)):
        found.setdefault(value, set()).add(identifier)
        found.setdefault(_shortened(value), set()).add(identifier)
    return {name: min(identifiers) for name, identifiers in found.items() if len(identifiers) == 1}


def _shortened(name: str) -> str:
    """A name without the city and the district before it."""
    for end in ("省", "市", "区"):
        head, sign, rest = name.partition(end)
        if sign and len(head) <= 4 and len(rest) >= 3:
            name = rest
    return name


def led(session: Session, rows: Sequence[Row], kind: str) -> tuple[list[Row], Names]:
    """The rows with identifiers in place of names, and the departments' names that were known."""
    known = {"department": departments(session)}
    wanted: dict[str, set[str]] = defaultdict(set)
    places: list[tuple[int, str, str, str]] = []
    for index, row in enumerate(rows):
        if row.violations or not isinstance(row.document, dict):
            continue
        for pointer, _, to_kind, value in schemas.current(row.kind or kind).annotations.references(
            row.document
        ):
            if not FORM.match(value):
                wanted[to_kind].add(value)
                places.append((index, pointer, to_kind, value))
    found = {to_kind: _named(session, to_kind, values) for to_kind, values in wanted.items()}
    if "department" in found:
        found["department"] = {
            value: known["department"][plain]
            for value in wanted["department"]
            if (plain := value.strip()) in known["department"]
            or (plain := _shortened(plain)) in known["department"]
        } | found["department"]
    made = list(rows)
    changes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for index, pointer, to_kind, value in places:
        identifier = found[to_kind].get(value)
        if identifier:
            changes[index].append((pointer, identifier))
    for index, pairs in changes.items():
        document = copy.deepcopy(made[index].document)
        for pointer, identifier in pairs:
            put_at(document, pointer, identifier)
        made[index] = replace(made[index], document=document)
    return made, known


def _named(session: Session, kind: str, values: set[str]) -> dict[str, str]:
    """Records by their name, former name or code, where it is one record's alone."""
    found: dict[str, set[str]] = defaultdict(set)
    statement = "SELECT name, identifier FROM record WHERE kind = ? AND name IN (:values)"
    for name, identifier in select_in(session, statement, values, kind):
        found[name].add(identifier)
    statement = (
        f"SELECT value, identifier FROM alias WHERE to_seq = {FOREVER} AND kind = ? AND value IN (:values)"
    )
    for value, identifier in select_in(session, statement, values - found.keys(), kind):
        found[value].add(identifier)
    return {name: min(ones) for name, ones in found.items() if len(ones) == 1}

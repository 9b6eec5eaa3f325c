"""The working calendar in force: what the register says of each year, the product's own seed for the others."""

from __future__ import annotations

import orjson
from sqlmodel import Session, col, select

from catalog.registry import contents
from catalog.registry.models import Record
from catalog.standards.calendars import Calendar, seeded, year

KIND = "calendar"
IN_FORCE = "in_force"
_MOST = 20
_compiled: dict[tuple[tuple[str, str], ...], Calendar] = {}  # by (status, digest) of the records: never stale


def in_force(session: Session) -> Calendar:
    """The calendar by which time limits are counted now; compiled anew only where a record has changed.

    A year that was withdrawn is not announced, whatever the seed says.
    """
    wanted = select(Record.status, Record.content).where(col(Record.kind) == KIND)
    key = tuple((row[0], row[1]) for row in session.execute(wanted.order_by(col(Record.identifier))))
    if key not in _compiled:
        while len(_compiled) >= _MOST:
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[key] = _compile(session, key)
    return _compiled[key]


def _compile(session: Session, key: tuple[tuple[str, str], ...]) -> Calendar:
    texts = contents.load(session, [digest for _, digest in key])
    years = dict(seeded().years)
    for status, digest in key:
        document = orjson.loads(texts[digest])
        if status == IN_FORCE:
            years[document["year"]] = year(document)
        else:
            years.pop(document.get("year", 0), None)
    return Calendar(years)

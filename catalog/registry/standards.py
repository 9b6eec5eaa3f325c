"""Which schema file is in force for a kind. Putting one into force is a verb with an entry of its own."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session, select

from catalog.base.db import FOREVER, Database, execute_rows, insert_rows, select_in, upsert_rows
from catalog.base.documents import Document, canonical, digest
from catalog.base.errors import InvalidDocument, Unready, Violation
from catalog.kinds import BY_NAME, KINDS
from catalog.ledger import service as ledger
from catalog.ledger.service import By, Line
from catalog.registry import contents
from catalog.registry.contents import SALT
from catalog.registry.documents import restored
from catalog.registry.models import InForce
from catalog.registry.prepare import OWNER, RENAMED
from catalog.standards import schemas

_SLICE = 2000


def check(session: Session, kinds: Iterable[str]) -> None:
    """Raise ``Unready`` if the file of a kind differs from what the register has put into force."""
    for kind in kinds:
        standard = schemas.current(kind)
        row = session.execute(select(InForce.version, InForce.digest).where(InForce.kind == kind)).first()
        if row is None or tuple(row) != (standard.version, standard.digest):
            raise Unready(
                "standard-not-in-force", kind=kind, found=standard.version, expected=row[0] if row else None
            )


def differing(session: Session) -> list[str]:
    """The kinds whose files differ from what is in force."""
    rows = session.execute(select(InForce.kind, InForce.version, InForce.digest)).all()
    known = {row[0]: (row[1], row[2]) for row in rows}
    current = {kind.name: schemas.current(kind.name) for kind in KINDS}
    return [
        name for name, standard in current.items() if known.get(name) != (standard.version, standard.digest)
    ]


def trial(session: Session, kind: str, version: str) -> list[tuple[str, str, list[Violation]]]:
    """What a candidate would break: (identifier, department, violations) of every record it refuses."""
    statuses = BY_NAME[kind].statuses
    rows = session.execute(
        sql(
            "SELECT r.identifier, r.department, r.status, c.text, c.packed FROM record r"
            " JOIN content c ON c.digest = r.content WHERE r.kind = :kind ORDER BY r.identifier"
        ),
        {"kind": kind},
    )
    broken = []
    for identifier, department, status, text, packed in rows:
        document = restored(session, identifier, orjson.loads(contents.unpack(text, packed)))
        found = schemas.check(kind, document, statuses[status], version)
        if any(violation.severity == "error" for violation in found):
            broken.append((identifier, department, found))
    return broken


def adopt(
    database: Database, kinds: Iterable[str], *, by: By, force: bool = False, note: str | None = None
) -> None:
    """Put the current files of ``kinds`` into force: ``standard.adopted``, and rebuild all that is derived.

    Raises ``InvalidDocument`` when records would break, unless ``force`` says that they may.
    """
    with database.writing() as session:
        last = ledger.head(session)
        at = ledger.moment(last)
        for kind in kinds:
            standard = schemas.current(kind)
            broken = trial(session, kind, standard.version)
            if broken and not force:
                raise InvalidDocument([violation for _, _, found in broken for violation in found])
            line = Line(
                "standard.adopted",
                kind=kind,
                note=note,
                data={"version": standard.version, "digest": standard.digest, "broken": len(broken)},
            )
            seq = ledger.append(session, [line], by=by, last=ledger.head(session), at=at)[0]
            row = (kind, standard.version, standard.digest, seq)
            upsert_rows(session, "in_force", ("kind", "version", "digest", "seq"), [row], key=("kind",))
            rebuild(session, kind)


def rebuild(session: Session, kind: str) -> None:
    """Derive names, owners, public texts, links and aliases of all versions of a kind anew."""
    session.execute(sql("DELETE FROM link WHERE kind = :kind"), {"kind": kind})
    session.execute(sql("DELETE FROM alias WHERE kind = :kind"), {"kind": kind})
    rows = session.execute(
        sql(
            "SELECT identifier, from_seq, to_seq, content FROM version WHERE kind = :kind ORDER BY identifier, from_seq"
        ),
        {"kind": kind},
    ).fetchall()
    names: dict[str, str] = {}
    for start in range(0, len(rows), _SLICE):
        part = rows[start : start + _SLICE]
        texts = contents.load(session, (row[3] for row in part))
        _derive(session, kind, part, {key: orjson.loads(text) for key, text in texts.items() if text}, names)


def _derive(
    session: Session,
    kind: str,
    rows: Iterable[tuple[str, int, int, str]],
    documents: dict[str, Document],
    names: dict[str, str],
) -> None:
    annotations = schemas.current(kind).annotations
    links, aliases, shapes, publics = [], {}, [], []
    for identifier, from_seq, to_seq, key in rows:
        document = documents.get(key)
        if document is None:  # redacted
            continue
        unsalted = {name: value for name, value in document.items() if name != SALT}
        seen = annotations.public(unsalted)
        public = None
        if seen is not unsalted:
            text = canonical(seen)
            public = digest(text)
            publics.append((public, text))
        owner = document.get(OWNER.get(kind, "department"), identifier)
        shapes.append((document["name"], owner, public, kind, identifier, from_seq))
        for place, rel, to_kind, to in annotations.references(unsalted):
            links.append((kind, identifier, from_seq, place, rel, to_kind, to, to_seq))
        for scheme, value, valid_from, valid_until in annotations.aliases(unsalted):
            aliases[(kind, identifier, from_seq, scheme, value)] = (valid_from, valid_until, to_seq)
        if names.setdefault(identifier, document["name"]) != document["name"]:
            aliases[(kind, identifier, from_seq, RENAMED, names[identifier])] = (None, None, FOREVER)
            names[identifier] = document["name"]
    contents.store(session, publics)
    statement = "UPDATE version SET name = ?, department = ?, public_content = ? WHERE kind = ? AND identifier = ? AND from_seq = ?"
    execute_rows(session, statement, shapes)
    execute_rows(
        session, statement.replace("version", "record", 1).replace("from_seq = ?", "seq = ?"), shapes
    )
    columns = ("kind", "identifier", "from_seq", "pointer", "rel", "to_kind", "to_identifier", "to_seq")
    insert_rows(session, "link", columns, links)
    columns = ("kind", "identifier", "from_seq", "scheme", "value", "valid_from", "valid_until", "to_seq")
    insert_rows(session, "alias", columns, [(*key, *value) for key, value in aliases.items()])


def schemas_of_versions(session: Session, kind: str) -> list[str]:
    """Which versions of its schema the records of a kind were judged by."""
    statement = sql(
        f"SELECT DISTINCT standard FROM version WHERE kind = :kind AND to_seq = {FOREVER} ORDER BY standard"
    )
    return [row[0] for row in session.execute(statement, {"kind": kind})]


def in_force(session: Session) -> list[dict[str, object]]:
    """Every kind with the version in force, its digest and the entry that adopted it."""
    statement = "SELECT kind, version, digest, seq FROM in_force WHERE kind IN (:values) ORDER BY kind"
    names = ("kind", "version", "digest", "seq")
    return [dict(zip(names, row, strict=True)) for row in select_in(session, statement, BY_NAME)]

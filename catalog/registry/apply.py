"""Writing a plan: contents, records, versions, links, aliases, codes and ledger in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.db import FOREVER, Database, execute_rows, insert_rows, select_in, upsert_rows
from catalog.base.documents import canonical, digest
from catalog.base.errors import InvalidDocument, Stale
from catalog.base.memory import without_collector
from catalog.ledger import service as ledger
from catalog.ledger.service import By, Line
from catalog.registry import contents, standards
from catalog.registry.after import follow
from catalog.registry.numbers import Numbers
from catalog.registry.plan import Change, Changes
from catalog.registry.prepare import RENAMED, texts

_SHAPE = ("version", "status", "department", "name", "standard", "content", "public_content", "state", "registered_at", "changed_at")  # fmt: skip
_RECORD = ("kind", "identifier", "seq", *_SHAPE)
_VERSION = ("kind", "identifier", "from_seq", "to_seq", *_SHAPE)
Beside = Callable[[Session, range], None]
_PAST = {"created": "registered", "revised": "revised"}


def apply(
    database: Database,
    changes: Changes,
    *,
    by: By,
    on: date,
    note: str | None = None,
    beside: Beside | None = None,
) -> range:
    """Write what a plan creates and revises, and return the entries' numbers; all or nothing.

    ``beside`` writes something more in the same transaction, given the entries' numbers.
    Raises ``InvalidDocument`` if the plan refuses anything, ``Stale`` if a record moved since the plan
    was made, ``Busy`` if the turn does not come.
    """
    refused = changes.of("refused")
    if refused:
        raise InvalidDocument([violation for change in refused for violation in change.violations])
    if not changes.of("created") and not changes.of("revised"):
        return range(0)
    with database.writing(turn=False) as session:
        seqs = apply_in(session, changes, database=database, by=by, on=on, note=note)
        if beside:
            beside(session, seqs)
        return seqs


@without_collector()
def apply_in(
    session: Session, changes: Changes, *, database: Database, by: By, on: date, note: str | None = None
) -> range:
    """The same inside the caller's transaction, which was opened with ``writing(turn=False)``."""
    active = [change for change in changes.all if change.action in ("created", "revised")]
    for change in active:
        change.texts = change.texts or texts(change.prepared)
    contents.store(session, _texts(active))
    database.take_turn(session)
    standards.check(session, {change.kind.name for change in active})
    _check_befores(session, active)
    _number(session, active, on)
    seqs = _write(session, active, by=by, note=note)
    follow(session, [change.kind for change in active], by=by, first=seqs[0])
    return seqs


def _texts(changes: Iterable[Change]) -> Iterable[tuple[str, bytes]]:
    for change in changes:
        assert change.texts
        yield change.texts.digest, change.texts.content
        if change.texts.public is not None and change.texts.public_digest:
            yield change.texts.public_digest, change.texts.public


def _check_befores(session: Session, changes: Sequence[Change]) -> None:
    for kind in {change.kind.name for change in changes}:
        mine = {c.identifier: c for c in changes if c.kind.name == kind and not c.numbered}
        statement = "SELECT identifier, seq FROM record WHERE kind = ? AND identifier IN (:values)"
        now = {row[0]: row[1] for row in select_in(session, statement, mine, kind)}
        for identifier, change in mine.items():
            read = change.before.seq if change.before else None
            if now.get(identifier) != read:
                raise Stale(kind=kind, identifier=identifier, found=read, expected=now.get(identifier))


def _number(session: Session, changes: Sequence[Change], on: date) -> None:
    """Give the numbers for good; another writer may have taken those of the plan."""
    numbers = Numbers(session)
    for change in changes:
        if not change.numbered and change.before is None:
            numbers.observe(change.kind, change.identifier or "", on)
    renumbered = []
    for change in changes:
        if change.numbered:
            identifier = numbers.next(change.kind, on)
            if identifier != change.identifier:
                change.identifier = identifier
                change.prepared.document["identifier"] = identifier
                change.texts = texts(change.prepared)
                renumbered.append(change)
    contents.store(session, _texts(renumbered))
    numbers.keep()


def _write(session: Session, changes: Sequence[Change], *, by: By, note: str | None) -> range:
    last = ledger.head(session)
    at = ledger.moment(last)
    seqs = ledger.append(session, [_line(change, note) for change in changes], by=by, last=last, at=at)
    records: list[tuple[Any, ...]] = []
    revised: list[tuple[Any, ...]] = []
    versions, closing = [], []
    for seq, change in zip(seqs, changes, strict=True):
        shape = _shape(change, at)
        (revised if change.before else records).append((change.kind.name, change.identifier, seq, *shape))
        versions.append((change.kind.name, change.identifier, seq, FOREVER, *shape))
        if change.before:
            closing.append((seq, change.kind.name, change.identifier))
    _close(session, closing)
    insert_rows(session, "record", _RECORD, records)
    upsert_rows(session, "record", _RECORD, revised, key=("kind", "identifier"))
    insert_rows(session, "version", _VERSION, versions)
    _index(session, list(zip(seqs, changes, strict=True)))
    return seqs


def _line(change: Change, note: str | None) -> Line:
    assert change.texts
    return Line(
        verb=f"{change.kind.name}.{_PAST[change.action]}",
        kind=change.kind.name,
        identifier=change.identifier,
        version=_version(change),
        note=note,
        data={"status": change.status}
        if change.before is None or change.before.status != change.status
        else None,
        digest=change.texts.digest,
    )


def _version(change: Change) -> int:
    return change.before.version + 1 if change.before else 1


def _shape(change: Change, at: str) -> tuple[Any, ...]:
    assert change.texts
    return (
        _version(change),
        change.status,
        change.prepared.owner or change.identifier,
        change.prepared.name,
        change.prepared.standard,
        change.texts.digest,
        change.texts.public_digest,
        change.before.state if change.before else "{}",
        change.before.registered_at if change.before else at,
        at,
    )


def _close(session: Session, closing: Sequence[tuple[int, str, str | None]]) -> None:
    for table in ("version", "link", "alias"):
        statement = f"UPDATE {table} SET to_seq = ? WHERE kind = ? AND identifier = ? AND to_seq = {FOREVER}"
        if table == "alias":
            statement += f" AND scheme <> '{RENAMED}'"  # an old name keeps working
        execute_rows(session, statement, closing)


def _index(session: Session, written: Sequence[tuple[int, Change]]) -> None:
    """Links, aliases and codes of what was written."""
    links: list[tuple[Any, ...]] = []
    aliases: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for seq, change in written:
        key = (change.kind.name, change.identifier, seq)
        links += [
            (*key, place, rel, kind, to, FOREVER) for place, rel, kind, to in change.prepared.references
        ]
        for scheme, value, valid_from, valid_until in change.prepared.aliases:
            aliases[(*key, scheme, value)] = (valid_from, valid_until, FOREVER)
        if change.before and change.before.name != change.prepared.name:
            aliases[(*key, RENAMED, change.before.name)] = (None, None, FOREVER)
        if change.kind.name == "code-list":
            _write_codes(session, seq, change)
    columns = ("kind", "identifier", "from_seq", "pointer", "rel", "to_kind", "to_identifier", "to_seq")
    insert_rows(session, "link", columns, links)
    insert_rows(
        session,
        "alias",
        ("kind", "identifier", "from_seq", "scheme", "value", "valid_from", "valid_until", "to_seq"),
        [(*key, *value) for key, value in aliases.items()],
    )


def _write_codes(session: Session, seq: int, change: Change) -> None:
    """Only the codes that changed get new rows; the others hold on."""
    statement = f"SELECT code, digest, position FROM code WHERE to_seq = {FOREVER} AND code_list IN (:values)"
    old = {
        code: (key, position) for code, key, position in select_in(session, statement, [change.identifier])
    }
    new, kept = [], set()
    for position, code in enumerate(change.prepared.document.get("codes", ())):
        text = canonical(code)
        key = digest(text)
        if old.get(code["code"]) == (key, position):
            kept.add(code["code"])
            continue
        new.append((
            change.identifier, code["code"], seq, FOREVER, position, code["label"], code.get("parent"),
            code.get("valid_from"), code.get("valid_until"), key, text.decode(),
        ))  # fmt: skip
    gone = [(seq, change.identifier, code) for code in old if code not in kept]
    execute_rows(
        session, f"UPDATE code SET to_seq = ? WHERE code_list = ? AND code = ? AND to_seq = {FOREVER}", gone
    )
    columns = ("code_list", "code", "from_seq", "to_seq", "position", "label", "parent", "valid_from", "valid_until", "digest", "text")  # fmt: skip
    insert_rows(session, "code", columns, new)

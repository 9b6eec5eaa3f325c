"""The whole register as JSON lines, with its history and its chain, independent of the database.

Line 1 is the header; every other line is ``[table, column, column, …]`` in the order of ``REGISTER``; the
last one is the seal, ``["end", SHA-256 of all bytes before it]``. An archive reaches to the last entry that
changed something (exports and reads leave entries too), so that two exports with nothing between them are
the same bytes, on either database.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import orjson
from sqlalchemy import inspect
from sqlalchemy import text as sql
from sqlmodel import Session, SQLModel

import catalog.identity.models
import catalog.ledger.models
import catalog.registry.attachments_models
import catalog.registry.models
import catalog.registry.stored  # noqa: F401
from catalog.base.db import insert_rows
from catalog.base.errors import Malformed, WrongState
from catalog.ledger import chain
from catalog.ledger.service import By, Line, append
from catalog.registry.contents import PACK_FROM, unpack
from catalog.runtime import Runtime

FORMAT = 1
REGISTER = (
    "meta",
    "number",
    "in_force",
    "content",
    "entry",
    "record",
    "version",
    "link",
    "alias",
    "code",
    "person",
    "desk_case",
    "case_subject",
    "case_comment",
    "case_file",
    "case_watcher",
    "agreement_usage",
    "attestation",
    "attachment",
    "stored_file",
)
OPERATION = (  # a backup holds these too; uploads on their way in are passing, and sign-ins end
    "account",
    "role_grant",
    "token",
    "second_factor",
    "sign_in_link",
    "idempotency",
    "saved_view",
    "draft",
    "import_profile",
    "notice",
    "delivery",
    "notice_choice",
    "webhook",
)
_SLICE = 2_000
# of the files only what attachments, cases and attestations name: the uploads of imports are passing
_SCAN = "stored_file"


def export(runtime: Runtime, path: Path, *, by: By, operation: bool = False) -> dict[str, int]:
    """Write an archive to ``path`` (gzipped where it ends in ``.gz``); the rows of each table.

    ``operation`` adds accounts, roles, token hashes, drafts, views and mappings, for a backup. The export is an entry itself.
    """
    counts: dict[str, int] = {}
    part = path.with_name(path.name + ".part")
    seal = hashlib.sha256()

    def write(line: bytes) -> None:
        seal.update(line)
        file.write(line)

    with runtime.database.reading() as session, _writing(part) as file:
        if not runtime.database.on_sqlite:
            session.execute(sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        header = _header(session, operation)
        write(orjson.dumps(header, option=orjson.OPT_SORT_KEYS) + b"\n")
        for table in REGISTER + (OPERATION if operation else ()):
            counts[table] = 0
            for row in _rows(session, table, header["last"], operation):
                write(orjson.dumps([table, *row]) + b"\n")
                counts[table] += 1
        file.write(_sealed(seal.hexdigest()))
    part.replace(path)
    with runtime.database.writing() as session:
        append(
            session, [Line("register.exported", data={"last": header["last"], "operation": operation})], by=by
        )
    return counts


def load(runtime: Runtime, path: Path) -> dict[str, int]:
    """Bring an archive into an empty register; all of it or nothing.

    Raises ``WrongState`` if the register has entries, ``Malformed`` if the file is none of ours, was cut
    short or altered, or its chain does not lead to the head that the header names.
    """
    header = header_of(path)
    _check_seal(path)
    counts: dict[str, int] = {}
    with runtime.database.writing() as session, _reading(path) as file:
        if session.execute(sql("SELECT COUNT(*) FROM entry")).scalar():
            raise WrongState("not-empty")
        session.execute(sql("DELETE FROM meta WHERE key <> 'secret'"))
        file.readline()
        head = _load_rows(session, file, counts, header)
        if head != header["head"]:
            raise Malformed("archive-chain", found=head, expected=header["head"])
    return counts


def header_of(path: Path) -> dict[str, Any]:
    """The header of an archive; ``Malformed`` where the file is none."""
    try:
        with _reading(path) as file:
            header = orjson.loads(file.readline())
    except (orjson.JSONDecodeError, OSError, EOFError):
        raise Malformed("not-an-archive", file=path.name) from None
    if not isinstance(header, dict) or header.get("archive") != "cdo-catalog":
        raise Malformed("not-an-archive", file=path.name)
    if header.get("format") != FORMAT:
        raise Malformed("archive-format", found=header.get("format"), expected=FORMAT)
    return header


def _sealed(digest: str) -> bytes:
    return orjson.dumps(["end", digest]) + b"\n"


def _check_seal(path: Path) -> None:
    """Raise ``Malformed`` unless the file ends with the digest of all that stands before."""
    seal, last = hashlib.sha256(), b""
    try:
        with _reading(path) as file:
            for line in file:
                seal.update(last)
                last = line
    except (OSError, EOFError, zlib.error):
        raise Malformed("archive-altered", file=path.name) from None
    if last != _sealed(seal.hexdigest()):
        raise Malformed("archive-altered", file=path.name)


def is_archive(path: Path) -> bool:
    """Whether a file is an archive of a register."""
    try:
        header_of(path)
    except Malformed as error:
        return error.slug == "archive-format"
    return True


def _header(session: Session, operation: bool) -> dict[str, Any]:
    last = session.execute(
        sql("SELECT MAX(seq) FROM entry WHERE verb <> 'register.exported' AND verb NOT LIKE '%.read'")
    ).scalar()
    head = session.execute(sql("SELECT chain FROM entry WHERE seq = :seq"), {"seq": last}).scalar()
    return {
        "archive": "cdo-catalog",
        "format": FORMAT,
        "last": last or 0,
        "head": head or "",
        "operation": operation,
    }


def _columns(session: Session, table: str) -> list[str]:
    """The columns of a table, as its model has them; of a table of a higher layer, as the database has them."""
    known = SQLModel.metadata.tables.get(table)
    if known is not None:
        return [column.name for column in known.columns]
    return [column["name"] for column in inspect(session.connection()).get_columns(table)]


def _keys(session: Session, table: str) -> list[str]:
    known = SQLModel.metadata.tables.get(table)
    if known is not None:
        return [column.name for column in known.primary_key]
    return list(inspect(session.connection()).get_pk_constraint(table)["constrained_columns"])


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _rows(session: Session, table: str, last: int, operation: bool) -> Iterator[list[Any]]:
    columns, keys = _columns(session, table), _keys(session, table)
    where = {
        "entry": "WHERE seq <= :last",
        "meta": "WHERE key <> 'secret'",
        _SCAN: "WHERE digest IN (SELECT digest FROM attachment UNION SELECT digest FROM case_file UNION SELECT file FROM attestation)",
    }.get(table, "")
    if operation and table == "meta":
        where = ""
    statement = sql(f"SELECT {_quoted(columns)} FROM {table} {where} ORDER BY {_quoted(keys)}")
    result = session.execute(
        statement,
        {"last": last} if "last" in where else {},
        execution_options={"yield_per": 1 if table == _SCAN else _SLICE},
    )
    for row in result:
        yield _content(columns, row) if table == "content" else _plain(columns, row)


def _content(columns: Sequence[str], row: Sequence[Any]) -> list[Any]:
    values = dict(zip(columns, row, strict=True))
    return [values["digest"], unpack(values["text"], bool(values["packed"])).decode(), values["redacted_by"]]


_BOOLEAN = {"legal_hold", "disabled", "internal", "mail", "private", "provisional", "closed", "shown"}


def _plain(columns: Sequence[str], row: Sequence[Any]) -> list[Any]:
    named = zip(columns, row, strict=True)
    return [
        base64.b64encode(value).decode()
        if isinstance(value, bytes)
        else bool(value)
        if name in _BOOLEAN
        else value
        for name, value in named
    ]


def _load_rows(session: Session, file: IO[bytes], counts: dict[str, int], header: dict[str, Any]) -> str:
    value, algorithm = chain.GENESIS, chain.ALGORITHMS["01"]
    order = REGISTER + (OPERATION if header["operation"] else ())
    for table, rows in _slices(file):
        if table not in order:
            raise Malformed("archive-table", found=table, expected=list(order))
        if table == "meta":
            algorithm = chain.ALGORITHMS[next((row[1] for row in rows if row[0] == "chain"), "01")]
        if table == "entry":
            value = _chained(_columns(session, "entry"), rows, value, algorithm)
        counts[table] = counts.get(table, 0) + len(rows)
        columns = _columns(session, table)
        forms: dict[str, Callable[[Sequence[Any]], list[Any]]] = {
            "content": _stored,
            _SCAN: partial(_scan, columns),
        }
        bytes_of = forms.get(table, list)
        stored = [bytes_of(row) for row in rows]
        if table == "meta" and header["operation"]:
            session.execute(sql("DELETE FROM meta"))
        insert_rows(session, table, [f'"{column}"' for column in columns], stored)
    return value


def _stored(row: Sequence[Any]) -> list[Any]:
    key, text, redacted_by = row
    raw = text.encode()
    packed = len(raw) >= PACK_FROM
    return [key, zlib.compress(raw, 6) if packed else raw, packed, redacted_by]


def _scan(columns: Sequence[str], row: Sequence[Any]) -> list[Any]:
    """The row of a file, its bytes as bytes; refused where they are not what the digest says."""
    values = dict(zip(columns, row, strict=True))
    values["data"] = base64.b64decode(values["data"])
    if hashlib.sha256(values["data"]).hexdigest() != values["digest"]:
        raise Malformed("archive-altered", file=values["digest"])
    return list(values.values())


def _chained(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], value: str, algorithm: chain.Algorithm
) -> str:
    for row in rows:
        entry = dict(zip(columns, row, strict=True))
        found = entry.pop("chain")
        value = chain.link(value, entry, algorithm)
        if value != found:
            raise Malformed("archive-chain", found=found, expected=value, seq=entry["seq"])
    return value


def _slices(file: Iterable[bytes]) -> Iterator[tuple[str, list[list[Any]]]]:
    table = ""
    rows: list[list[Any]] = []
    for number, line in enumerate(file, 2):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise Malformed("archive-line", line=number) from None
        if row[0] == "end":
            break
        if row[0] != table or len(rows) == _SLICE or table == _SCAN:
            if rows:
                yield table, rows
            table, rows = row[0], []
        rows.append(row[1:])
    if rows:
        yield table, rows


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        if ".gz" not in path.suffixes:
            yield raw
            return
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
            yield cast(IO[bytes], packed)


@contextmanager
def _reading(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        yield cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw

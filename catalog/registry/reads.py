"""Every hot statement, one text for both databases, without ORM objects.

``open_reads`` gives the reads of one process. All rows are tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from catalog.base.db import FOREVER, Database
from catalog.kinds import KINDS
from catalog.registry.contents import SALT, unpack
from catalog.registry.executors import Executor, executor

_COLUMNS = (
    "r.version, r.{seq}, r.status, r.department, r.name, c.digest, c.text, c.packed,"
    " r.registered_at, r.changed_at, r.state, r.public_content, r.kind, r.identifier, r.standard"
)
_NOW = _COLUMNS.format(seq="seq")
_THEN = _COLUMNS.format(seq="from_seq")
_PUBLIC = "JOIN content c ON c.digest = COALESCE(r.public_content, r.content)"
_WHOLE = "JOIN content c ON c.digest = r.content"

MANY_CODES = 1_000_000

_CODES = (
    "SELECT code, label, parent, valid_from, valid_until, text, position FROM code"
    " WHERE code_list = :code_list AND from_seq <= :seq AND to_seq > :seq"
)
STATEMENTS: Mapping[str, str] = {
    "record": f"SELECT {_NOW} FROM record r {_PUBLIC} WHERE r.kind = :kind AND r.identifier = :identifier",
    "record_whole": f"SELECT {_NOW} FROM record r {_WHOLE} WHERE r.kind = :kind AND r.identifier = :identifier",
    "then": f"SELECT {_THEN} FROM version r {_PUBLIC} WHERE r.kind = :kind AND r.identifier = :identifier"
    " AND r.from_seq <= :seq AND r.to_seq > :seq",
    "then_whole": f"SELECT {_THEN} FROM version r {_WHOLE} WHERE r.kind = :kind AND r.identifier = :identifier"
    " AND r.from_seq <= :seq AND r.to_seq > :seq",
    "version_seq": "SELECT MAX(from_seq) FROM version"
    " WHERE kind = :kind AND identifier = :identifier AND version = :version",
    "versions": "SELECT v.version, v.from_seq, v.status, v.name, v.standard, v.changed_at, e.verb, e.by, e.note"
    " FROM version v JOIN entry e ON e.seq = v.from_seq"
    " WHERE v.kind = :kind AND v.identifier = :identifier AND v.from_seq < :before"
    " ORDER BY v.from_seq DESC LIMIT :limit",
    "alias": "SELECT DISTINCT kind, identifier FROM alias WHERE value = :value AND to_seq = :forever",
    "alias_dated": "SELECT kind, identifier, valid_from, valid_until FROM alias WHERE value = :value AND to_seq = :forever",
    "seq_at": "SELECT MAX(seq) FROM entry WHERE at < :at",
    "last": "SELECT COALESCE(MAX(seq), 0) FROM entry",
    "links": "SELECT l.pointer, l.rel, l.to_kind, l.to_identifier, r.name, r.status FROM link l"
    " LEFT JOIN record r ON r.kind = l.to_kind AND r.identifier = l.to_identifier"
    " WHERE l.kind = :kind AND l.identifier = :identifier AND l.from_seq <= :seq AND l.to_seq > :seq"
    " ORDER BY l.pointer",
    "usages": "SELECT l.kind, l.identifier, l.pointer, l.rel, r.name, r.status, r.department FROM link l"
    " JOIN record r ON r.kind = l.kind AND r.identifier = l.identifier"
    " WHERE l.to_kind = :kind AND l.to_identifier = :identifier AND l.from_seq <= :seq AND l.to_seq > :seq"
    " AND (l.kind, l.identifier, l.pointer) > (:k, :i, :p)"
    " ORDER BY l.kind, l.identifier, l.pointer LIMIT :limit",
    "usage_counts": "SELECT kind, COUNT(DISTINCT identifier) FROM link"
    f" WHERE to_kind = :kind AND to_identifier = :identifier AND to_seq = {FOREVER} GROUP BY kind",
    "statuses": "SELECT identifier, status FROM version WHERE kind = :kind AND from_seq <= :seq AND to_seq > :seq",
    "version_numbers": "SELECT identifier, version FROM version"
    " WHERE kind = :kind AND from_seq <= :seq AND to_seq > :seq",
    "touched": "SELECT kind, identifier FROM record WHERE seq > :after AND kind IN"
    " ('department', 'data-element', 'dataset', 'sharing-agreement', 'code-list')",
    "counts": "SELECT kind, status, COUNT(*) FROM record GROUP BY kind, status",
    "entries": "SELECT seq, at, by, department, door, client, verb, kind, identifier, version, note, data, chain"
    " FROM entry WHERE seq > :after ORDER BY seq LIMIT :limit",
    "latest": "SELECT e.seq, e.at, e.by, e.verb, e.kind, e.identifier, r.name FROM entry e"
    " JOIN record r ON r.kind = e.kind AND r.identifier = e.identifier"
    " ORDER BY e.seq DESC LIMIT :limit",
    "diary": "SELECT seq, at, e.by, department, door, client, verb, kind, identifier, version, note FROM entry e"
    " WHERE seq < :before AND at >= :since AND at < :until AND (:kind = '' OR kind = :kind)"
    " AND (:department = '' OR department = :department) AND (:door = '' OR door = :door)"
    " AND (:verb = '' OR verb LIKE :verb_like)"
    " AND (:who = '' OR e.by = :who OR e.by IN (SELECT person FROM person WHERE name = :who))"
    f" AND (:whole = 1 OR kind IN ({', '.join(repr(kind.name) for kind in KINDS)}))"
    " ORDER BY seq DESC LIMIT :limit",
    "timeline": "SELECT seq, at, by, department, door, verb, version, note FROM entry"
    " WHERE kind = :kind AND identifier = :identifier AND seq < :before ORDER BY seq DESC LIMIT :limit",
    "codes": f"{_CODES} AND position > :after ORDER BY position LIMIT :limit",
    "codes_under": f"{_CODES} AND parent = :parent AND position > :after ORDER BY position LIMIT :limit",
    "codes_like": f"{_CODES} AND position > :after AND (code LIKE :prefix ESCAPE '!' OR label LIKE :inside ESCAPE '!'"
    " OR text LIKE :matter ESCAPE '!') ORDER BY position LIMIT :limit",
    "code_terms": "SELECT code, label, parent, valid_until FROM code"
    f" WHERE code_list = :code_list AND to_seq = {FOREVER} ORDER BY position",
    "code_matters": "SELECT code, text FROM code"
    f" WHERE code_list = :code_list AND to_seq = {FOREVER} AND text LIKE :marked ESCAPE '!'",
    "kind_seq": "SELECT COALESCE(MAX(seq), 0) FROM record WHERE kind = :kind",
    "persons": "SELECT person, name FROM person WHERE name IS NOT NULL ORDER BY name LIMIT :limit",
    "code": f"{_CODES} AND code = :code",
    "attachments": "SELECT id, filename, media_type, size, title, number, signed_on, internal, by, at, digest"
    " FROM attachment WHERE kind = :kind AND identifier = :identifier AND removed_at IS NULL ORDER BY at, id",
    "holdings": "SELECT kind, status, COUNT(*) FROM record"
    f" WHERE kind IN ({', '.join(repr(kind.name) for kind in KINDS)}) AND department = :department GROUP BY kind, status",
    "changed_since": "SELECT kind, COUNT(*) FROM record WHERE changed_at >= :since GROUP BY kind",
    "views": "SELECT id, person, name, address, shared_with, saved_at FROM saved_view"
    " WHERE person = :person OR (shared_with = :department AND shared_with <> '') ORDER BY name, id",
    "code_count": f"SELECT COUNT(*) FROM code WHERE code_list = :code_list AND to_seq = {FOREVER}",
}


class Row(NamedTuple):
    """One record, or one of its versions, as it is answered."""

    version: int
    seq: int
    status: str
    department: str
    name: str
    digest: str
    text: bytes
    registered_at: str
    changed_at: str
    state: str
    view: str  # "p" public, "i" with internal fields
    kind: str
    identifier: str
    standard: str

    @property
    def etag(self) -> str:
        """The strong ETag: it changes with every verb, and differs between the views."""
        return f'"{self.seq}-{self.view}"'

    @property
    def document(self) -> dict[str, Any]:
        """The document as this reader sees it; empty where it was redacted."""
        document: dict[str, Any] = orjson.loads(self.text) if self.text else {}
        document.pop(SALT, None)
        return document

    def answer(self) -> bytes:
        """The JSON that the API answers."""
        text = self.text
        digest: str | None = self.digest
        if self.view == "i":
            text, digest = orjson.dumps(self.document), None  # digests of internal texts are not published
        head = orjson.dumps({
            "kind": self.kind, "identifier": self.identifier, "version": self.version, "status": self.status,
            "department": self.department, "name": self.name, "digest": digest, "standard": self.standard,
            "registered_at": self.registered_at, "changed_at": self.changed_at,
        })  # fmt: skip
        return b"".join(
            (head[:-1], b',"document":', text or b"null", b',"state":', self.state.encode(), b"}")
        )


class Reads:
    """The reads of one process."""

    def __init__(self, executor: Executor) -> None:
        self._run = executor

    async def record(
        self, kind: str, identifier: str, internal: frozenset[str] | None = frozenset()
    ) -> Row | None:
        """The present of a record, with internal fields where the reader may see them."""
        return await self._row("record", {"kind": kind, "identifier": identifier}, internal)

    async def as_of(
        self, kind: str, identifier: str, seq: int, internal: frozenset[str] | None = frozenset()
    ) -> Row | None:
        """The record as the register had it after entry ``seq``."""
        return await self._row("then", {"kind": kind, "identifier": identifier, "seq": seq}, internal)

    async def version(
        self, kind: str, identifier: str, version: int, internal: frozenset[str] | None = frozenset()
    ) -> Row | None:
        """The last state of one version."""
        found = await self._run.rows(
            STATEMENTS["version_seq"],
            {"kind": kind, "identifier": identifier, "version": version},
            quick=True,
        )
        return await self.as_of(kind, identifier, found[0][0], internal) if found and found[0][0] else None

    async def _row(
        self, name: str, parameters: dict[str, Any], internal: frozenset[str] | None
    ) -> Row | None:
        if internal is None or internal:
            rows = await self._run.rows(STATEMENTS[f"{name}_whole"], parameters, quick=True)
            if not rows:
                return None
            if rows[0][11] is None or internal is None or rows[0][3] in internal:
                return _row(rows[0], "i" if rows[0][11] is not None else "p")
        rows = await self._run.rows(STATEMENTS[name], parameters, quick=True)
        return _row(rows[0], "p") if rows else None

    async def many(
        self, kind: str, identifiers: Sequence[str], internal: frozenset[str] | None = frozenset()
    ) -> list[Row]:
        """Several records of a kind, in the order asked for."""
        return await self.listed(kind, internal, only=identifiers) if identifiers else []

    async def listed(
        self, kind: str, internal: frozenset[str] | None = frozenset(), *, status: Sequence[str] = (),
        department: Sequence[str] = (), only: Sequence[str] = (), after: str = "", limit: int = 200, seq: int | None = None,
    ) -> list[Row]:  # fmt: skip
        """Records of a kind by identifier; with ``seq`` as the register had them then."""
        where = ["r.kind = :kind", "r.identifier > :after"]
        parameters: dict[str, Any] = {"kind": kind, "after": after, "limit": limit, "seq": seq}
        for name, column, values in (
            ("s", "status", status),
            ("d", "department", department),
            ("o", "identifier", only),
        ):
            if values:
                parameters |= {f"{name}{n}": value for n, value in enumerate(values)}
                where.append(f"r.{column} IN ({', '.join(f':{name}{n}' for n in range(len(values)))})")
        if seq is not None:
            where.append("r.from_seq <= :seq AND r.to_seq > :seq")
        columns, table = (_NOW, "record") if seq is None else (_THEN, "version")
        whole = internal is None or bool(internal)
        content = "r.content"
        if not whole:
            content = "COALESCE(r.public_content, r.content)"
        elif internal is not None:
            parameters |= {f"i{n}": value for n, value in enumerate(sorted(internal))}
            mine = ", ".join(f":i{n}" for n in range(len(internal)))
            content = f"CASE WHEN r.department IN ({mine}) THEN r.content ELSE COALESCE(r.public_content, r.content) END"
        statement = (
            f"SELECT {columns} FROM {table} r JOIN content c ON c.digest = {content}"
            f" WHERE {' AND '.join(where)} ORDER BY r.identifier LIMIT :limit"
        )
        rows = await self._run.rows(statement, parameters, quick=False)
        found = [
            _row(row, "i" if row[11] is not None and (internal is None or row[3] in internal) else "p")
            for row in rows
        ]
        if only:
            order = {identifier: place for place, identifier in enumerate(only)}
            found.sort(key=lambda row: order[row.identifier])
        return found

    async def count(
        self, kind: str, *, status: Sequence[str] = (), department: Sequence[str] = (), seq: int | None = None
    ) -> int:
        """How many records of a kind there are, now or then."""
        where, parameters = ["kind = :kind"], {"kind": kind, "seq": seq}
        for name, column, values in (("s", "status", status), ("d", "department", department)):
            if values:
                parameters |= {f"{name}{n}": value for n, value in enumerate(values)}
                where.append(f"{column} IN ({', '.join(f':{name}{n}' for n in range(len(values)))})")
        if seq is not None:
            where.append("from_seq <= :seq AND to_seq > :seq")
        table = "record" if seq is None else "version"
        rows = await self._run.rows(
            f"SELECT COUNT(*) FROM {table} WHERE {' AND '.join(where)}", parameters, quick=False
        )
        return int(rows[0][0])

    async def whole(self, row: Row) -> dict[str, Any]:
        """The document of a row with all its codes, where they stand apart from it."""
        document = row.document
        if "codes_digest" in document:
            found = await self.find(
                "codes", quick=False, code_list=row.identifier, seq=row.seq, after=-1, limit=MANY_CODES
            )
            document = {
                name: value for name, value in document.items() if name not in ("code_count", "codes_digest")
            }
            document["codes"] = [orjson.loads(one[5]) for one in found]
        return document

    async def find(self, name: str, *, quick: bool = True, **parameters: Any) -> Sequence[Any]:
        """The rows of a named statement."""
        return await self._run.rows(STATEMENTS[name], parameters, quick=quick)

    async def last(self) -> int:
        """The newest entry."""
        return int((await self.find("last"))[0][0])

    async def names(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The names of records, in one statement for each kind."""
        wanted: dict[str, list[str]] = {}
        for kind, identifier in set(pairs):
            wanted.setdefault(kind, []).append(identifier)
        found: dict[tuple[str, str], str] = {}
        for kind, identifiers in wanted.items():
            for start in range(0, len(identifiers), 500):
                part = identifiers[start : start + 500]
                parameters = {"kind": kind} | {f"i{n}": value for n, value in enumerate(part)}
                marks = ", ".join(f":i{n}" for n in range(len(part)))
                rows = await self._run.rows(
                    f"SELECT identifier, name FROM record WHERE kind = :kind AND identifier IN ({marks})",
                    parameters,
                    quick=len(part) < 100,
                )
                found |= {(kind, identifier): name for identifier, name in rows}
        return found

    async def people(self, keys: Sequence[str]) -> dict[str, tuple[str | None, str | None, str | None]]:
        """Name, telephone and e-mail of person keys; the caller decides what its reader may see."""
        if not keys:
            return {}
        marks = ", ".join(f":p{n}" for n in range(len(keys)))
        rows = await self._run.rows(
            f"SELECT person, name, telephone, email FROM person WHERE person IN ({marks})",
            {f"p{n}": key for n, key in enumerate(keys)},
            quick=True,
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    async def close(self) -> None:
        """Give the connections back."""
        await self._run.close()


def _row(row: Sequence[Any], view: str) -> Row:
    return Row(
        row[0], row[1], row[2], row[3], row[4], row[5], unpack(row[6], row[7]),
        row[8], row[9], row[10], view, row[12], row[13], row[14],
    )  # fmt: skip


def open_reads(database: Database) -> Reads:
    """The reads of this process on ``database``."""
    return Reads(executor(database))

"""Names for pages: short names of departments, labels of codes, names of records; remembered until the
ledger moves. One reading of the newest entry decides whether what is remembered still holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import orjson

from catalog.base.db import FOREVER
from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME
from catalog.registry.documents import called
from catalog.registry.pages_facts import Lookup, Value
from catalog.registry.reads import Reads
from catalog.standards import schemas
from catalog.standards.annotations import Annotations

_SMALL = 2000  # a code list up to this size is remembered whole
_ALL = 100_000
_COMMON = 100  # usages from which their number is remembered

_REMEMBERED: WeakKeyDictionary[Reads, Words] = WeakKeyDictionary()


class _Label(NamedTuple):
    zh: str
    en: str


class Words:
    """What one process remembers of names, as of entry ``seq``."""

    def __init__(self, reads: Reads, seq: int) -> None:
        self.seq = seq
        self._reads = reads
        self._departments: dict[str, str] | None = None
        self._codes: dict[str, dict[str, _Label] | None] = {}
        self._used: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._single: dict[tuple[str, str], _Label] = {}

    async def departments(self) -> dict[str, str]:
        """Short names (else names) of all departments."""
        if self._departments is None:
            rows = await self._reads.listed("department", limit=_ALL)
            self._departments = {row.identifier: row.document.get("short_name") or row.name for row in rows}
        return self._departments

    async def codes(self, pairs: Iterable[tuple[str, str]], language: Language) -> dict[tuple[str, str], str]:
        """Labels of (code list, code) pairs; what does not exist is left out."""
        found: dict[tuple[str, str], str] = {}
        for code_list, code in pairs:
            known = await self._list(code_list)
            if known is not None:
                label = known.get(code)
            else:
                label = self._single.get((code_list, code)) or await self._one(code_list, code)
            if label:
                found[code_list, code] = label.en if language == "en" else label.zh
        return found

    async def used_by(self, kind: str, identifier: str) -> list[tuple[str, int]]:
        """How many records of each kind refer to a record; counting those of a common element takes a while."""
        found = self._used.get((kind, identifier))
        if found is None:
            rows = await self._reads.find("usage_counts", kind=kind, identifier=identifier)
            found = [(name, int(number)) for name, number in rows]
            if sum(number for _, number in found) >= _COMMON:
                self._used[kind, identifier] = found
        return found

    async def _list(self, code_list: str) -> dict[str, _Label] | None:
        if code_list not in self._codes:
            rows = await self._reads.find(
                "codes", code_list=code_list, seq=FOREVER - 1, after=-1, limit=_SMALL + 1, quick=False
            )
            small = len(rows) <= _SMALL
            self._codes[code_list] = {row[0]: _label(row) for row in rows} if small else None
        return self._codes[code_list]

    async def _one(self, code_list: str, code: str) -> _Label | None:
        rows = await self._reads.find("code", code_list=code_list, code=code, seq=FOREVER - 1)
        if rows:
            self._single[code_list, code] = _label(rows[0])
        return _label(rows[0]) if rows else None


def _label(row: Sequence[Any]) -> _Label:
    code = orjson.loads(row[5])
    return _Label(called(code, "zh"), called(code, "en"))


async def words(reads: Reads) -> Words:
    """The names that hold now."""
    seq = await reads.last()
    known = _REMEMBERED.get(reads)
    if known is None or known.seq != seq:
        known = _REMEMBERED[reads] = Words(reads, seq)
    return known


async def lookup(
    reads: Reads,
    annotations: Annotations,
    documents: list[Document],
    sight: Sight,
    language: Language,
    *,
    people: bool,
) -> Lookup:
    """All names and labels that these documents need; names of records only where the kind is readable."""
    known = await words(reads)
    departments = await known.departments()
    pairs: set[tuple[str, str]] = set()
    coded: set[tuple[str, str]] = set()
    persons: set[str] = set()
    for document in documents:
        pairs.update((kind, identifier) for _, _, kind, identifier in annotations.references(document))
        coded.update((code_list, code) for _, code_list, code in annotations.coded(document))
        persons.update(annotations.people(document))
    names = {
        ("department", i): departments[i] for kind, i in pairs if kind == "department" and i in departments
    }
    names |= await reads.names(pair for pair in pairs if pair[0] != "department" and pair[0] in sight.kinds)
    known_people: dict[str, str] | None = None
    if people:
        rows = await reads.people(sorted(persons))
        known_people = {key: name for key, (name, _, _) in rows.items() if name}
    return Lookup(names, await known.codes(coded, language), known_people)


def kind_name(kind: str, language: Language) -> str:
    """What one record of the kind is called; a kind without words in the locale by its schema's title."""
    try:
        return text(f"kind.{kind}", language)
    except KeyError:
        return _title(kind, language)


def kinds_name(kind: str, language: Language) -> str:
    """What a list of the kind is called."""
    try:
        return text(f"kinds.{BY_NAME[kind].plural}", language)
    except KeyError:
        return _title(kind, language)


def _title(kind: str, language: Language) -> str:
    schema: dict[str, Any] = schemas.current(kind).schema
    return str(schema.get("title" if language == "zh" else "x-title", kind))


def department(identifier: str, names: dict[str, str], sight: Sight) -> Value:
    """A department as a value: its short name, linked where departments are readable."""
    href = f"/departments/{identifier}" if "department" in sight.kinds and identifier in names else ""
    return Value("ref", text=names.get(identifier, identifier), href=href)

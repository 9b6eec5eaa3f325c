"""The columns of a list: those that every kind has, and those that a reader chooses from its schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from starlette.datastructures import QueryParams

from catalog.base.i18n import Language, text
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME, Kind
from catalog.registry.pages_facts import Lookup, Value, shown
from catalog.registry.pages_words import lookup
from catalog.registry.reads import Reads, Row
from catalog.standards import schemas
from catalog.standards.annotations import Annotations, Field

_SORTED_BY = {name: name for name in ("identifier", "name", "department", "status", "changed", "confirmed")}
_OWN = tuple(_SORTED_BY)
_USUAL = _OWN[:-1]
_SHORT = 120  # characters up to which a text has room in a column
_BATCH = 200  # as many as one reading answers


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``field`` where its values stand in the document."""

    name: str
    label: str
    sort: str = ""
    field: Field | None = None


def offered(kind: Kind, language: Language) -> list[Column]:
    """Every column that a list of the kind may show, the kind's own first."""
    own = [
        Column(name, text(f"list.{name}", language), _SORTED_BY[name])
        for name in _OWN
        if name != "department" or kind.name != "department"
    ]
    return own + [
        Column(field.name, field.label(language), "", field)
        for field in _fields(schemas.current(kind.name).annotations)
    ]


def chosen(query: QueryParams, kind: Kind, language: Language) -> list[Column]:
    """The columns that an address asks for (``cols``, repeated or with commas), else the usual ones.

    The name is always among them: it is what leads to the record.
    """
    every = {column.name: column for column in offered(kind, language)}
    wanted = [name for said in query.getlist("cols") for name in said.split(",")]
    names = [name for name in dict.fromkeys(wanted) if name in every] or [n for n in _USUAL if n in every]
    if "name" not in names:
        names.insert(1 if names[0] == "identifier" else 0, "name")
    return [every[name] for name in names]


def read_from_documents(columns: Sequence[Column]) -> bool:
    """Whether the index alone can't fill these columns."""
    return any(column.field or column.name == "confirmed" for column in columns)


async def cells(
    reads: Reads,
    kind: str,
    identifiers: Sequence[str],
    columns: Sequence[Column],
    sight: Sight,
    language: Language,
    *,
    people: bool,
) -> dict[str, dict[str, Value]]:
    """What stands in the chosen columns of some records, of the public view, by identifier and column."""
    if not identifiers or not read_from_documents(columns):
        return {}
    found: dict[str, dict[str, Value]] = {}
    for start in range(0, len(identifiers), _BATCH):
        rows = await reads.many(kind, identifiers[start : start + _BATCH])
        wanted = [column.field for column in columns if column.field]
        cut = [{f.name: row.document[f.name] for f in wanted if f.name in row.document} for row in rows]
        known = await lookup(reads, schemas.current(kind).annotations, cut, sight, language, people=people)
        for row, document in zip(rows, cut, strict=True):
            found[row.identifier] = _row(row, document, columns, known, language)
    return found


def _row(
    row: Row, document: dict[str, Any], columns: Sequence[Column], known: Lookup, language: Language
) -> dict[str, Value]:
    made = {
        column.name: shown(column.field, document[column.name], language, known)
        for column in columns
        if column.field and column.name in document
    }
    confirmed = orjson.loads(row.state).get("confirmed_at")
    return made | ({"confirmed": Value("day", text=str(confirmed))} if confirmed else {})


def plain(value: Value) -> str:
    """A value as the text of one cell of a file."""
    if value.items:
        return "；".join(plain(item) for item in value.items)
    return value.text if value.shape != "format" else value.code


@lru_cache(64)
def _fields(annotations: Annotations) -> tuple[Field, ...]:
    """What has room in a column: facets, codes, references and short values; nothing internal."""
    return tuple(
        field
        for field in annotations.top
        if field.name not in ("identifier", "name", "department")
        and not (field.internal or field.children)
        and (
            field.facet
            or field.code_list
            or (field.ref and (field.ref == "person" or field.ref in BY_NAME))
            or field.type in ("integer", "boolean")
            or (field.type == "string" and _short(field))
        )
    )


def _short(field: Field) -> bool:
    schema = field.schema
    fixed = "enum" in schema or "const" in schema or schema.get("format") not in (None, "uri")
    return fixed or int(schema.get("maxLength", 10_000)) <= _SHORT

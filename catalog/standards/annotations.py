"""What a schema says beyond validity: labels, groups, references, code lists, search, who may see what.

``Annotations`` reads a resolved schema once. Its extractors walk only the paths that carry an annotation
and expect a document that passed the schema; a value of another type is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from catalog.base.documents import Document
from catalog.base.i18n import Language
from catalog.kinds import Profile
from catalog.standards.extract import Plan, branches, plan_of, pluck, redact, walk

Schema = dict[str, Any]
Path = tuple[str, ...]

ITEMS = "*"
PERSON = "person"
_TRAIL = " › "


@dataclass(frozen=True, eq=False)
class Field:
    """One property of a kind. A list of plain values is one field and carries its items' annotations."""

    path: Path
    schema: Schema
    group: str | None
    internal: bool  # itself or a property around it is ``x-visibility: internal``
    children: tuple[Field, ...]

    @cached_property
    def pattern(self) -> str:
        """Where it stands: ``/fields/*/element``."""
        return "".join(f"/{token}" for token in self.path)

    @cached_property
    def name(self) -> str:
        """The property's own name."""
        return next(token for token in reversed(self.path) if token != ITEMS)

    @cached_property
    def title(self) -> str:
        """The Chinese label."""
        return self.label("zh")

    def label(self, language: Language) -> str:
        """The label in ``language``."""
        return str(self.schema.get("title" if language == "zh" else "x-title", self.name))

    def description(self, language: Language) -> str:
        """What the property means; empty where the schema does not say."""
        return str(self.schema.get("description" if language == "zh" else "x-description", ""))

    @cached_property
    def type(self) -> str:
        """string, integer, boolean, array or object."""
        return str(self.schema.get("type", "string"))

    @cached_property
    def items(self) -> Schema:
        """The schema of a list's items; empty for anything else."""
        found: Schema = self.schema.get("items", {})
        return found

    @cached_property
    def ref(self) -> str | None:
        """The kind that the value names (``x-ref``), or ``person``."""
        return self._text("x-ref")

    @cached_property
    def code_list(self) -> str | None:
        """The code list that the value is a code of."""
        return self._text("x-code-list")

    @cached_property
    def facet(self) -> bool:
        """Whether lists can be filtered by it."""
        return bool(self._annotation("x-facet"))

    @cached_property
    def search(self) -> str | None:
        """The weight of its text in search: name, synonym or text."""
        weight: str | None = (self._annotation("x-search") or {}).get("weight")
        return weight

    @cached_property
    def alias(self) -> str | None:
        """``code`` or ``former-name``: the record is found by it too."""
        return self._text("x-alias")

    @cached_property
    def sensitive(self) -> bool:
        """Whether the value itself needs care."""
        return bool(self._annotation("x-sensitive"))

    @cached_property
    def decimal(self) -> dict[str, int] | None:
        """``{"digits": n, "scale": n}`` of a decimal written as text."""
        found: dict[str, int] | None = self._annotation("x-decimal")
        return found

    @cached_property
    def widget(self) -> str | None:
        """The form control that the schema asks for."""
        return self._text("x-widget")

    @cached_property
    def required_from(self) -> Profile | None:
        """The first profile that demands it."""
        return self.schema.get("x-required-from")

    @cached_property
    def since(self) -> str | None:
        """The version of the schema that brought it."""
        return self.schema.get("x-since")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Workbook headings: the one written first, then those also read; the label where none is given."""
        return tuple(self.schema.get("x-column", (self.title,)))

    def _text(self, keyword: str) -> str | None:
        found: str | None = self._annotation(keyword)
        return found

    def _annotation(self, keyword: str) -> Any:
        found = self.schema.get(keyword)
        return self.items.get(keyword) if found is None and not self.children else found


class Annotations:
    """The annotations of one schema, and extractors over its documents."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.groups: tuple[dict[str, str], ...] = tuple(schema.get("x-groups", ()))
        self.top: tuple[Field, ...] = _fields(schema, (), None, internal=False)
        self.fields: tuple[Field, ...] = tuple(_flatten(self.top))
        self.by_pattern: dict[str, Field] = {field.pattern: field for field in self.fields}
        self._references = self._plan(lambda f: (f.name, f.ref) if f.ref not in (None, PERSON) else None)
        self._people = self._plan(lambda f: True if f.ref == PERSON else None)
        self._coded = self._plan(lambda f: f.code_list)
        self._facets = self._plan(lambda f: f.name if f.facet else None)
        self._searchable = self._plan(lambda f: (f.search, f.internal) if f.search else None)
        self._aliases = self._plan(lambda f: (f.alias, f.name, len(f.path) > 1) if f.alias else None)
        self._internal = branches(self.top, lambda f: f.internal)

    def _plan(self, pick: Callable[[Field], Any]) -> Plan:
        return plan_of(self.top, pick)

    def field(self, place: str) -> Field | None:
        """The field at a JSON Pointer; an item of a list of plain values is the list's field."""
        tokens = place.split("/")[1:]
        pattern = "".join("/*" if token.isdigit() else f"/{token}" for token in tokens)
        return self.by_pattern.get(pattern) or self.by_pattern.get(pattern.removesuffix("/*"))

    def label(self, place: str, language: Language) -> str:
        """The whole trail of labels: ``/fields/2/element`` is «数据项 3 › 数据元»; items count from 1."""
        trail: list[str] = []
        pattern = ""
        for token in place.split("/")[1:]:
            if token.isdigit() and trail:
                pattern += "/*"
                trail[-1] += f" {int(token) + 1}"
                continue
            pattern += f"/{token}"
            known = self.by_pattern.get(pattern)
            trail.append(known.label(language) if known else token.replace("~1", "/").replace("~0", "~"))
        return _TRAIL.join(trail)

    def references(self, document: Document) -> list[tuple[str, str, str, str]]:
        """Every reference to a record: (pointer, rel, kind, identifier); people are left out."""
        return [
            (place, mark[0], mark[1], value) for place, mark, value, _ in walk(self._references, document)
        ]

    def people(self, document: Document) -> list[str]:
        """The person keys in a document."""
        return [value for _, value in pluck(self._people, document)]

    def coded(self, document: Document) -> list[tuple[str, str, str]]:
        """Every code with its list: (pointer, code list, code)."""
        return [(place, mark, value) for place, mark, value, _ in walk(self._coded, document)]

    def facets(self, document: Document) -> dict[str, list[str]]:
        """Values to filter by, under the property's own name; each value once."""
        found: dict[str, list[str]] = {}
        for name, value in pluck(self._facets, document, (str, int)):
            shown = value if isinstance(value, str) else str(value).lower()
            values = found.get(name)
            if values is None:
                found[name] = [shown]
            elif shown not in values:
                values.append(shown)
        return found

    def searchable(self, document: Document) -> list[tuple[str, str, bool]]:
        """Texts for the index: (weight, text, internal)."""
        return [(mark[0], value, mark[1]) for mark, value in pluck(self._searchable, document)]

    def aliases(self, document: Document) -> list[tuple[str, str, str | None, str | None]]:
        """Other names and codes: (scheme, value, valid_from, valid_until).

        In a list of objects the row says scheme and validity (``scheme``, ``valid_from``, ``valid_until``
        or ``until``); elsewhere the scheme is the property's name, and a former name's is
        ``former-name``.
        """
        found = []
        for _, (alias, name, nested), value, holder in walk(self._aliases, document):
            row = holder if nested else {}
            scheme = row.get("scheme") or (name if alias == "code" else alias)
            found.append((scheme, value, row.get("valid_from"), row.get("valid_until") or row.get("until")))
        return found

    def public(self, document: Document) -> Document:
        """The document without its internal fields; the same object where it has none."""
        return redact(self._internal, document)


def _fields(schema: Schema, path: Path, group: str | None, *, internal: bool) -> tuple[Field, ...]:
    made = []
    for name, child in schema.get("properties", {}).items():
        place = (*path, name)
        inside = child.get("items", child)
        its_group = child.get("x-group", group)
        hidden = internal or "internal" in (child.get("x-visibility"), inside.get("x-visibility"))
        inner = (*place, ITEMS) if inside is not child else place
        made.append(
            Field(place, child, its_group, hidden, _fields(inside, inner, its_group, internal=hidden))
        )
    return tuple(made)


def _flatten(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _flatten(field.children)

"""A document from a table that does not show everything, laid over the one that the register has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from catalog.base.documents import Document
from catalog.standards import schemas
from catalog.standards.annotations import Field


def blended(kind: str, document: Document, before: Document, seen: frozenset[str]) -> Document:
    """``document`` with everything of ``before`` that its file had no place for.

    ``seen`` names the properties that the file has a column for (``/summary``, ``/fields/*/name``): there an
    empty cell deletes the value. Of a list of objects, items are the same where their key (the first text of
    the schema, such as a code or a name) is the same, otherwise where their places are.
    """
    return _laid(schemas.current(kind).annotations.top, document, before, seen)


def _laid(
    fields: tuple[Field, ...], new: Mapping[str, Any], old: Mapping[str, Any], seen: frozenset[str]
) -> Document:
    made = dict(new)
    known = {one.name: one for one in fields}
    for name, value in old.items():
        one = known.get(name)
        if one is None:
            made.setdefault(name, value)
        elif one.type == "object" and one.children and isinstance(value, dict):
            if not isinstance(new.get(name, {}), dict):
                continue
            kept = _laid(one.children, new.get(name, {}), value, seen)
            if kept or not _has_text(value):
                made[name] = kept or value
        elif one.pattern not in seen:
            made.setdefault(name, value)
        elif one.type == "array" and one.children and isinstance(new.get(name), list):
            made[name] = _items(one, new[name], value, seen)
    return made


def _has_text(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_text, value.values()))
    return value is not None


def _items(one: Field, new: list[Any], old: list[Any], seen: frozenset[str]) -> list[Any]:
    if all(leaf in seen for leaf in _leaves(one.children)) and not any(
        b == {} for item in old for b in item.values()
    ):
        return new
    key = next((child.name for child in one.children if child.type == "string"), "")
    counts = Counter(item.get(key) for item in old)
    by_key = {item[key]: item for item in old if key in item and counts[item[key]] == 1}
    same_length = len(new) == len(old)
    made = []
    for place, item in enumerate(new):
        if not isinstance(item, dict):
            made.append(item)
            continue
        before = by_key.get(item.get(key)) or (old[place] if same_length else None)
        made.append(_laid(one.children, item, before, seen) if before else item)
    return made


def _leaves(fields: tuple[Field, ...]) -> list[str]:
    found: list[str] = []
    for one in fields:
        found += [one.pattern] if one.type != "object" or not one.children else []
        found += _leaves(one.children) if one.children else []
    return found

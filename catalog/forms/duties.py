"""What becomes required when something else is filled in, in words: the ``x-conditions`` of a standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.base.i18n import Language, text
from catalog.kinds import Profile
from catalog.registry.pages_facts import enum_name
from catalog.standards.annotations import ITEMS, Annotations, Field, Schema

Codes = Mapping[str, Sequence[tuple[str, str]]]


def duties(
    annotations: Annotations, language: Language, profiles: Sequence[Profile], codes: Codes
) -> dict[str, str]:
    """For every property that a condition of these profiles may demand: the sentence that says when."""
    found: dict[str, str] = {}
    for at, schema in _holders(annotations.schema, ""):
        for condition in schema.get("x-conditions", ()):
            if condition["profile"] in profiles:
                premise = _premise(condition["if"], at, annotations, language, codes)
                for place in _demanded(condition["then"], at):
                    found.setdefault(place, text("form.required-if", language, premise=premise))
    return found


def _holders(schema: Schema, at: str) -> Iterator[tuple[str, Schema]]:
    yield at, schema
    for name, child in schema.get("properties", {}).items():
        inner = f"{at}/{name}"
        yield from (
            _holders(child["items"], f"{inner}/{ITEMS}") if "items" in child else _holders(child, inner)
        )


def _demanded(then: Schema, at: str) -> Iterator[str]:
    for name in then.get("required", ()):
        yield f"{at}/{name}"
    for name, child in then.get("properties", {}).items():
        yield from _demanded(child, f"{at}/{name}")


def _premise(when: Schema, at: str, annotations: Annotations, language: Language, codes: Codes) -> str:
    tests = when.get("properties", {})
    parts = []
    for name in dict.fromkeys([*tests, *when.get("required", ())]):
        field = annotations.by_pattern.get(f"{at}/{name}")
        label = field.label(language) if field else name
        values = [_called(value, field, language, codes) for value in _values(tests.get(name, {}))]
        key = "form.premise-is" if values else "form.premise-given"
        parts.append(text(key, language, label=label, values=text("form.or", language).join(values)))
    return text("form.and", language).join(parts)


def _values(test: Schema) -> list[Any]:
    if "const" in test:
        return [test["const"]]
    if "enum" in test:
        return list(test["enum"])
    inner = test.get("properties") or test.get("contains") or {}
    return [value for child in inner.values() if isinstance(child, dict) for value in _values(child)]


def _called(value: Any, field: Field | None, language: Language, codes: Codes) -> str:
    if isinstance(value, bool):
        return text("facts.yes" if value else "facts.no", language)
    known = dict(codes.get(field.code_list or "", ())) if field else {}
    return known.get(str(value)) or enum_name(str(value), language)

"""From an engine's finding to a ``Violation`` that its reader understands.

Both engines report where in the document and where in the schema; everything else (what was found, what
is expected, the labels, the condition behind a duty) is read from those two places, so that they cannot
say different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.base.documents import escape, pointer
from catalog.base.errors import Violation
from catalog.standards.annotations import Annotations
from catalog.standards.compile import Schema
from catalog.standards.wording import suggest

SLUGS = {
    "type": "type",
    "enum": "enum",
    "const": "const",
    "pattern": "pattern",
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "uniqueItems": "unique-items",
    "minimum": "minimum",
    "maximum": "maximum",
}
_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What an engine says: the paths of the value and of the keyword that it breaks."""

    path: tuple[str | int, ...]
    keyword: str
    schema_path: tuple[str | int, ...]
    detail: str


def violations(
    findings: Iterable[Finding], document: Any, schema: Schema, annotations: Annotations
) -> list[Violation]:
    """The violations behind ``findings``, each pointer and rule once, in pointer order."""
    found: dict[tuple[str, str], Violation] = {}
    for finding in findings:
        for violation in _violations(finding, document, schema, annotations):
            found.setdefault((violation.pointer, violation.rule), violation)
    return sorted(found.values(), key=lambda one: (order(one.pointer), one.rule))


def order(place: str) -> list[tuple[int, str]]:
    """A sort key that puts ``/fields/2`` before ``/fields/10``."""
    return [(int(token), "") if token.isdigit() else (-1, token) for token in place.split("/")]


def _violations(
    finding: Finding, document: Any, schema: Schema, annotations: Annotations
) -> Iterator[Violation]:
    value = follow(document, finding.path)
    limit = follow(schema, finding.schema_path)
    place = pointer(list(finding.path))
    match finding.keyword:
        case "required":
            reason = _reason(finding, schema, annotations)
            for name in limit:
                if name not in value:
                    here = f"{place}/{escape(name)}"
                    yield Violation(here, "required", values=_labels(here, annotations) | reason)
        case "additionalProperties":
            known = follow(schema, finding.schema_path[:-1])["properties"]
            for name in value:
                if name not in known:
                    here = f"{place}/{escape(name)}"
                    yield Violation(
                        here,
                        "unknown-property",
                        found=name,
                        expected=list(known),
                        values=_labels(here, annotations),
                    )
        case _:
            rule = f"format-{limit}" if finding.keyword == "format" else SLUGS.get(finding.keyword)
            values = _labels(place, annotations) | _reason(finding, schema, annotations)
            if rule is None:
                yield Violation(place, "schema", found=finding.detail, values=values)
            else:
                expected = _meant(value) if rule == "format-data-format" else limit
                yield Violation(place, rule, found=_found(rule, value), expected=expected, values=values)


def _meant(written: str) -> str:
    """The data format that was probably meant, or some to choose from."""
    return suggest(written) or "n6、an3..8、..ul、YYYYMMDD"


def _found(rule: str, value: Any) -> Any:
    match rule:
        case "type":
            return _TYPES.get(type(value), type(value).__name__)
        case "min-length" | "max-length" | "min-items" | "max-items":
            return len(value)
        case "unique-items":
            return [item for index, item in enumerate(value) if item in value[:index]]
        case "format-citizen-id":
            return f"{value[:3]}…{value[-2:]}"  # a message must not repeat a person's number
        case _:
            return value


def _labels(place: str, annotations: Annotations) -> dict[str, str]:
    field = annotations.field(place)
    return {
        "title_zh": annotations.label(place, "zh") or str(annotations.schema.get("title", "")),
        "title_en": annotations.label(place, "en") or str(annotations.schema.get("x-title", "")),
        "about_zh": field.description("zh") if field else "",
        "about_en": field.description("en") if field else "",
    }


def _reason(finding: Finding, schema: Schema, annotations: Annotations) -> dict[str, str]:
    """The condition (``if``) that a duty follows from, in words; empty for one that always holds."""
    cut, depth = _condition(finding.schema_path)
    if not cut:
        return {"reason_zh": "", "reason_en": ""}
    premise = follow(schema, [*finding.schema_path[:cut], "if"])
    holder = pointer(list(finding.path[:depth]))
    zh, en = [], []
    tests = premise.get("properties", {})
    for name in dict.fromkeys([*tests, *premise.get("required", ())]):
        label_zh = annotations.label(f"{holder}/{name}", "zh")
        label_en = annotations.label(f"{holder}/{name}", "en")
        said = _said(tests.get(name, {}))
        zh.append(f"「{label_zh}」为 {said}" if said else f"已填写「{label_zh}」")
        en.append(f"“{label_en}” is {said}" if said else f"“{label_en}” is given")
    return {"reason_zh": f"（{'，且'.join(zh)}）", "reason_en": f" (because {' and '.join(en)})"}


def _condition(path: Sequence[str | int]) -> tuple[int, int]:
    """Where in a compiled schema's path the condition ends, and how deep in the document it stands."""
    depth = position = 0
    while position < len(path) and path[position] in ("properties", "items"):
        position += 2 if path[position] == "properties" else 1
        depth += 1
    return (position + 2, depth) if path[position : position + 1] == ("allOf",) else (0, 0)


def _said(test: Schema) -> str:
    values = test.get("enum", [test["const"]] if "const" in test else [])
    return " / ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def follow(value: Any, path: Iterable[str | int]) -> Any:
    """The value at the end of a path."""
    for token in path:
        value = value[token]
    return value

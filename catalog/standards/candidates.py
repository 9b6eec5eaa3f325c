"""Whether a schema may become a standard: judged by the reference implementation before anything else.

A candidate is draft 2020-12, keeps to the keywords and annotations of the vocabulary file, is labelled in
both languages, refers only to itself, and has patterns that mean the same in both engines and run in
linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson

from catalog.base.documents import escape, pointer
from catalog.base.errors import InvalidDocument, Violation
from catalog.base.files import standards
from catalog.kinds import BY_NAME
from catalog.standards import schemas
from catalog.standards.annotations import PERSON, Annotations
from catalog.standards.compile import PROFILES, compiled, resolved
from catalog.standards.formats import FORMATS
from catalog.standards.violations import order

STANDARD_FORMATS = ("date", "date-time", "uri")
_CLASSES = re.compile(r"\\[dDwWsSbBpP]")  # other characters in the one engine than in the other
_LOOKS_BACK = re.compile(r"\(\?(?:[=!>]|<[=!]|P?[<=])|\\[1-9]|\\k")
_BILINGUAL = {"title": "x-title", "description": "x-description"}


def candidate_violations(schema: Any) -> list[Violation]:
    """Everything that keeps a schema from becoming a standard; pointers lead into the schema."""
    found = [
        *_meta_violations(schema, _reference().META_SCHEMA, "schema-form"),
        *_meta_violations(schema, vocabulary(), "schema-vocabulary"),
    ]
    if not isinstance(schema, dict) or any(one.rule == "schema-form" for one in found):
        return found
    found += _walk(schema, "")
    if not any(one.rule.startswith("schema-ref") for one in found):
        found += _use_violations(schema)
    unique = {(one.pointer, one.rule): one for one in reversed(found)}
    return sorted(unique.values(), key=lambda one: (order(one.pointer), one.rule))


@cache
def _reference() -> Any:
    """The reference implementation; loaded late, because it takes a second and no server needs it."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (a second of start-up)

    return Draft202012Validator


@cache
def vocabulary() -> dict[str, Any]:
    """The meta-schema of our annotations: which keywords a standard may use, and with what values."""
    path = standards() / "schemas" / "vocabulary" / "annotations.schema.json"
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


def _meta_violations(schema: Any, meta: Any, rule: str) -> Iterator[Violation]:
    for error in _reference()(meta).iter_errors(schema):
        place = pointer(list(error.absolute_path))
        if error.validator == "additionalProperties":
            for name in error.instance.keys() - error.schema["properties"].keys():
                yield Violation(f"{place}/{escape(name)}", "schema-keyword", found=name)
        else:
            found = error.instance if isinstance(error.instance, (str, int, bool)) else None
            yield Violation(place, rule, found=found, values={"detail": error.message[:200]})


def _walk(node: Any, place: str) -> Iterator[Violation]:
    """Judge one schema and those inside it; ``properties`` and ``$defs`` hold names, not keywords."""
    if not isinstance(node, dict):
        return
    yield from _own_violations(node, place)
    for keyword in ("properties", "$defs"):
        for name, child in node.get(keyword, {}).items():
            if keyword == "properties" and "/then" not in place and "/if" not in place:
                yield from _title_violations(child, f"{place}/properties/{escape(name)}")
            yield from _walk(child, f"{place}/{keyword}/{escape(name)}")
    if "items" in node:
        yield from _walk(node["items"], f"{place}/items")
    for index, condition in enumerate(node.get("x-conditions", ())):
        for part in ("if", "then"):
            yield from _walk(condition[part], f"{place}/x-conditions/{index}/{part}")


def _own_violations(node: dict[str, Any], place: str) -> Iterator[Violation]:
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        yield from _pattern_violations(pattern, f"{place}/pattern")
    name = node.get("format")
    if name is not None and name not in FORMATS and name not in STANDARD_FORMATS:
        known = [*STANDARD_FORMATS, *FORMATS]
        yield Violation(f"{place}/format", "schema-format", found=name, expected=known)
    kind = node.get("x-ref")
    if kind is not None and kind != PERSON and kind not in BY_NAME:
        yield Violation(f"{place}/x-ref", "schema-kind", found=kind, expected=[PERSON, *BY_NAME])
    for chinese, english in _BILINGUAL.items():
        if (chinese in node) != (english in node):
            missing = english if chinese in node else chinese
            yield Violation(f"{place}/{missing}", "schema-title", found=missing)


def _title_violations(child: Any, place: str) -> Iterator[Violation]:
    if isinstance(child, dict) and "$ref" not in child and not {"title", "x-title"} & child.keys():
        yield Violation(f"{place}/title", "schema-title", found="title")


def _pattern_violations(pattern: str, place: str) -> Iterator[Violation]:
    for test, rule in ((_CLASSES, "schema-pattern-class"), (_LOOKS_BACK, "schema-pattern-linear")):
        hit = test.search(pattern)
        if hit:
            yield Violation(place, rule, found=hit.group())
            return
    if not (pattern.startswith("^") and pattern.endswith("$")):
        yield Violation(place, "schema-pattern-anchor", found=pattern)
    try:
        schemas.engine({"pattern": pattern})
        re.compile(pattern)
    except (InvalidDocument, re.error):
        yield Violation(place, "schema-pattern-linear", found=pattern)


def _use_violations(schema: dict[str, Any]) -> Iterator[Violation]:
    """What only shows when the schema is put to use: its references, groups and compiled profiles."""
    try:
        flat = resolved(schema)
        for profile in PROFILES:
            schemas.engine(compiled(flat, profile))
    except InvalidDocument as error:
        yield from error.violations
        return
    annotations = Annotations(flat)
    groups = {group["id"] for group in annotations.groups}
    for field in annotations.top:
        if field.group not in groups:
            yield Violation(
                f"/properties/{field.name}/x-group",
                "schema-group",
                found=field.group,
                expected=sorted(groups),
            )

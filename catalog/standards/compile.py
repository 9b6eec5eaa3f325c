"""From the one schema of a kind to a flat closed JSON Schema for each profile.

The source has ``x-required-from`` and ``x-conditions`` instead of ``required``, and ``$ref`` to its own
``$defs``. The compiled schema is plain draft 2020-12: references are put in place, every object that
lists its properties is closed (anything is admitted under ``extensions``), and each condition of the
profile is an ``if``/``then`` under ``allOf``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.base.documents import at, pointer
from catalog.base.errors import InvalidDocument, Violation
from catalog.kinds import Profile

Schema = dict[str, Any]

PROFILES: tuple[Profile, ...] = ("draft", "recorded", "shareable")
OPEN = "extensions"  # the one property whose content is a department's own affair
_LOCAL = "#/$defs/"
_CONSUMED = ("$defs", "x-required-from", "x-conditions")


def resolved(schema: Schema) -> Schema:
    """The schema with every ``$ref`` replaced by what it names; keywords beside it win.

    Raises ``InvalidDocument`` for a reference that leads outside the file, to nothing, or to itself:
    nothing is ever fetched.
    """
    made: Schema = _resolve(schema, schema, [], ())
    return made


def _resolve(node: Any, root: Schema, path: list[str | int], through: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolve(child, root, [*path, index], through) for index, child in enumerate(node)]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        target = _target(reference, root, [*path, "$ref"], through)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _resolve({**target, **beside}, root, path, (*through, reference))
    return {
        key: _resolve(child, root, [*path, key], through) for key, child in node.items() if key != "$defs"
    }


def _target(reference: str, root: Schema, path: list[str | int], through: tuple[str, ...]) -> Schema:
    rule = None
    target = at(root, reference[1:]) if reference.startswith(_LOCAL) else None
    if not reference.startswith(_LOCAL):
        rule = "schema-ref-remote"
    elif not isinstance(target, dict):
        rule = "schema-ref-missing"
    elif reference in through:
        rule = "schema-ref-cycle"
    if rule:
        raise InvalidDocument([Violation(pointer(path), rule, found=reference)])
    assert isinstance(target, dict)
    return target


def compiled(schema: Schema, profile: Profile) -> Schema:
    """The flat closed schema of a ``resolved`` one for ``profile``; annotations stay in it."""
    flat: Schema = _flat(schema, PROFILES[: PROFILES.index(profile) + 1])
    if "$id" in flat:
        flat["$id"] = f"{flat['$id']}:{profile}"
    return flat


def _flat(node: Schema, profiles: tuple[Profile, ...]) -> Schema:
    made = {key: value for key, value in node.items() if key not in _CONSUMED}
    if "items" in node:
        made["items"] = _flat(node["items"], profiles)
    properties: Mapping[str, Schema] = node.get("properties", {})
    if properties:
        made["properties"] = {
            name: child if name == OPEN else _flat(child, profiles) for name, child in properties.items()
        }
        required = [name for name, child in properties.items() if child.get("x-required-from") in profiles]
        if required:
            made["required"] = required
        made["additionalProperties"] = False
    conditions = [
        {"if": condition["if"], "then": condition["then"]}
        for condition in node.get("x-conditions", ())
        if condition["profile"] in profiles
    ]
    if conditions:
        made["allOf"] = conditions
    return made

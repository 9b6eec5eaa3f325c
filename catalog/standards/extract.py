"""Walking a document along the few paths that matter. The bulk load stands on the speed of this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from catalog.base.documents import Document

if TYPE_CHECKING:
    from catalog.standards.annotations import Field

Plan = tuple[tuple[str, bool, Any, "Plan"], ...]  # property, is a list, what to say of its values, inside
Branches = Mapping[str, "Branches"]  # property → what to take away inside it; empty: all of it
Found = tuple[str, Any, Any, Mapping[str, Any]]  # pointer, mark, value, the object that holds it
Plucked = tuple[Any, Any]  # mark, value


def plan_of(fields: Sequence[Field], pick: Callable[[Field], Any]) -> Plan:
    """The paths to all fields for which ``pick`` gives a mark (anything but None)."""
    steps = []
    for field in fields:
        mark, inner = pick(field), plan_of(field.children, pick)
        if inner or mark is not None:
            steps.append((field.name, field.type == "array", mark, inner))
    return tuple(steps)


def walk(plan: Plan, document: Mapping[str, Any], types: type | tuple[type, ...] = str) -> list[Found]:
    """Every value of one of ``types`` at the plan's places."""
    found: list[Found] = []
    _walk(plan, document, "", types, found)
    return found


def _walk(
    plan: Plan, holder: Mapping[str, Any], place: str, types: type | tuple[type, ...], found: list[Found]
) -> None:
    for name, many, mark, inner in plan:
        value = holder.get(name)
        if value is None:
            continue
        here = f"{place}/{name}"
        if not many:
            if not inner:
                if isinstance(value, types):
                    found.append((here, mark, value, holder))
            elif isinstance(value, dict):
                _walk(inner, value, here, types, found)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if not inner:
                    if isinstance(item, types):
                        found.append((f"{here}/{index}", mark, item, holder))
                elif isinstance(item, dict):
                    _walk(inner, item, f"{here}/{index}", types, found)


def pluck(plan: Plan, document: Mapping[str, Any], types: type | tuple[type, ...] = str) -> list[Plucked]:
    """What ``walk`` finds, without pointers: half the cost where nobody asks for the place."""
    found: list[Plucked] = []
    _pluck(plan, document, types, found)
    return found


def _pluck(
    plan: Plan, holder: Mapping[str, Any], types: type | tuple[type, ...], found: list[Plucked]
) -> None:
    for name, many, mark, inner in plan:
        value = holder.get(name)
        if value is None:
            continue
        for item in value if many and isinstance(value, list) else () if many else (value,):
            if not inner:
                if isinstance(item, types):
                    found.append((mark, item))
            elif isinstance(item, dict):
                _pluck(inner, item, types, found)


def branches(fields: Sequence[Field], pick: Callable[[Field], bool]) -> Branches:
    """The tree of properties to take away; one that goes as a whole has nothing inside."""
    made: dict[str, Branches] = {}
    for field in fields:
        if pick(field):
            made[field.name] = {}
        elif inner := branches(field.children, pick):
            made[field.name] = inner
    return made


def redact(tree: Branches, document: Document) -> Document:
    """The document without the tree's properties; the same object where it has none of them."""
    seen: Document | None = None
    for name, inner in tree.items():
        value = document.get(name)
        if value is None:
            continue
        kept = _redacted(inner, value) if inner else None
        if kept is value:
            continue
        seen = dict(document) if seen is None else seen
        if inner:
            seen[name] = kept
        else:
            del seen[name]
    return document if seen is None else seen


def _redacted(tree: Branches, value: Any) -> Any:
    if isinstance(value, dict):
        return redact(tree, value)
    if not isinstance(value, list):
        return value
    items = [redact(tree, item) if isinstance(item, dict) else item for item in value]
    return value if all(new is old for new, old in zip(items, value, strict=True)) else items

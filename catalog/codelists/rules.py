"""What a code list must fulfil beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.standards.notation import is_written_well
from catalog.standards.notation import violations as notation_violations
from catalog.standards.ordering import circle, date_violations, repeated
from catalog.standards.values import admits

if TYPE_CHECKING:
    from catalog.registry.facts import Facts


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one code list."""
    yield from date_violations(document, "valid_from", "valid_until")
    format_ = document.get("code_format")
    if format_:
        yield from notation_violations("/code_format", format_, "string")
    for name in ("predecessor", "successor"):
        if document.get(name) and document[name] == facts.identifier:
            yield Violation(f"/{name}", "refers-to-itself", found=document[name])
    codes = document.get("codes")
    if not codes:
        return
    for index, first, value in repeated(row.get("code") for row in codes):
        yield Violation(f"/codes/{index}/code", "code-duplicate", found=value, expected=f"/codes/{first}")
    yield from _code_violations(codes, format_ if format_ and is_written_well(format_) else None)
    yield from _tree_violations(codes)
    if facts.identifier:
        yield from _meaning_violations(codes, facts.get("code-list", facts.identifier))


def _code_violations(codes: list[Document], format_: str | None) -> Iterator[Violation]:
    known = {row.get("code") for row in codes}
    for index, row in enumerate(codes):
        code = row.get("code")
        if format_ and code and not admits(format_, "string", code):
            yield Violation(f"/codes/{index}/code", "code-format", found=code, expected=format_)
        if "valid_from" in row and "valid_until" in row:
            yield from date_violations(row, "valid_from", "valid_until", prefix=f"/codes/{index}")
        for place, successor in enumerate(row.get("successors", ())):
            where = f"/codes/{index}/successors/{place}"
            if successor == code:
                yield Violation(where, "refers-to-itself", found=successor)
            elif successor not in known:
                yield Violation(where, "code-successor-unknown", found=successor)


def _tree_violations(codes: list[Document]) -> Iterator[Violation]:
    parents = {row["code"]: row.get("parent") for row in codes if "code" in row}
    sound: set[str] = set()  # codes from which the way upwards is known to end
    for index, row in enumerate(codes):
        parent = row.get("parent")
        if parent is None:
            continue
        if parent not in parents:
            yield Violation(f"/codes/{index}/parent", "code-parent-unknown", found=parent)
            continue
        path = circle(row["code"], lambda code: None if code in sound else parents.get(code))
        if path:
            yield Violation(
                f"/codes/{index}/parent", "code-parent-cycle", found=parent, expected=" → ".join(path)
            )
        else:
            sound.add(row["code"])


def _meaning_violations(codes: list[Document], earlier: Document | None) -> Iterator[Violation]:
    """A code keeps its meaning for ever: one that means something else is closed and replaced.

    A new label is taken for a new name of the same thing only if the earlier label is kept among the
    ``aliases`` of the code.
    """
    before = {row["code"]: row["label"] for row in (earlier or {}).get("codes", ()) if "label" in row}
    if not before:
        return
    for index, row in enumerate(codes):
        label = before.get(row.get("code"))
        if label is not None and row.get("label") != label and label not in row.get("aliases", ()):
            yield Violation(
                f"/codes/{index}/label",
                "code-meaning-changed",
                found=row.get("label"),
                expected=label,
                values={"code": row["code"]},
            )

"""The data items of a dataset, judged against the data elements that they are bound to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Severity, Violation
from catalog.elements import grades
from catalog.standards.notation import violations as notation_violations
from catalog.standards.ordering import repeated

if TYPE_CHECKING:
    from catalog.registry.facts import Facts


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """What is wrong with ``fields``, and with a grade of the dataset that lies below theirs."""
    fields = document.get("fields", ())
    for index, first, name in repeated(field.get("name") for field in fields):
        yield Violation(f"/fields/{index}/name", "field-name-duplicate", found=name, expected=first + 1)
    columns = (field["column"].casefold() if "column" in field else None for field in fields)
    for index, first, column in repeated(columns):
        yield Violation(f"/fields/{index}/column", "field-column-duplicate", found=column, expected=first + 1)
    heaviest: tuple[tuple[int, int], str] = ((0, 0), "")
    for index, field in enumerate(fields):
        element = facts.get("data-element", field["element"]) if field.get("element") else None
        format_ = field.get("format")
        if format_:
            yield from notation_violations(f"/fields/{index}/format", format_, field.get("data_type"))
        if element:
            yield from _element_violations(field, element, f"/fields/{index}", facts)
        heaviest = max(heaviest, (_weight(field, element), field.get("name", "")))
    yield from _grade_violations(document.get("grade", {}), heaviest, facts)


def _weight(field: Document, element: Document | None) -> tuple[int, int]:
    own = grades.weight(field)
    return own if own[0] else grades.weight((element or {}).get("grade", {}))


def _element_violations(
    field: Document, element: Document, pointer: str, facts: Facts
) -> Iterator[Violation]:
    strict: Severity = "error" if facts.profile == "shareable" else "warning"
    values = {"element": element.get("name")}
    compared: tuple[tuple[str, str, Severity], ...] = (
        ("data_type", "field-type-differs", strict),
        ("format", "field-format-differs", "warning"),
    )
    for name, rule, severity in compared:
        if field.get(name) and element.get(name) and field[name] != element[name]:
            yield Violation(
                f"{pointer}/{name}",
                rule,
                severity,
                found=field[name],
                expected=element[name],
                values=values,
            )
    due = element.get("value_domain", {}).get("code_list")
    if field.get("code_list") and due and field["code_list"] != due:
        yield Violation(
            f"{pointer}/code_list",
            "field-code-list-differs",
            "warning",
            found=field["code_list"],
            expected=due,
            values=values,
        )
    own = grades.weight(field)
    inherited = grades.weight(element.get("grade", {}))
    if own[0] and own < inherited and not field.get("note"):
        yield Violation(
            f"{pointer}/grade",
            "field-grade-lower",
            "warning",
            found=_shown(own),
            expected=_shown(inherited),
            values=values,
        )


def _grade_violations(
    grade: Document, heaviest: tuple[tuple[int, int], str], facts: Facts
) -> Iterator[Violation]:
    """GB/T 43697-2024 §6: the heaviest of the data combined gives the grade of the whole (就高)."""
    own = grades.weight(grade)
    if own[0] and own < heaviest[0]:
        yield Violation(
            "/grade/grade" if own[0] < heaviest[0][0] else "/grade/general_level",
            "grade-below-fields",
            "error" if facts.profile == "shareable" else "warning",
            found=_shown(own),
            expected=_shown(heaviest[0]),
            values={"field": heaviest[1]},
        )


def _shown(weight: tuple[int, int]) -> str:
    name = next((name for name, rank in grades.RANK.items() if rank == weight[0]), "")
    return f"{name} {weight[1]}" if weight[1] else name

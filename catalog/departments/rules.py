"""What departments and information systems must fulfil beyond their schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.standards.checkdigits import organization_code_faults
from catalog.standards.ordering import circle, date_violations, repeated

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

_RECORDED_GRADE = "2"  # from this protection grade on a system is recorded with the police


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one department."""
    if document.get("parent"):
        yield from _parent_violations(document, facts)
    yield from _code_violations(document)
    yield from date_violations(document, "established_on", "dissolved_on")
    if document.get("dissolved_on") and not document.get("successors"):
        yield Violation(
            "/successors", "dissolved-without-successor", "warning", expected=document["dissolved_on"]
        )
    for name in ("predecessors", "successors"):
        others = document.get(name, ())
        if facts.identifier and facts.identifier in others:
            place = others.index(facts.identifier)
            yield Violation(f"/{name}/{place}", "refers-to-itself", found=facts.identifier)
    former = document.get("former_names", ())
    for index, first, name in repeated(row.get("name") for row in former):
        yield Violation(
            f"/former_names/{index}/name", "former-name-duplicate", "warning", found=name, expected=first + 1
        )
    for index, row in enumerate(former):
        if row.get("name") == document["name"]:
            yield Violation(
                f"/former_names/{index}/name", "former-name-current", "warning", found=row["name"]
            )


def _parent_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    here, parent = facts.identifier or document.get("identifier", ""), document["parent"]

    def above(identifier: str) -> str | None:
        if identifier == here:
            return str(parent)
        found = facts.get("department", identifier)
        return found.get("parent") if found else None

    path = circle(here, above) if here else None
    if path:
        yield Violation("/parent", "parent-cycle", found=parent, expected=" → ".join(path))
        return
    level, over = document.get("level"), (facts.get("department", parent) or {}).get("level")
    if level and over and level < over:
        yield Violation("/level", "department-level", "warning", found=level, expected=over)


def _code_violations(document: Document) -> Iterator[Violation]:
    """GB 11714 as a warning, since genuine credit codes carry inner codes that fail it (GB 32100-2015)."""
    code = document.get("organization_code")
    if not code:
        return
    for slug in organization_code_faults(code):
        yield Violation("/organization_code", slug, "warning", found=code)
    inner = document.get("credit_code", "")[8:17]
    if inner and code.replace("-", "") != inner:
        yield Violation(
            "/organization_code", "organization-code-differs", "warning", found=code, expected=inner
        )


def system_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one information system."""
    yield from date_violations(document, "in_service_on", "retired_on")
    grade = document.get("protection_grade")
    if grade and grade >= _RECORDED_GRADE and not document.get("protection_record_number"):
        yield Violation("/protection_record_number", "protection-record-missing", "warning", expected=grade)
    year = document.get("project", {}).get("year")
    started = document.get("in_service_on", "")[:4]
    if year and started and str(year) > started:
        yield Violation(
            "/project/year",
            "dates-order",
            found=year,
            expected=document["in_service_on"],
            values={"earlier": "in_service_on"},
        )

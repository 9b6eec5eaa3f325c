"""Collect once (Decree No. 809 art. 19, liability art. 40(1)): what a named source shares is not collected again.

The source of an element is its 数源部门 with a published dataset that gives it. What tells who somebody is (keys and
identifying elements) has to be asked by whoever serves them and is no collection, nor is what a record says of
itself. A field that was collected before is a warning; a new one is refused from publication, unless its note
names the legal basis in 《》.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from catalog.base.documents import Document
from catalog.base.errors import Severity, Violation
from catalog.datasets.sharing import REFUSED

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

OWN = "1"  # CL0112: 自建
_IDENTIFYING = "direct"
_RECORD = "数据记录"  # object class (对象类词) of what is said of the record itself, such as when it was last changed
_BASIS = re.compile("《[^《》]+》")


class Provided(NamedTuple):
    """A field of a published dataset of the source department."""

    dataset: str
    name: str
    agreement: str  # in force, by which the collecting department has the field already


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Every field that is collected although its source department shares it."""
    department = document.get("department", "")
    if document.get("origin") != OWN or not department:
        return
    before: set[str] | None = None
    for index, field in enumerate(document.get("fields", ())):
        element = facts.get("data-element", field["element"]) if field.get("element") else None
        source = (element or {}).get("source_department", "")
        if element is None or source in ("", department) or _exempt(field, element):
            continue
        provided = _provided(field["element"], source, department, facts)
        if provided is None:
            continue
        if before is None:
            before = _collected_before(facts)
        basis = bool(_BASIS.search(field.get("note", "")))
        new = facts.profile == "shareable" and field["element"] not in before
        severity: Severity = "info" if basis else "error" if new else "warning"
        rule = "repeat-collection-entitled" if provided.agreement else "repeat-collection"
        yield Violation(
            f"/fields/{index}/element",
            "repeat-collection-excepted" if basis else rule,
            severity,
            found=field.get("name"),
            expected=provided.dataset,
            values={"department": _name(source, facts), "dataset": provided.name, "agreement": provided.agreement},
        )  # fmt: skip


def _name(department: str, facts: Facts) -> str:
    said = facts.get("department", department) or {}
    return str(said.get("short_name") or said.get("name") or department)


def _exempt(field: Document, element: Document) -> bool:
    identifies = field.get("key", "none") != "none" or element.get("identifier_class") == _IDENTIFYING
    return identifies or element.get("object_class") == _RECORD


def _collected_before(facts: Facts) -> set[str]:
    """The elements that the registered version collects already."""
    old = facts.get("dataset", facts.identifier) if facts.identifier else None
    if old is None or old.get("origin") != OWN:
        return set()
    return {field["element"] for field in old.get("fields", ()) if field.get("element")}


def _provided(element: str, source: str, department: str, facts: Facts) -> Provided | None:
    """Where the source department provides the element; first what the department is entitled to already."""
    found: list[Provided] = []
    for identifier, dataset in facts.referring(
        "dataset", "data-element", element, status="published", department=source
    ):
        if dataset.get("share", {}).get("class") == REFUSED:
            continue
        for field in dataset.get("fields", ()):
            if field.get("element") == element and field.get("share_class") != REFUSED:
                agreement = _agreement(identifier, field["name"], department, facts)
                found.append(Provided(identifier, dataset.get("name", ""), agreement))
    return next((one for one in found if one.agreement), found[0] if found else None)


def _agreement(dataset: str, field: str, department: str, facts: Facts) -> str:
    day = facts.on.isoformat()
    for identifier, said in facts.referring("sharing-agreement", "dataset", dataset, status="active"):
        period = said.get("period", {})
        named = any(item.get("field") == field for item in said.get("items", ()))
        runs = period.get("from", "9999") <= day <= period.get("until", "9999-12-31")
        if said.get("consumer") == department and said.get("dataset") == dataset and named and runs:
            return identifier
    return ""

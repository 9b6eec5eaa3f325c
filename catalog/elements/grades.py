"""The grade of data by whom it would harm and how badly: GB/T 43697-2024 §6.5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.base.documents import Document
from catalog.base.errors import Violation

RANK: Mapping[str, int] = {"general": 1, "important": 2, "core": 3}
_SOCIETY = {"especially_serious": "core", "serious": "important", "ordinary": "general"}
_RIGHTS = {"especially_serious": "general", "serious": "general", "ordinary": "general"}
TABLE: Mapping[str, Mapping[str, str]] = {
    "national_security": {"especially_serious": "core", "serious": "core", "ordinary": "important"},
    "economy": _SOCIETY,
    "social_order": _SOCIETY,
    "public_interest": _SOCIETY,
    "organisation": _RIGHTS,
    "individual": _RIGHTS,
}


def computed(affected: str | None, harm: str | None) -> str | None:
    """The grade that follows from the object affected (CL0107) and the harm (CL0108), if both are known."""
    return TABLE.get(affected or "", {}).get(harm or "")


def weight(grade: Document) -> tuple[int, int]:
    """How heavy a grade is; by 就高 the heaviest of several holds. ``{}`` is lighter than any."""
    return RANK.get(grade.get("grade", ""), 0), grade.get("general_level", 0)


def violations(grade: Document, pointer: str) -> Iterator[Violation]:
    """What is wrong with a ``grade`` object that stands at ``pointer``."""
    given = grade.get("grade")
    due = computed(grade.get("affected"), grade.get("harm"))
    if given and due and given != due:
        yield Violation(
            f"{pointer}/grade",
            "grade-table",
            found=given,
            expected=due,
            values={"affected": grade["affected"], "harm": grade["harm"]},
        )
    if given in ("core", "important"):
        yield Violation(f"{pointer}/grade", "grade-restricted", "warning", found=given)
        if "general_level" in grade:
            yield Violation(f"{pointer}/general_level", "grade-level", found=grade["general_level"])

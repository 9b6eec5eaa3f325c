"""What appointments and trainings must fulfil beyond their schemas: 粤办函〔2021〕63号, Decree No. 809 art. 11."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.standards.ordering import circle, date_violations, repeated

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

TIERS: Mapping[str, int] = {
    "district_cdo": 1,
    "district_cdo_exec": 2,
    "dept_cdo": 3,
    "sharing_office_head": 4,
    "data_steward": 4,
}
"""How far below the district's chief data officer a role (CL0111) stands."""


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one appointment."""
    term = document.get("term", {})
    yield from date_violations(term, "from", "until", prefix="/term")
    if "person" not in document:
        yield Violation("/person", "post-vacant", "info", expected=document.get("post"))
    elif term.get("until", "9999") < facts.on.isoformat():
        yield Violation("/term/until", "term-expired", "warning", found=term["until"])
    if document.get("reports_to"):
        yield from _superior_violations(document, facts)
    for index, first, year in repeated(row.get("year") for row in document.get("evaluations", ())):
        yield Violation(
            f"/evaluations/{index}/year", "evaluation-duplicate", "warning", found=year, expected=first + 1
        )


def _superior_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    here, superior = facts.identifier or document.get("identifier", ""), document["reports_to"]

    def above(identifier: str) -> str | None:
        if identifier == here:
            return str(superior)
        found = facts.get("appointment", identifier)
        return found.get("reports_to") if found else None

    path = circle(here, above) if here else None
    if path:
        yield Violation("/reports_to", "reports-to-cycle", found=superior, expected=" → ".join(path))
        return
    own = TIERS.get(document.get("role", ""))
    over = (facts.get("appointment", superior) or {}).get("role", "")
    if own and over in TIERS and TIERS[over] >= own:
        yield Violation("/reports_to", "reports-to-tier", found=over, expected=document["role"])


def training_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one training."""
    period = document.get("period", {})
    yield from date_violations(period, "from", "until", prefix="/period")
    for index, session in enumerate(document.get("sessions", ())):
        yield from date_violations(session, "from", "until", prefix=f"/sessions/{index}")
        for name in ("from", "until"):
            day = session.get(name)
            if day and not period.get("from", "") <= day <= period.get("until", "9999"):
                yield Violation(
                    f"/sessions/{index}/{name}",
                    "session-outside-period",
                    found=day,
                    expected=[period.get("from"), period.get("until")],
                )
    yield from _attendance_violations(document, facts)


def _attendance_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    rows = document.get("attendances", ())
    for index, first, appointment in repeated(row.get("appointment") for row in rows):
        yield Violation(
            f"/attendances/{index}/appointment",
            "attendance-duplicate",
            found=appointment,
            expected=first + 1,
        )
    audience = document.get("audience_roles", ())
    for index, row in enumerate(rows):
        if row.get("attended") is False and row.get("certificate_number"):
            yield Violation(
                f"/attendances/{index}/certificate_number",
                "certificate-not-attended",
                found=row["certificate_number"],
            )
        role = (facts.get("appointment", row.get("appointment", "")) or {}).get("role") if audience else None
        if role and role not in audience:
            yield Violation(
                f"/attendances/{index}/appointment",
                "attendance-role",
                "warning",
                found=role,
                expected=audience,
            )

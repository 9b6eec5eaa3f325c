"""What a dataset must fulfil beyond its schema: Decree No. 809 art. 13 to 15 and 24, 发改高技术〔2017〕1272号."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.datasets import collecting, fields, sharing
from catalog.elements import grades
from catalog.standards.formats import NDRC2017, resource_code_parts
from catalog.standards.ordering import date_violations, future_violations

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

OWN, RETURNED, OBTAINED = "1", "2", "3"


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one dataset."""
    yield from fields.violations(document, facts)
    yield from sharing.violations(document, facts)
    yield from collecting.violations(document, facts)
    if "grade" in document:
        yield from grades.violations(document["grade"], "/grade")
    yield from _code_violations(document)
    yield from _provider_violations(document, facts)
    yield from _origin_violations(document)
    if "services" in document:
        yield from _service_violations(document)
    if facts.identifier and facts.identifier in document.get("related", ()):
        place = document["related"].index(facts.identifier)
        yield Violation(f"/related/{place}", "refers-to-itself", found=facts.identifier)
    yield from _date_violations(document, facts.on.isoformat())


def _code_violations(document: Document) -> Iterator[Violation]:
    code, scheme = document.get("resource_code"), document.get("code_scheme")
    if not code or not scheme:
        return
    parts = resource_code_parts(code, scheme)
    if parts is None:
        yield Violation(
            "/resource_code", "resource-code-scheme", found=code, expected=scheme, values={"scheme": scheme}
        )
    elif scheme == NDRC2017 and document.get("classification"):
        due = document["classification"]
        if not (parts["class"] + parts["item"]).startswith(due[:3]):
            yield Violation(
                "/resource_code", "resource-code-classification", "warning", found=code, expected=due
            )


def _provider_violations(document: Document, facts: Facts) -> Iterator[Violation]:
    code = document.get("provider_code")
    if not code or not document.get("department"):
        return
    due = (facts.get("department", document["department"]) or {}).get("credit_code")
    if due and due != code:
        yield Violation("/provider_code", "provider-code-differs", found=code, expected=due)


def _origin_violations(document: Document) -> Iterator[Violation]:
    """Decree No. 809 art. 24: what a higher level returned is traced to its catalogue there."""
    origin = document.get("origin")
    if origin in (RETURNED, OBTAINED) and "upstream" not in document:
        yield Violation("/upstream", "upstream-missing", "warning", expected=origin)
    if origin == OWN and "upstream" in document:
        yield Violation("/upstream", "upstream-unexpected", "warning", found=origin)


def _service_violations(document: Document) -> Iterator[Violation]:
    names = {field.get("name") for field in document.get("fields", ())}
    for index, service in enumerate(document["services"]):
        for place, name in enumerate(service.get("returns", ())):
            if name not in names:
                yield Violation(
                    f"/services/{index}/returns/{place}",
                    "service-returns-unknown",
                    found=name,
                    values={"service": service.get("name", "")},
                )


def _date_violations(document: Document, today: str) -> Iterator[Violation]:
    temporal, approval = document.get("temporal", {}), document.get("approval", {})
    secrecy, assessments = document.get("secrecy", {}), document.get("assessments", {})
    yield from date_violations(temporal, "from", "until", prefix="/temporal")
    yield from future_violations(document, today, "data_updated_on")
    yield from future_violations(approval, today, "approved_on", prefix="/approval")
    yield from future_violations(secrecy, today, "declared_on", prefix="/secrecy")
    approved = approval.get("approved_on")
    if not approved:
        return
    if document.get("published_on") and document["published_on"] < approved:
        yield Violation(
            "/published_on",
            "dates-order",
            found=document["published_on"],
            expected=approved,
            values={"earlier": "approval/approved_on"},
        )
    for name, assessment in assessments.items():
        done = assessment.get("done_on")
        if done and done > approved:
            yield Violation(
                f"/assessments/{name}/done_on",
                "approval-before-assessment",
                "warning",
                found=done,
                expected=approved,
            )

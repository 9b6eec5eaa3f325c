"""What a sharing agreement must fulfil beyond its schema: Decree No. 809 art. 14, 20 to 22; PIPL art. 55."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.datasets.sharing import REFUSED
from catalog.standards.ordering import date_violations, repeated

if TYPE_CHECKING:
    from catalog.registry.facts import Facts


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one sharing agreement."""
    yield from date_violations(document.get("period", {}), "from", "until", prefix="/period")
    yield from date_violations(document, "requested_on", "received_on", "answered_on", "delivered_on")
    yield from _event_violations(document)
    provider, consumer = document.get("provider"), document.get("consumer")
    if provider and provider == consumer:
        yield Violation("/consumer", "sharing-same-department", found=consumer)
    for name in ("predecessor", "successor"):
        if document.get(name) and document[name] == facts.identifier:
            yield Violation(f"/{name}", "refers-to-itself", found=document[name])
    obligations = document.get("obligations", ())
    for index, first, kind in repeated(obligation.get("type") for obligation in obligations):
        yield Violation(
            f"/obligations/{index}/type", "obligation-duplicate", "warning", found=kind, expected=first + 1
        )
    items = document.get("items", ())
    for index, first, name in repeated(item.get("field") for item in items):
        yield Violation(f"/items/{index}/field", "sharing-item-duplicate", found=name, expected=first + 1)
    dataset = facts.get("dataset", document["dataset"]) if document.get("dataset") else None
    if dataset:
        yield from _dataset_violations(document, dataset)
    yield from _personal_violations(document, dataset or {}, facts)
    yield from _pin_violations(document)


def _dataset_violations(document: Document, dataset: Document) -> Iterator[Violation]:
    owner = dataset.get("department")
    if owner and document.get("provider") not in (None, owner):
        yield Violation("/provider", "sharing-provider-differs", found=document["provider"], expected=owner)
    share = dataset.get("share", {})
    if share.get("class") == REFUSED:
        yield Violation("/dataset", "sharing-class-refused", found=document["dataset"])
    ways = share.get("ways", ())
    if ways and document.get("way") and document["way"] not in ways:
        yield Violation("/way", "sharing-way-not-offered", "warning", found=document["way"], expected=ways)
    fields = {field.get("name"): field for field in dataset.get("fields", ())}
    for index, item in enumerate(document.get("items", ())):
        name = item.get("field")
        field = fields.get(name)
        if name is None or not fields:
            continue
        if field is None:
            yield Violation(f"/items/{index}/field", "sharing-field-unknown", found=name)
            continue
        if field.get("share_class") == REFUSED and share.get("class") != REFUSED:
            yield Violation(f"/items/{index}/field", "sharing-class-refused", found=name)
        element = field.get("element")
        if item.get("element") and element and item["element"] != element:
            yield Violation(
                f"/items/{index}/element",
                "sharing-element-differs",
                found=item["element"],
                expected=element,
                values={"field": name},
            )


def _personal_violations(document: Document, dataset: Document, facts: Facts) -> Iterator[Violation]:
    """PIPL art. 55: providing personal information to others needs an impact assessment beforehand."""
    if "impact_assessment" in document:
        return
    elements = {field.get("name"): field.get("element") for field in dataset.get("fields", ())}
    for item in document.get("items", ()):
        identifier = item.get("element") or elements.get(item.get("field"))
        element = facts.get("data-element", identifier) if identifier else None
        if element and element.get("personal") is True:
            strict = facts.profile == "shareable" and not document.get("legacy")
            yield Violation(
                "/impact_assessment",
                "impact-assessment-missing",
                "error" if strict else "warning",
                expected=item.get("field") or element.get("name"),
            )
            return


def _pin_violations(document: Document) -> Iterator[Violation]:
    pins = document.get("pins")
    if pins is None:
        return
    for index, first, element in repeated(pin.get("element") for pin in pins):
        yield Violation(f"/pins/{index}/element", "pin-duplicate", found=element, expected=first + 1)
    pinned = {pin.get("element") for pin in pins}
    missing = [
        item["element"]
        for item in document.get("items", ())
        if item.get("element") and item["element"] not in pinned
    ]
    if missing:
        yield Violation("/pins", "pins-incomplete", "warning", expected=missing)


def _event_violations(document: Document) -> Iterator[Violation]:
    start = document.get("period", {}).get("from")
    for name, day in (("suspension", "from"), ("termination", "on")):
        value = document.get(name, {}).get(day)
        if start and value and value < start:
            yield Violation(
                f"/{name}/{day}",
                "dates-order",
                found=value,
                expected=start,
                values={"earlier": "period/from"},
            )
    yield from date_violations(document.get("suspension", {}), "from", "rectify_by", prefix="/suspension")
    requested = document.get("requested_on")
    consent = document.get("consents", {}).get("requester", {}).get("on")
    if requested and consent and consent > requested:
        yield Violation(
            "/requested_on", "request-before-consent", "warning", found=requested, expected=consent
        )
    answered = document.get("answered_on")
    agreed = document.get("consents", {}).get("provider", {}).get("on")
    if answered and agreed and agreed > answered:
        yield Violation("/answered_on", "answer-before-consent", "warning", found=answered, expected=agreed)

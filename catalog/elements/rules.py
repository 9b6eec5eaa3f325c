"""What a data element must fulfil beyond its schema: GB/T 39046-2020 §5.3, GB/T 19488.1, GB/T 43697."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Severity, Violation
from catalog.elements import grades
from catalog.elements.names import definition_violations, name_violations
from catalog.standards.checkdigits import ALGORITHMS
from catalog.standards.notation import is_written_well, parse
from catalog.standards.notation import violations as notation_violations
from catalog.standards.ordering import circle, date_violations
from catalog.standards.values import admits

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

REPRESENTATION_TYPES: Mapping[str, tuple[str, ...]] = {
    "name": ("string",),
    "code": ("string",),
    "number": ("string",),
    "identifier": ("string",),
    "date": ("date",),
    "datetime": ("datetime",),
    "time": ("datetime", "string"),
    "text": ("string",),
    "description": ("string",),
    "quantity": ("number",),
    "amount": ("number",),
    "percentage": ("number",),
    "ratio": ("number",),
    "indicator": ("boolean", "string"),
    "image": ("binary",),
    "sequence": ("number", "string"),
    "year": ("date", "number", "string"),
    "month": ("date", "number", "string"),
}
"""The data types (CL0109) that fit a representation term (CL0110)."""

_MEASURED = ("quantity", "amount")
_YUAN = ("元", "人民币元", "CNY", "万元")


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one data element."""
    data_type = document.get("data_type")
    format_ = document.get("format")
    if format_:
        yield from notation_violations("/format", format_, data_type)
    yield from _representation(document, facts)
    yield from name_violations(document)
    yield from definition_violations(document)
    yield from _domain(document.get("value_domain", {}))
    if format_ and data_type and ("examples" in document or "counter_examples" in document):
        yield from _examples(document, format_, data_type)
    if "grade" in document:
        yield from grades.violations(document["grade"], "/grade")
    yield from _protection(document)
    yield from _successor(document, facts)
    yield from date_violations(document, "approved_on", "effective_on", "until_on")


def _representation(document: Document, facts: Facts) -> Iterator[Violation]:
    term = document.get("representation")
    if not isinstance(term, str) or term not in REPRESENTATION_TYPES:
        return
    strict: Severity = "error" if facts.profile == "shareable" else "warning"
    fitting = REPRESENTATION_TYPES[term]
    data_type = document.get("data_type")
    if data_type and data_type not in fitting:
        yield Violation(
            "/data_type",
            "representation-type",
            strict,
            found=data_type,
            expected=fitting,
            values={"term": term},
        )
    domain = document.get("value_domain", {})
    if term == "code" and not (domain.get("code_list") or domain.get("standard")):
        yield Violation("/value_domain", "representation-code", strict)
    if term == "number" and not (domain.get("algorithm") or domain.get("rule") or domain.get("standard")):
        yield Violation("/value_domain", "representation-number", "warning")
    if term in _MEASURED and not document.get("unit"):
        yield Violation("/unit", "unit-missing", "warning", values={"term": term})
    if (
        term == "indicator"
        and data_type == "string"
        and document.get("format") not in (None, "n1", "an1", "a1")
    ):
        yield Violation(
            "/format", "representation-indicator", "warning", found=document["format"], expected="n1"
        )
    if term == "amount":
        yield from _amount(document)


def _amount(document: Document) -> Iterator[Violation]:
    format_, unit = document.get("format"), document.get("unit")
    if format_ and is_written_well(format_) and not parse(format_).scale:
        yield Violation("/format", "representation-amount", "warning", found=format_, expected="n..16,2")
    if unit and unit not in _YUAN:
        yield Violation("/unit", "representation-amount-unit", "warning", found=unit, expected="元")


def _domain(domain: Document) -> Iterator[Violation]:
    least, most = _decimal(domain.get("minimum")), _decimal(domain.get("maximum"))
    if least is not None and most is not None and least > most:
        yield Violation(
            "/value_domain/maximum", "domain-range", found=domain["maximum"], expected=domain["minimum"]
        )


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation:
        return None


def _examples(document: Document, format_: str, data_type: str) -> Iterator[Violation]:
    if not is_written_well(format_):
        return
    domain = document.get("value_domain", {})
    for index, value in enumerate(document.get("examples", ())):
        reason = _refusal(value, format_, data_type, domain)
        if reason:
            yield Violation(f"/examples/{index}", "example-invalid", found=value, expected=reason)
    for index, value in enumerate(document.get("counter_examples", ())):
        if _refusal(value, format_, data_type, domain) is None and _decides(domain):
            yield Violation(
                f"/counter_examples/{index}", "counter-example-valid", found=value, expected=format_
            )


def _decides(domain: Document) -> bool:
    """Whether format, algorithm and range are all that the value domain asks, so that passing them is valid."""
    return not (domain.get("code_list") or domain.get("rule") or domain.get("standard")) or bool(
        domain.get("algorithm")
    )


def _refusal(value: str, format_: str, data_type: str, domain: Document) -> str | None:
    """What a value offends against, None if it is valid as far as format, algorithm and range say."""
    if not admits(format_, data_type, value, coded=bool(domain.get("code_list"))):
        return format_
    algorithm = domain.get("algorithm", "")
    if algorithm in ALGORITHMS and not ALGORITHMS[algorithm](value):
        return str(algorithm)
    number = _decimal(value) if data_type == "number" else None
    least, most = _decimal(domain.get("minimum")), _decimal(domain.get("maximum"))
    if number is not None and least is not None and number < least:
        return f"≥ {least}"
    if number is not None and most is not None and number > most:
        return f"≤ {most}"
    return None


def _protection(document: Document) -> Iterator[Violation]:
    """PIPL art. 28, GB/T 35273-2020 annex B, GB/T 45574-2025: what is sensitive is personal, and says why."""
    sensitive = document.get("sensitive_35273") or document.get("sensitive_45574")
    if sensitive and document.get("personal") is False:
        yield Violation("/personal", "sensitive-not-personal", found=False, expected=True)
    if sensitive and not document.get("sensitivity_basis"):
        yield Violation("/sensitivity_basis", "sensitivity-basis-missing", "warning")


def _successor(document: Document, facts: Facts) -> Iterator[Violation]:
    """ISO/IEC 11179-6: what is superseded names what replaced it, and that one still stands."""
    successor = document.get("successor")
    if not successor:
        return
    here = facts.identifier or document.get("identifier", "")

    def after(identifier: str) -> str | None:
        if identifier == here:
            return str(successor)
        found = facts.get("data-element", identifier)
        return found.get("successor") if found else None

    path = circle(here, after) if here else None
    if path:
        yield Violation("/successor", "successor-cycle", found=successor, expected=" → ".join(path))
        return
    further = after(successor)
    if further:
        yield Violation("/successor", "successor-superseded", "warning", found=successor, expected=further)

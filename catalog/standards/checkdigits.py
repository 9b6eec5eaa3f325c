"""Check digits and forms of the identifiers that people and organisations carry.

A function answers with slugs, the gravest first, or with a truth; whether a slug refuses a document is
said by ``SEVERITY``. Nothing here looks at the register: what a division was called in which year comes
in as ``Divisions``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from operator import mul

from catalog.base.errors import Severity, Violation

Periods = Iterable[tuple[date | None, date | None]]
Divisions = Callable[[str], Periods | None]
"""The periods of validity of a six-digit division of GB/T 2260, None if it never existed."""

SEVERITY: Mapping[str, Severity] = {
    "citizen-id-division-unknown": "warning",
    "citizen-id-division-not-valid": "warning",
    "organization-code-check": "warning",
}

_CITIZEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_RESIDENCE_PERMITS = ("810000", "820000", "830000")  # Hong Kong, Macao, Taiwan residents
_PERMANENT_RESIDENT = "9"
_FIRST_YEAR = 1800

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {sign: place for place, sign in enumerate(_CREDIT_ALPHABET)}
_CREDIT = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_CATEGORIES: Mapping[str, str] = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
"""GB 32100-2015 tables 2 and 3: the registering department and the categories that it registers."""

_ORGANIZATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DIVISION = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}(?:[0-9]{3})?)?")

PERSON_DOCUMENTS: Mapping[str, re.Pattern[str]] = {
    "mainland-travel-permit-hk-mo": re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?|(?:HA|MA)[0-9]{7}"),
    "mainland-travel-permit-tw": re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]"),
    "passport-cn": re.compile(r"E[0-9]{8}|E[A-Z][0-9]{7}"),
    "permanent-resident-old": re.compile(r"[A-Z]{3}[0-9]{12}"),
    "mobile-number": re.compile(r"1[3-9][0-9]{9}"),
    "postcode": re.compile(r"[0-9]{6}"),
}
"""How other documents and numbers of a person are written."""


def citizen_id_faults(value: str, divisions: Divisions | None = None) -> list[str]:
    """What is wrong with a citizen identity number (GB 11643-1999), residence permits included.

    Numbers with 810000, 820000 and 830000 are residence permits of Hong Kong, Macao and Taiwan
    residents; one with a leading 9 is a foreign permanent resident's card of 2023 (``9``, two digits
    of division, three of nationality). Their divisions are not looked up.
    """
    if not _CITIZEN.fullmatch(value):
        return ["citizen-id-form"]
    birth = _birth(value)
    if birth is None:
        return ["citizen-id-birth"]
    total = sum(int(digit) * weight for digit, weight in zip(value, _CITIZEN_WEIGHTS, strict=False))
    if _CITIZEN_CHECKS[total % 11] != value[17]:
        return ["citizen-id-check"]
    if divisions is None or value[0] == _PERMANENT_RESIDENT or value[:6] in _RESIDENCE_PERMITS:
        return []
    periods = divisions(value[:6])
    if periods is None:
        return ["citizen-id-division-unknown"]
    if any((since or birth) <= birth <= (until or birth) for since, until in periods):
        return []
    return ["citizen-id-division-not-valid"]


def is_citizen_id(value: str) -> bool:
    """Form, birth date and check digit of a citizen identity number; the format ``citizen-id``."""
    return not citizen_id_faults(value)


def _birth(value: str) -> date | None:
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    return born if born.year >= _FIRST_YEAR else None


def credit_code_faults(value: str) -> list[str]:
    """What is wrong with a unified social credit code (GB 32100-2015).

    Its inner nine characters are an organisation code whose own check often fails in genuine codes;
    that is a warning, never a reason to refuse.
    """
    grave = _credit_code_fault(value)
    return [grave] if grave else organization_code_faults(value[8:17])


def _credit_code_fault(value: str) -> str | None:
    if not _CREDIT.fullmatch(value):
        return "credit-code-form"
    if value[1] not in CREDIT_CATEGORIES[value[0]]:
        return "credit-code-category"
    total = sum(map(mul, map(_CREDIT_VALUES.__getitem__, value), _CREDIT_WEIGHTS))
    return None if _CREDIT_ALPHABET[-total % 31] == value[17] else "credit-code-check"


def is_credit_code(value: str) -> bool:
    """Form, department with category, and check character; the format ``unified-social-credit-code``."""
    return _credit_code_fault(value) is None


def organization_code_faults(value: str) -> list[str]:
    """What is wrong with an organisation code (GB 11714-1997), with or without its hyphen: a warning."""
    if not _ORGANIZATION.fullmatch(value):
        return ["organization-code-check"]
    body = value.replace("-", "")
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANIZATION_WEIGHTS, strict=False))
    check = "0123456789X0"[11 - total % 11]
    return [] if body[8] == check else ["organization-code-check"]


def luhn(value: str) -> bool:
    """The check of ISO/IEC 7812, for bank card numbers of 12 to 19 digits."""
    if not re.fullmatch(r"[0-9]{12,19}", value):
        return False
    total = 0
    for place, digit in enumerate(map(int, reversed(value))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_division_code(value: str) -> bool:
    """Six digits of GB/T 2260, or nine to twelve of GB/T 10114; the format ``division-code``."""
    return _DIVISION.fullmatch(value) is not None


def person_documents(value: str) -> list[str]:
    """The documents of a person whose form ``value`` has; several may share a form."""
    found = [name for name, form in PERSON_DOCUMENTS.items() if form.fullmatch(value)]
    if is_citizen_id(value):
        foreign, permit = value[0] == _PERMANENT_RESIDENT, value[:6] in _RESIDENCE_PERMITS
        found.insert(0, "permanent-resident" if foreign else "residence-permit" if permit else "citizen-id")
    return found


def is_organization_code(value: str) -> bool:
    """Whether the check character of an organisation code is right."""
    return not organization_code_faults(value)


def _written_as(form: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: form.fullmatch(value) is not None


ALGORITHMS: Mapping[str, Callable[[str], bool]] = {
    "citizen-id": is_citizen_id,
    "unified-social-credit-code": is_credit_code,
    "organization-code": is_organization_code,
    "luhn": luhn,
    "division-code": is_division_code,
    **{name: _written_as(form) for name, form in PERSON_DOCUMENTS.items()},
}
"""The checks that a value domain may name as its ``algorithm``."""


def violations(pointer: str, value: str, faults: Iterable[str]) -> Iterator[Violation]:
    """The violations that the faults of a value amount to."""
    for slug in faults:
        yield Violation(pointer, slug, SEVERITY.get(slug, "error"), found=value)

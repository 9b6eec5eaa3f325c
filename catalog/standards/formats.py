"""The formats that our schemas name beside those of JSON Schema, one function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

import yaml

from catalog.base.files import standards
from catalog.standards.checkdigits import is_citizen_id, is_credit_code, is_division_code
from catalog.standards.notation import is_written_well

NDRC2017 = "NDRC2017"


@cache
def _schemes() -> Mapping[str, re.Pattern[str]]:
    with (standards() / "resource-codes.yaml").open(encoding="utf-8") as file:
        schemes = yaml.load(file, Loader=yaml.CSafeLoader)
    return {name: re.compile(scheme["pattern"]) for name, scheme in schemes.items()}


def resource_code_parts(code: str, scheme: str) -> dict[str, str] | None:
    """The parts of a resource code under a scheme of ``standards/resource-codes.yaml``, None if it does not fit.

    An unknown scheme fits nothing. Under NDRC2017 the parts are ``class``, ``item``, ``group``,
    ``detail`` and ``sequence`` (发改高技术〔2017〕1272号).
    """
    pattern = _schemes().get(scheme)
    match = pattern.fullmatch(code) if pattern else None
    return match.groupdict() if match else None


def _is_resource_code(value: str) -> bool:
    return resource_code_parts(value, NDRC2017) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "data-format": is_written_well,
    "citizen-id": is_citizen_id,
    "unified-social-credit-code": is_credit_code,
    "resource-code": _is_resource_code,
    "division-code": is_division_code,
}

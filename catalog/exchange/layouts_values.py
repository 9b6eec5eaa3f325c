"""How well the texts of a column fit a property: what its heading alone cannot say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.exchange import free_text
from catalog.exchange.free_types import length_of, written
from catalog.standards import schemas
from catalog.standards.annotations import Field

_DEPARTMENT = re.compile(
    r".{1,24}(?:局|委|厅|委员会|办公室|中心|街道|街道办事处|政府|支队|大队|法院|检察院|公司|集团)|.{2,24}(?:办|镇|乡|院|所|站|队|部|处|科|会|社)"
)
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_FORM = re.compile(r"[A-Z]{2}[0-9A-Z.-]{2,40}")
_SEPARATORS = re.compile(r"[、，,；;\n]")
DOUBTED = 0.6  # what is left of a heading's score where no text fits a list of codes


def fit(field: Field, samples: Sequence[str]) -> float:
    """The share of texts that the property understands, 0 to 1; 1 for free text, and for no text at all."""
    if not samples:
        return 1.0
    return sum(_fits(field, sample) for sample in samples) / len(samples)


def weight(field: Field, samples: Sequence[str]) -> float:
    """What the texts leave of a heading's score: a date column without a date loses more than a loose one."""
    share = fit(field, samples)
    if field.name == "identifier":
        least = 0.2
    elif field.type in ("integer", "boolean") or field.schema.get("format") == "date":
        least = 0.5
    elif field.code_list or "enum" in field.schema or field.schema.get("format"):
        least = DOUBTED
    else:
        least = 0.75
    return least + (1 - least) * share


def telling(field: Field, samples: Sequence[str]) -> float:
    """Like ``fit``, counting only texts that tell something by themselves: a lone figure is a code of any list."""
    words = [
        sample
        for sample in samples
        if not (field.code_list and len(sample) <= 2 and sample.isalnum() and sample.isascii())
    ]
    return fit(field, words) if words else 0.0


def are_departments(samples: Sequence[str]) -> bool:
    """Whether the texts look like names of departments."""
    return bool(samples) and all(_DEPARTMENT.fullmatch(sample) for sample in samples)


def are_lists(samples: Sequence[str]) -> bool:
    """Whether most cells hold several names."""
    several = sum(bool(_SEPARATORS.search(sample)) for sample in samples)
    return several * 2 > len(samples)


def have_lengths(samples: Sequence[str]) -> bool:
    """Whether types carry their length: «字符型(18)»."""
    return any(written(sample).format not in (None, "..ul", "二进制") for sample in samples)


def _fits(field: Field, sample: str) -> bool:
    text = free_text.clean(sample)
    if field.schema.get("format") == "data-format":
        return length_of(text, "string") is not None or length_of(text, "number") is not None or _typed(text)
    if field.schema.get("format") == "unified-social-credit-code":
        return bool(_CREDIT_CODE.fullmatch(str(free_text.read(text, field).value)))
    if field.name in ("types", "category") and field.path[0] == "format":
        return text.isascii() == (field.name == "types")
    if field.name == "data_type" and field.code_list:
        return written(text).data_type is not None
    if field.ref == "department":
        return bool(_DEPARTMENT.fullmatch(text) or _FORM.fullmatch(text) or "【" in text)
    if field.ref:
        return True
    if field.name == "identifier":
        return bool(_FORM.fullmatch(text))
    taken = free_text.read(text, field).value
    if field.code_list and isinstance(taken, list):
        return taken != [text] or _is_code(text, field)
    if field.code_list:
        return bool(taken != text or _is_code(text, field))
    if field.schema.get("format") == "date":
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(taken)))
    if field.type in ("integer", "boolean"):
        return not isinstance(taken, str)
    if "enum" in field.schema:
        return taken in field.schema["enum"]
    return True


def _typed(text: str) -> bool:
    return written(text).format is not None


def _is_code(text: str, field: Field) -> bool:
    return free_text.is_code(text, field.code_list or "")


def needed(kind: str) -> tuple[str, ...]:
    """The properties that a record of a kind cannot do without, as pointers."""
    return tuple(_needed(schemas.current(kind).annotations.top))


def _needed(fields: Sequence[Field]) -> list[str]:
    found: list[str] = []
    for field in fields:
        if field.required_from in ("draft", "recorded"):
            nested = _needed(field.children) if field.type == "object" else []
            found += nested or [field.pattern]
    return found

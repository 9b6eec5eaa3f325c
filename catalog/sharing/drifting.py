"""Which changes of an element or a code list break what an agreement has pinned. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.base.documents import Document

_MEANING = (
    "name", "definition", "object_class", "property", "representation", "data_type", "format", "value_domain",
    "unit", "personal", "sensitive_35273", "sensitive_45574",
)  # fmt: skip
_SENSITIVE = ("sensitive_35273", "sensitive_45574")


def sensitive(element: Document) -> bool:
    """Whether an element is flagged sensitive under either standard."""
    return any(element.get(name) is True for name in _SENSITIVE)


def element_breaks(before: Document, after: Document) -> list[str]:
    """The properties of an element whose change alters what was agreed on; empty where none does.

    Explanations, examples, synonyms and who keeps it may change freely.
    """
    return [name for name in _MEANING if before.get(name) != after.get(name)]


def list_breaks(before: Document, after: Document, *, flagged: bool) -> list[str]:
    """The codes that break: taken out, called differently, ended earlier; added too where ``flagged`` sensitive."""
    old, new = _codes(before), _codes(after)
    broken = [code for code in old if code not in new or _narrowed(old[code], new[code])]
    return sorted(broken + ([code for code in new if code not in old] if flagged else []))


def _codes(document: Document) -> dict[str, Mapping[str, Any]]:
    return {one["code"]: one for one in document.get("codes", ()) if "code" in one}


def _narrowed(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    same = all(old.get(name) == new.get(name) for name in ("label", "parent"))
    return not same or new.get("valid_until", "9999") < old.get("valid_until", "9999")

"""Opaque cursors, bound to the query they continue; and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from catalog.base.errors import InvalidDocument, Violation

MAX_LIMIT = 200
DEFAULT_LIMIT = 20


def cursor(secret: str, query: str, place: Any) -> str:
    """A cursor that goes on after ``place``, for this query only."""
    return str(URLSafeSerializer(secret, salt=f"cursor {query}").dumps(place))


def place(secret: str, query: str, text: str) -> Any:
    """Where a cursor goes on; a forged one, or one of another query, is refused."""
    try:
        return URLSafeSerializer(secret, salt=f"cursor {query}").loads(text)
    except BadData:
        raise InvalidDocument([Violation("/cursor", "cursor", found=text)]) from None


def number(
    parameters: Mapping[str, str], name: str, default: int, *, low: int = 1, high: int = MAX_LIMIT
) -> int:
    """A whole number from the query string, within its limits."""
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise InvalidDocument(
            [Violation(f"/{name}", "parameter-range", found=text, expected=f"{low}–{high}")]
        )
    return int(text)

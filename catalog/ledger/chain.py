"""The chain: every entry carries a digest over the one before and its own columns. Pure.

``chain(n) = version ‖ H(chain(n-1) ‖ canonical JSON of the entry's other columns, empty ones left out)``;
version ``01`` is SHA-256, ``02`` SM3 (GB/T 32905), chosen once when a register is initialised.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from catalog.base.documents import canonical

Algorithm = Literal["sha256", "sm3"]
ALGORITHMS: dict[str, Algorithm] = {"01": "sha256", "02": "sm3"}
VERSIONS: dict[Algorithm, str] = {"sha256": "01", "sm3": "02"}
GENESIS = ""
COLUMNS = (
    "seq", "at", "by", "department", "door", "request", "client",
    "verb", "kind", "identifier", "version", "note", "data", "digest",
)  # fmt: skip


def link(previous: str, columns: dict[str, Any], algorithm: Algorithm) -> str:
    """The chain value of an entry: two hexadecimal digits of version, then 64 of digest."""
    body = canonical({name: value for name, value in columns.items() if value is not None})
    return VERSIONS[algorithm] + hashlib.new(algorithm, previous.encode() + body).hexdigest()

"""The rows of an upload, whatever its file is: ours, or somebody else's with its profile."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.exchange import Row, read


def rows(data: bytes, filename: str, *, kind: str) -> Iterator[Row]:
    """The rows of a file; raises ``Malformed``, at the latest while iterating."""
    return read(data, filename, kind=kind)

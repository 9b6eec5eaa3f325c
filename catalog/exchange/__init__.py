"""Bytes <-> documents, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalog.base.errors import Source, Violation


@dataclass(slots=True)
class Row:
    """One document of a file, or what kept it from being read."""

    document: dict[str, Any]
    status: str | None = None
    source: Source | None = None
    kind: str | None = None
    violations: list[Violation] = field(default_factory=list)


def read(data: bytes, filename: str, *, kind: str, mapping: str | None = None) -> Iterator[Row]:
    """Documents of a file."""
    rows = (
        [orjson.loads(line) for line in data.splitlines() if line.strip()]
        if filename.endswith("jsonl")
        else orjson.loads(data)
    )
    if isinstance(rows, dict):
        rows = rows.get("documents", [rows])
    for number, row in enumerate(rows, 1):
        source = Source(file=filename, row=number)
        if "document" in row:
            yield Row(row["document"], row.get("status"), source)
        else:
            yield Row(row, None, source)

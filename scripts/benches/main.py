"""``scripts/bench``: one JSON line for each figure."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import Any

from benches import decisions, desk, forms, http, register, registers, search, workbooks

ALL = ("validate", "bulk_register", "as_of", "search", "search_follow", "record_http", "search_http", "list_page",
       "detail_page", "form_page", "search_after_write", "reads_during_bulk", "memory", "cold_start",
       "workbook_export", "workbook_dry_run", "decide", "decide_http", "inbox_page")  # fmt: skip


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=ALL, help="only this figure; may repeat")
    parser.add_argument("--size", type=int, default=100_000, help="data elements in the register")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="JSON lines (the default, and the only form)")
    asked = parser.parse_args()
    for line in figures(asked.only or ALL, asked.size, asked.database):
        print(json.dumps(line, ensure_ascii=False), flush=True)


def figures(names: tuple[str, ...] | list[str], size: int, database: str) -> Iterator[dict[str, Any]]:
    """The figures in an order in which the register is filled only once."""
    if "validate" in names:
        yield from register.validate(size)
    if "search" in names or "search_follow" in names:
        yield from search.figures(size, database)
    if "workbook_export" in names or "workbook_dry_run" in names:
        yield from workbooks.figures(lambda name: name in names)
    if "decide" in names:
        yield from decisions.in_process(size)
    if not set(names) - {
        "validate",
        "search",
        "search_follow",
        "workbook_export",
        "workbook_dry_run",
        "decide",
    }:
        return
    with registers.register(database, address=os.environ.get("CATALOG_TEST_POSTGRESQL")) as runtime:
        if "bulk_register" in names:
            yield from register.bulk_register(runtime, size, database)
        else:
            registers.fill(runtime, size)
        runtime.index.catch_up(runtime.feed)
        if "as_of" in names:
            yield from register.as_of(runtime, size, database)
        yield from http.figures(runtime, size, database, lambda name: name in names)
        if "decide_http" in names:
            yield from decisions.over_http(runtime, size, database)
        if "form_page" in names:
            yield from forms.form_page(runtime, size, database)
        if "inbox_page" in names:
            yield from desk.inbox_page(runtime, database)
        if "cold_start" in names:
            yield from http.cold_start(runtime, size, database)


if __name__ == "__main__":
    main()

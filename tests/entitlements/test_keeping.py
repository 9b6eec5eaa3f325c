"""The decision log goes into a backup and comes back with the same chain, on either database."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from catalog.base.errors import WrongState
from catalog.entitlements import keeping
from catalog.entitlements.log_stores import Line, open_store
from catalog.migrations import upgrade
from catalog.runtime import Runtime


def logged(runtime: Runtime, *lines: Line) -> list[tuple[object, ...]]:
    store = open_store(runtime.settings, runtime.database)
    if lines:
        store.add(lines)
    rows = store.rows(0, 100)
    store.close()
    return rows


def line(number: int) -> Line:
    return Line("2026-11-23", "PN-1", "api", f'{{"q":{number}}}', "permit", "[]", number, "snapshot")


def test_what_was_decided_comes_back_with_its_chain(runtime: Runtime, other: Runtime, tmp_path: Path) -> None:
    before = logged(runtime, line(1), line(2), line(3))
    upgrade(other.database)

    assert keeping.copy_out(runtime.settings, runtime.database, tmp_path) == 3
    assert keeping.copy_in(other.settings, other.database, tmp_path) == 3

    assert logged(other) == before
    with pytest.raises(WrongState):
        keeping.copy_in(other.settings, other.database, tmp_path)


def test_an_altered_log_is_refused(runtime: Runtime, other: Runtime, tmp_path: Path) -> None:
    keeping.copy_out(runtime.settings, runtime.database, tmp_path)
    path = tmp_path / "decisions.jsonl.gz"
    text = gzip.decompress(path.read_bytes()).replace(b'"permit"', b'"deny"', 1)
    path.write_bytes(gzip.compress(text))
    upgrade(other.database)

    with pytest.raises(WrongState) as refused:
        keeping.copy_in(other.settings, other.database, tmp_path)

    assert refused.value.slug == "decisions-chain"

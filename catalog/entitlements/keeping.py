"""The decision log in a backup: its rows as JSON lines, brought back in their order with the same chain."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson

from catalog.base.db import Database
from catalog.base.errors import WrongState
from catalog.base.settings import Settings
from catalog.entitlements.log_stores import Line, open_store

_NAME = "decisions.jsonl.gz"
_SLICE = 2_000


def copy_out(settings: Settings, database: Database, folder: Path) -> int:
    """Write the log into a backup's folder; how many decisions."""
    store, count = open_store(settings, database), 0
    try:
        with gzip.open(folder / _NAME, "wb") as file:
            while rows := store.rows(count, _SLICE):
                for row in rows:
                    file.write(orjson.dumps(row) + b"\n")
                count += len(rows)
    finally:
        store.close()
    return count


def copy_in(settings: Settings, database: Database, folder: Path) -> int:
    """Bring the log of a backup into a register that has none; the chain comes out the same, or it is refused.

    Raises ``WrongState`` (``not-empty``) where decisions were logged already, ``decisions-chain`` where the
    rows were altered.
    """
    if not (folder / _NAME).is_file():
        return 0
    store, count = open_store(settings, database), 0
    try:
        if store.rows(0, 1):
            raise WrongState("not-empty")
        with gzip.open(folder / _NAME, "rb") as file:
            for text in file:
                number, *line, chain = orjson.loads(text)
                store.add([Line(*line)])
                count += 1
                if store.rows(number - 1, 1)[0][-1] != chain:
                    raise WrongState("decisions-chain", number=number)
    finally:
        store.close()
    return count

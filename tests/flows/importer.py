"""``python -m tests.flows.importer DATA_DIR URL FILE before|after``: an import that waits to be killed.

It says ``ready`` with its transaction open (``before`` the commit) or closed (``after`` it), and sleeps.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from catalog.base import clock
from catalog.base.settings import Settings
from catalog.exchange import read
from catalog.identity.actors import CONSOLE
from catalog.registry.apply import apply, apply_in
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.runtime import open_runtime


def main(data_dir: str, url: str, file: str, moment: str) -> None:
    """Import departments; see the module's text."""
    runtime = open_runtime(Settings(data_dir=data_dir, database_url=url))
    on = clock.today(runtime.settings.zone)
    rows = read(Path(file).read_bytes(), file, kind="department")
    with runtime.database.reading() as session:
        changes = plan(session, [Incoming("department", row.document) for row in rows], on=on)
    if moment == "before":
        with runtime.database.writing(turn=False) as session:
            apply_in(session, changes, database=runtime.database, by=CONSOLE, on=on)
            _wait()
    apply(runtime.database, changes, by=CONSOLE, on=on)
    _wait()


def _wait() -> None:
    print("ready", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])

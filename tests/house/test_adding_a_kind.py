"""A kind is one schema file, its suite and one entry in ``kinds.py``; every door follows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_kind_from_a_folder_passes_the_contract_and_every_door() -> None:
    words = ("tests/registry/test_contract.py", "tests/house/doors.py", "-k", "seal or doors")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.house.added_kind", "-p", "no:cacheprovider"]
    environment = os.environ | {"CATALOG_TEST_ADDED_KIND": "seal", "CATALOG_TEST_DATABASES": "sqlite"}

    done = subprocess.run(
        [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

"""A process that is killed in mid-import leaves all of its work or none, and the index catches up."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalog.registry.models import Record
from catalog.search.index import Index
from tests import factories
from tests.desk import Desk

ROOT = Path(__file__).resolve().parents[2]


def killed(desk: Desk, folder: Path, moment: str) -> str:
    """Start an import in a process of its own, kill it at ``moment``; the name that it was to register."""
    name = f"被中断的单位（{moment}）"
    lines = [json.dumps(factories.document("department", n) | {"name": f"{name}{n}"}) for n in range(600)]
    file = folder / f"{moment}.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = desk.runtime.settings
    command = [sys.executable, "-m", "tests.flows.importer", str(settings.data_dir), settings.database_url]
    with subprocess.Popen(
        [*command, str(file), moment], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.kill()
        assert said == "ready\n"
    return f"{name}7"


def test_a_kill_before_the_commit_leaves_the_register_as_it_was(desk: Desk, tmp_path: Path) -> None:
    before = desk.last()

    killed(desk, tmp_path, "before")

    assert desk.last() == before
    assert desk.proof().broken is None
    assert desk.fresh("department").identifier  # the writers' turn is free again


def test_a_kill_after_the_commit_loses_nothing_and_the_index_catches_up(desk: Desk, tmp_path: Path) -> None:
    before = desk.last()

    name = killed(desk, tmp_path, "after")

    assert desk.last() == before + 600
    assert desk.proof().broken is None
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = desk.get("/api/v1/search", params={"q": name, "kind": "department"})["items"]
        if found and found[0]["name"] == name:
            break
        time.sleep(0.1)
    assert found[0]["name"] == name


@pytest.mark.usefixtures("desk")
def test_an_index_that_was_away_is_made_again_from_the_register(desk: Desk, tmp_path: Path) -> None:
    index = Index.open(tmp_path / "search")
    try:
        index.catch_up(desk.runtime.feed)
        assert index.held == desk.last()
        assert index.verify(desk.runtime.feed) == []
    finally:
        index.close()
    with desk.runtime.database.reading() as session:
        assert session.get(Record, ("data-element", "DE00001")) is not None

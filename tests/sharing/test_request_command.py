"""A sharing request from the command line to the decision that it makes possible, by the demonstration's people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.base.clock import today
from catalog.cli import app
from catalog.identity import demo
from catalog.runtime import Runtime
from tests.sharing import requesting as r


def test_commands_lead_from_the_request_to_a_permit(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on = today(runtime.settings.zone)
    r.fill(runtime)
    with runtime.database.writing() as session:
        demo.create(session, host="127.0.0.1", on=on)
    monkeypatch.setenv("CATALOG_DATA_DIR", str(runtime.settings.data_dir))
    monkeypatch.setenv("CATALOG_DATABASE_URL", runtime.settings.database_url)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    def decided(field: str) -> tuple[int, str]:
        code, said = run(
            "decide",
            "--consumer",
            r.CONSUMER,
            "--purpose",
            "P02",
            "--dataset",
            r.DATASET,
            "--field",
            field,
            "--by",
            "minzheng",
            "--json",
        )
        return code, json.loads(said)["items"][0]["effect"]

    parts = tmp_path / "parts.json"
    parts.write_text(
        json.dumps(r.FILLED | {"period": {"from": on.isoformat(), "until": "2099-12-31"}}), encoding="utf-8"
    )
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"answer": r.ANSWER, "impact_assessment": r.ASSESSED}), encoding="utf-8")
    code, said = run("case", "request", r.DATASET, "--from", str(parts), "--by", "minzheng", "--json")
    assert code == 0, said
    number = json.loads(said)["number"]
    acts = (
        ("prepare", "minzheng"),
        ("file", "gongxiang"),
        ("agree", "renshebm"),
        ("deliver", "renshebm"),
        ("confirm", "minzheng"),
    )
    for verb, login in acts:
        values = ("--values", str(answer)) if verb == "agree" else ()
        if verb == "confirm":
            assert decided("姓名") == (1, "deny")
        assert run("case", "do", number, verb, "--by", login, *values)[0] == 0

    assert decided("姓名") == (0, "permit")
    assert decided(r.WITHHELD[0]) == (1, "deny")
    assert run("case", "request", r.CLOSED, "--by", "minzheng")[0] == 1

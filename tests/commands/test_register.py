"""The register at the command line: one story for each database, read by its exit codes and its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner

from catalog.cases.models import Case
from catalog.cli import app
from catalog.runtime import Runtime
from tests import factories

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def catalog(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on the module's register with ``--json``; its exit code and what it printed."""
    return command(runtime, monkeypatch)


def command(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Command:
    settings = runtime.settings

    def run(*words: object) -> tuple[int, Any]:
        monkeypatch.setenv("CATALOG_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("CATALOG_DATABASE_URL", settings.database_url)
        arguments = [*map(str, words), "--json"]
        monkeypatch.setattr("sys.argv", ["catalog", *arguments])
        done = CliRunner().invoke(app, arguments)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        said = done.stdout or done.stderr
        return done.exit_code, json.loads(said) if said.strip() else None

    return run


@pytest.fixture(scope="module", autouse=True)
def _anchored(runtime: Runtime) -> None:
    factories.anchor(runtime)


def written(path: Path, *documents: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in documents), encoding="utf-8")
    return path


def test_a_second_import_of_a_file_changes_nothing_and_says_so(catalog: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "s.jsonl", *(factories.document("system", f"导入{n}") for n in range(3)))

    first = catalog("import", "--kind", "system", file)
    again = catalog("import", "--kind", "system", file)

    assert (first[0], first[1]["created"], first[1]["applied"]) == (0, 3, True)
    assert (again[0], again[1]["unchanged"], again[1]["last"]) == (0, 3, 0)


def test_with_the_desk_files_become_one_proposal(
    catalog: Command, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CATALOG_DESK", "on")
    file = written(tmp_path / "e.jsonl", *(factories.document("data-element", f"提案{n}") for n in range(3)))
    words = ("import", "--kind", "data-element", file, "--note", "三个数据元")

    refused, proposed = catalog(*words), catalog(*words, "--propose")
    with runtime.database.reading() as session:
        case = session.get_one(Case, proposed[1]["case"])
        document = json.loads(case.document)

    assert (refused[0], refused[1]["applied"]) == (1, False)
    assert "case-required" in {one["rule"] for item in refused[1]["items"] for one in item["violations"]}
    assert (proposed[0], proposed[1]["changes"]) == (0, 3)
    assert (case.state, len(document["changes"]), document["summary"]) == ("draft", 3, "三个数据元")


def test_validating_names_file_line_pointer_and_rule(catalog: Command, tmp_path: Path) -> None:
    good, bad = factories.document("system", "好"), factories.document("system", "坏") | {"level": "9"}

    code, report = catalog("validate", "--kind", "system", written(tmp_path / "v.jsonl", good, bad))

    item = next(item for item in report["items"] if item["action"] == "refused")
    assert code == 1
    assert (item["source"]["file"], item["source"]["line"]) == ("v.jsonl", 2)
    assert [(one["pointer"], one["rule"]) for one in item["violations"]] == [("#/level", "code-unknown")]
    assert item["violations"][0]["zh"] and item["violations"][0]["en"]


def test_nothing_is_half_imported(catalog: Command, runtime: Runtime, tmp_path: Path) -> None:
    before = runtime.feed.last()
    file = written(tmp_path / "h.jsonl", factories.document("system", "半"), {"name": "缺"})

    code, report = catalog("import", "--kind", "system", file)

    assert (code, report["applied"], report["read"], report["refused"]) == (1, False, 2, 1)
    assert runtime.feed.last() == before


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_is_read_in_the_encodings_of_the_departments(
    catalog: Command, tmp_path: Path, encoding: str, mark: bytes
) -> None:
    if encoding == "gb18030" and mark:
        mark = "\ufeff".encode("gb18030")
    table = "系统名称,所属部门,系统层级,系统类别\n表格系统,DP0008,4,business\n"
    (tmp_path / "t.csv").write_bytes(mark + table.encode(encoding))

    code, report = catalog("validate", "--kind", "system", tmp_path / "t.csv")

    assert (code, report["read"], report["created"]) == (0, 1, 1), report


def test_two_columns_of_one_heading_are_refused(catalog: Command, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("系统名称,系统名称\n甲,乙\n", encoding="utf-8")

    code, report = catalog("validate", "--kind", "system", tmp_path / "d.csv")

    assert code != 0
    rules = {one["rule"] for item in report.get("items", []) for one in item["violations"]}
    assert any("heading" in rule for rule in rules | {report.get("type", "")}), report


def test_search_shows_history_and_diff_of_what_it_finds(
    catalog: Command, runtime: Runtime, tmp_path: Path
) -> None:
    document = factories.document("system", "命令行") | {"identifier": "SY0555"}
    catalog("import", "--kind", "system", written(tmp_path / "1.jsonl", document))
    catalog("import", "--kind", "system", written(tmp_path / "2.jsonl", document | {"note": "二"}))

    assert catalog("search", document["name"])[1]["items"][0]["identifier"] == "SY0555"
    assert catalog("show", "system", "SY0555")[1]["version"] == 2
    assert [item["version"] for item in catalog("history", "system", "SY0555")[1]["items"]] == [2, 1]
    assert [item["pointer"] for item in catalog("diff", "system", "SY0555")[1]["items"]] == ["/note"]
    assert catalog("show", "system", "SY9999")[0] == 3


def test_a_reorganisation_is_shown_before_it_is_done(
    catalog: Command, runtime: Runtime, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "document: 穗编1号\non: 2026-09-30\nacts: [{rename: DP0040, to: 新名街道}]\n", encoding="utf-8"
    )
    before = runtime.feed.last()

    shown = catalog("reorganise", plan, "--dry-run")
    after_showing = runtime.feed.last()
    done = catalog("reorganise", plan)

    assert (shown[0], shown[1]["applied"], after_showing) == (0, False, before)
    assert (done[0], done[1]["applied"], runtime.feed.last()) == (0, True, before + 2)


@pytest.mark.parametrize("text", ["a: [", "{", "a: *b", "\x00"])
def test_a_plan_that_is_no_yaml_is_refused(catalog: Command, tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")

    code, body = catalog("reorganise", tmp_path / "plan.yaml")

    assert (code, body["status"]) == (1, 400)


def test_the_register_travels_to_the_other_database(
    catalog: Command, other: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert catalog("export", tmp_path / "1.jsonl.gz")[0] == 0

    there = command(other, monkeypatch)
    assert there("import", tmp_path / "1.jsonl.gz")[0] == 0
    assert there("export", tmp_path / "2.jsonl.gz")[0] == 0
    assert there("verify")[1]["broken"] is None
    assert there("import", tmp_path / "1.jsonl.gz")[0] == 1  # not empty any more

    assert (tmp_path / "1.jsonl.gz").read_bytes() == (tmp_path / "2.jsonl.gz").read_bytes()


def test_a_backup_is_restored_and_proven(
    catalog: Command, other: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert catalog("backup", tmp_path / "b")[0] == 0

    code, body = command(other, monkeypatch)("restore", tmp_path / "b")

    assert (code, body["broken"]) == (0, None)


def test_the_index_is_compared_with_the_register_and_made_anew(catalog: Command, runtime: Runtime) -> None:
    count = catalog("reindex")[1]["records"]

    assert catalog("reindex", "--verify") == (0, {"differences": []})
    with runtime.database.reading() as session:
        assert count == session.execute(sql("SELECT COUNT(*) FROM record")).scalar_one()


def test_the_doctor_finds_a_healthy_register_healthy(catalog: Command) -> None:
    code, body = catalog("doctor")

    assert code == 0
    assert {item["state"] for item in body["checks"]} <= {"ok", "warning"}


def test_a_register_is_made_once(catalog: Command) -> None:
    assert catalog("init", "--admin", "root")[0] == 1


def test_standards_in_force_have_nothing_to_adopt(catalog: Command) -> None:
    assert catalog("standards", "adopt") == (0, {"adopted": []})
    assert not any(item["differs"] for item in catalog("standards", "list")[1]["items"])


def test_a_broken_chain_is_named_with_its_first_entry(catalog: Command, runtime: Runtime) -> None:
    with runtime.database.engine.begin() as connection:
        note = connection.execute(sql("SELECT note FROM entry WHERE seq = 7")).scalar_one()
        connection.execute(sql("UPDATE entry SET note = 'x' WHERE seq = 7"))
    try:
        code, body = catalog("verify")
    finally:
        with runtime.database.engine.begin() as connection:
            connection.execute(sql("UPDATE entry SET note = :note WHERE seq = 7"), {"note": note})

    assert (code, body["broken"]["seq"], body["broken"]["reason"]) == (1, 7, "altered")
    assert catalog("verify")[0] == 0


def test_a_wrong_setting_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", "mysql://x")

    done = CliRunner().invoke(app, ["verify"])

    assert done.exit_code == 2
    assert "CATALOG_DATABASE_URL" in done.stderr


def test_a_misspelt_setting_is_pointed_out(catalog: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_PROT", "8000")

    _, report = catalog("doctor")

    assert any("CATALOG_PROT" in check["en"] and check["state"] == "warning" for check in report["checks"])

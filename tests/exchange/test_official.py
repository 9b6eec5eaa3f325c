"""The catalogue in the layouts that others ask for: what they have columns for comes back as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.base import files
from catalog.base.errors import InvalidDocument, Malformed, NotFound
from catalog.exchange import official
from catalog.exchange.sheets import open_book
from tests.exchange.layout_books import read

ROWS = (files.standards() / "demo" / "datasets.jsonl").read_text(encoding="utf-8").splitlines()
DATASETS = [json.loads(row)["document"] for row in ROWS[:60]]
DEPARTMENTS = {
    one["identifier"]: one["name"]
    for path in (files.standards() / "departments").glob("*.json")
    for one in json.loads(path.read_text(encoding="utf-8"))
}
KEPT = {
    "guide-2017": ("name", "classification", "classification_detail", "resource_code", "provider_code", "summary",
                   "format", "open", "update_cycle", "published_on", "related"),
    "district": ("name", "update_cycle", "classification", "note"),
}  # fmt: skip
OF_FIELDS = {
    "guide-2017": ("name", "data_type", "format"),
    "district": ("name", "column", "data_type", "format", "element"),
}
MADE: dict[str, Any] = {
    "name": "own", "zh": "本区模板", "en": "Our template", "source": "本区", "title": "目录",
    "columns": [{"heading": ["名称"], "from": "/name"}, {"heading": ["密级"], "text": "非密"}],
}  # fmt: skip


def filled(made: official.Template, documents: list[Any]) -> bytes:
    names = {"department": DEPARTMENTS}
    return official.fill(made, documents, names=names, language="zh", day="2026-11-23")


def brief(document: dict[str, Any], name: str) -> dict[str, Any]:
    said = {key: document[key] for key in KEPT[name] if key in document}
    if "conditions" not in said.get("open", {}):
        said["open"] = (
            {"public": document.get("open", {}).get("public", False)} if "open" in KEPT[name] else None
        )
    said["fields"] = [
        {key: one[key] for key in OF_FIELDS[name] if key in one} for one in document["fields"]
    ]  # fmt: skip
    said["share"] = {key: document["share"][key] for key in ("class", "ways") if key in document["share"]}
    return said


@pytest.mark.parametrize("name", ["guide-2017", "district"])
def test_what_a_layout_has_columns_for_is_read_back_as_it_was(name: str) -> None:
    data = filled(official.template(name), DATASETS)

    rows = read(open_book(data, f"{name}.xlsx"))

    assert not [found for row in rows for found in row.violations]
    there = {row.document["name"]: brief(row.document, name) for row in rows}
    assert there == {one["name"]: brief(one, name) for one in DATASETS}
    assert {row.document["department"] for row in rows} == {
        DEPARTMENTS[one["department"]] for one in DATASETS
    }


def test_a_department_has_a_sheet_of_its_own_and_a_formula_stays_text() -> None:
    wicked = DATASETS[0] | {"name": "=1+1", "department": "DP0008"}
    book = open_book(filled(official.template("guide-2017"), [DATASETS[0], wicked]), "two.xlsx")

    assert len(book.sheets) == 2
    assert "=1+1" in [cell for sheet in book.sheets for row in sheet.rows for cell in row]


def test_a_template_of_ones_own_stands_beside_ours_and_may_replace_one(tmp_path: Any) -> None:
    (tmp_path / "own.yaml").write_text(json.dumps(MADE, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "district.yaml").write_text(json.dumps(MADE | {"name": "district"}), encoding="utf-8")

    found = official.templates(tmp_path)

    assert set(found) == {"guide-2017", "district", "own"}
    assert found["district"].zh == "本区模板"
    sheet = open_book(filled(found["own"], DATASETS[:2]), "own.xlsx").sheets[0]
    assert [list(row[:2]) for row in sheet.rows][1:] == [
        ["名称", "密级"], *([one["name"], "非密"] for one in DATASETS[:2])
    ]  # fmt: skip
    with pytest.raises(NotFound):
        official.template("nowhere", tmp_path)


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({"columns": [{"heading": ["一"], "from": "/nmae"}, {"heading": ["二"], "from": "/approval/person"}]},
         ["template-pointer", "template-pointer"]),
        ({"columns": [{"heading": ["一"], "from": "/fields/*/name"}]}, ["template-items"]),
        ({"columns": []}, ["min-items"]),
        ({"name": "大写", "colour": "red"}, ["unknown-property", "pattern"]),
    ],
)  # fmt: skip
def test_a_wrong_template_is_told_whole(more: dict[str, Any], rules: list[str]) -> None:
    with pytest.raises(InvalidDocument) as refused:
        official.read(MADE | more)

    assert sorted(one.rule for one in refused.value.violations) == sorted(rules)


def test_what_is_no_yaml_says_which_file(tmp_path: Any) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("name: [", encoding="utf-8")

    with pytest.raises(Malformed) as refused:
        official.load(path)

    assert refused.value.values["file"] == "broken.yaml"

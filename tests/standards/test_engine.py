"""Profiles, violations and bounds of the engine, shown on a small standard of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.base.errors import InvalidDocument, NotFound
from catalog.base.i18n import describe
from catalog.standards import reference, schemas

BOAT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:cdo-catalog:standard:boat:1.0",
    "title": "船舶",
    "x-title": "Boat",
    "description": "一艘船。",
    "x-description": "A boat.",
    "x-groups": [{"id": "all", "title": "全部", "x-title": "All"}],
    "type": "object",
    "$defs": {"length": {"type": "integer", "minimum": 1, "maximum": 400}},
    "properties": {
        "name": {
            "title": "船名",
            "x-title": "Name",
            "x-group": "all",
            "type": "string",
            "minLength": 1,
            "maxLength": 5,
            "pattern": "^[a-z]*$",
            "x-required-from": "draft",
        },
        "length": {
            "$ref": "#/$defs/length",
            "title": "长度",
            "x-title": "Length",
            "x-group": "all",
            "x-required-from": "recorded",
        },
        "flag": {
            "title": "旗帜",
            "x-title": "Flag",
            "x-group": "all",
            "type": "string",
            "enum": ["cn", "pa"],
        },
        "crew": {
            "title": "船员",
            "x-title": "Crew",
            "x-group": "all",
            "type": "array",
            "maxItems": 12,
            "uniqueItems": True,
            "items": {
                "type": "object",
                "properties": {
                    "post": {
                        "title": "岗位",
                        "x-title": "Post",
                        "type": "string",
                        "x-required-from": "shareable",
                    },
                    "since": {"title": "起", "x-title": "Since", "type": "string", "format": "date"},
                },
            },
        },
        "extensions": {
            "title": "扩展",
            "x-title": "Extensions",
            "x-group": "all",
            "type": "object",
            "properties": {"own": {"title": "自用", "x-title": "Own", "type": "string"}},
        },
    },
    "x-conditions": [
        {
            "profile": "recorded",
            "if": {"properties": {"flag": {"const": "pa"}}, "required": ["flag"]},
            "then": {"required": ["crew"]},
        }
    ],
}


def put(folder: Path, schema: dict[str, Any], version: str = "1.0") -> None:
    place = folder / "schemas" / "boat"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{version}.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (folder / "schemas" / "current.yaml").write_text('boat: "1.0"\n', encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    put(tmp_path, BOAT)
    schemas.use(tmp_path)
    yield tmp_path
    schemas.use(None)


def found(document: dict[str, Any], profile: Any = "recorded") -> list[tuple[str, str]]:
    judged = schemas.check("boat", document, profile)
    assert judged == reference.check("boat", document, profile)
    return [(one.pointer, one.rule) for one in judged]


def test_a_kind_is_read_from_another_folder() -> None:
    assert schemas.current("boat").id == "urn:cdo-catalog:standard:boat:1.0"


def test_a_property_is_demanded_from_its_profile_on() -> None:
    boat = {"name": "a", "crew": [{}]}

    demanded = {profile: found(boat, profile) for profile in ("draft", "recorded", "shareable")}

    assert demanded == {
        "draft": [],
        "recorded": [("/length", "required")],
        "shareable": [("/crew/0/post", "required"), ("/length", "required")],
    }


def test_a_condition_demands_from_its_profile_on_and_says_why() -> None:
    boat = {"name": "a", "length": 9, "flag": "pa"}

    violation = schemas.check("boat", boat, "recorded")[0]

    assert (found(boat, "draft"), found(boat)) == ([], [("/crew", "required")])
    assert describe(violation)["zh"] == "缺少「船员」（「旗帜」为 pa）。"
    assert describe(violation)["en"] == "“Crew” is missing (because “Flag” is pa)."


def test_every_violation_is_reported_at_once_in_pointer_order() -> None:
    crew = [{"post": f"p{index}"} for index in range(11)]
    crew[10]["since"] = "2026-02-30"
    crew[2]["since"] = "yesterday"

    assert found({"name": "Höchst", "length": 0, "flag": "xx", "crew": crew, "colour": "red"}) == [
        ("/colour", "unknown-property"),
        ("/crew/2/since", "format-date"),
        ("/crew/10/since", "format-date"),
        ("/flag", "enum"),
        ("/length", "minimum"),
        ("/name", "max-length"),
        ("/name", "pattern"),
    ]


def test_a_violation_carries_the_whole_enumeration_and_the_labels() -> None:
    violation = schemas.check("boat", {"name": "a", "length": 9, "flag": "xx"}, "recorded")[0]

    assert (violation.found, violation.expected) == ("xx", ["cn", "pa"])
    assert violation.values["title_en"] == "Flag"


def test_a_nested_label_tells_the_whole_trail() -> None:
    annotations = schemas.current("boat").annotations

    assert annotations.label("/crew/2/post", "zh") == "船员 3 › 岗位"


def test_extensions_stay_open() -> None:
    assert found({"name": "a", "length": 9, "extensions": {"own": "x", "other": [1]}}) == []


def test_repeated_items_are_shown() -> None:
    boat = {"name": "a", "length": 9, "crew": [{"post": "x"}, {"post": "x"}]}

    violation = schemas.check("boat", boat, "recorded")[0]

    assert (violation.rule, violation.found) == ("unique-items", [{"post": "x"}])


def test_the_end_of_a_pattern_is_the_end_of_the_text_in_both_engines() -> None:
    assert found({"name": "ab\n", "length": 9}) == [("/name", "pattern")]


def test_characters_are_counted_as_code_points_in_both_engines() -> None:
    assert found({"name": "𠮷𠮷𠮷𠮷𠮷𠮷", "length": 9}, "draft") == [
        ("/name", "max-length"),
        ("/name", "pattern"),
    ]


def test_a_compiled_schema_is_flat_closed_and_plain() -> None:
    schema = schemas.compiled("boat", "shareable")

    assert schema["additionalProperties"] is False
    assert schema["properties"]["crew"]["items"]["required"] == ["post"]
    assert "additionalProperties" not in schema["properties"]["extensions"]
    assert not {"$defs", "x-conditions"} & schema.keys()
    assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("https://example.org/length.json", "schema-ref-remote"),
        ("other.schema.json#/$defs/length", "schema-ref-remote"),
        ("#/$defs/missing", "schema-ref-missing"),
        ("#/$defs/loop", "schema-ref-cycle"),
    ],
)
def test_a_reference_out_of_the_file_is_refused(folder: Path, target: str, rule: str) -> None:
    loop = {"type": "array", "items": {"$ref": "#/$defs/loop"}}
    put(
        folder,
        BOAT | {"$defs": {"loop": loop}, "properties": {"length": {"$ref": target}}},
        version="2.0",
    )

    with pytest.raises(InvalidDocument) as refused:
        schemas.load("boat", "2.0")

    assert [one.rule for one in refused.value.violations] == [rule]


@pytest.mark.parametrize("pattern", ["^(a)\\1$", "^(?=a)a$", "^(a$"])
def test_a_pattern_that_may_backtrack_is_refused(folder: Path, pattern: str) -> None:
    put(folder, BOAT | {"properties": {"name": {"type": "string", "pattern": pattern}}}, version="2.0")

    with pytest.raises(InvalidDocument) as refused:
        schemas.check("boat", {}, "draft", "2.0")

    assert [one.rule for one in refused.value.violations] == ["schema-form"]


def test_a_nested_quantifier_takes_linear_time(folder: Path) -> None:
    put(folder, BOAT | {"properties": {"name": {"type": "string", "pattern": "^(a+)+$"}}}, version="2.0")

    assert not schemas.is_valid("boat", {"name": "a" * 50_000 + "!"}, "draft", "2.0")


def test_versions_are_ordered_by_number(folder: Path) -> None:
    put(folder, BOAT, version="1.10")
    put(folder, BOAT, version="1.9")

    assert schemas.versions("boat") == ["1.0", "1.9", "1.10"]


def test_the_digest_does_not_depend_on_layout(folder: Path) -> None:
    place = folder / "schemas" / "boat" / "1.1.schema.json"
    place.write_text(json.dumps(BOAT, indent=4, sort_keys=True).replace("\n", "\r\n"), encoding="utf-8")

    assert schemas.load("boat", "1.1").digest == schemas.current("boat").digest


@pytest.mark.parametrize(("kind", "version"), [("boat", "9.9"), ("raft", "1.0"), ("boat", "../boat/1.0")])
def test_a_standard_that_does_not_exist_is_not_found(kind: str, version: str) -> None:
    with pytest.raises(NotFound):
        schemas.load(kind, version)

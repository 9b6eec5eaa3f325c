"""Every schema file of the product may be a standard; what may not is told why."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from catalog.base.files import standards
from catalog.kinds import KINDS
from catalog.standards import schemas
from catalog.standards.candidates import candidate_violations

FILES = sorted((standards() / "schemas").glob("*/*[0-9].schema.json"))
GOOD: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:cdo-catalog:standard:dataset:1.1",
    "title": "数据资源目录",
    "x-title": "Dataset",
    "description": "说明。",
    "x-description": "About it.",
    "x-groups": [{"id": "all", "title": "全部", "x-title": "All"}],
    "type": "object",
    "properties": {
        "name": {
            "title": "名称",
            "x-title": "Name",
            "x-group": "all",
            "type": "string",
            "pattern": "^[0-9]+$",
        }
    },
}


def with_name(**keywords: Any) -> dict[str, Any]:
    schema = copy.deepcopy(GOOD)
    schema["properties"]["name"] |= {keyword.replace("_", "-"): value for keyword, value in keywords.items()}
    return schema


def slugs(schema: Any) -> list[tuple[str, str]]:
    return [(one.pointer.removeprefix("/properties/name"), one.rule) for one in candidate_violations(schema)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_schema_of_the_product_passes_as_a_candidate(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))

    assert candidate_violations(schema) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_schema_names_itself_by_its_place(path: Path) -> None:
    version = path.name.removesuffix(".schema.json")

    assert json.loads(path.read_text(encoding="utf-8"))["$id"] == (
        f"urn:cdo-catalog:standard:{path.parent.name}:{version}"
    )


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_has_a_standard_in_force(kind: str) -> None:
    assert schemas.current(kind).version in schemas.versions(kind)


def test_a_good_candidate_has_no_violations() -> None:
    assert slugs(GOOD) == []


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"pattern": "^\\d+$"}, ("/pattern", "schema-pattern-class")),
        ({"pattern": "^\\w+$"}, ("/pattern", "schema-pattern-class")),
        ({"pattern": "^(a)\\1$"}, ("/pattern", "schema-pattern-linear")),
        ({"pattern": "^(?!a)b$"}, ("/pattern", "schema-pattern-linear")),
        ({"pattern": "[0-9]"}, ("/pattern", "schema-pattern-anchor")),
        ({"format": "telephone"}, ("/format", "schema-format")),
        ({"type": "number"}, ("/type", "schema-vocabulary")),
        ({"type": "text"}, ("/type", "schema-form")),
        ({"minLength": -1}, ("/minLength", "schema-form")),
        ({"additionalProperties": False}, ("/additionalProperties", "schema-keyword")),
        ({"x_colour": "red"}, ("/x-colour", "schema-keyword")),
        ({"x_facet": "yes"}, ("/x-facet", "schema-vocabulary")),
        ({"x_required_from": "always"}, ("/x-required-from", "schema-vocabulary")),
        ({"x_ref": "boat"}, ("/x-ref", "schema-kind")),
        ({"x_group": "none"}, ("/x-group", "schema-group")),
        ({"description": "只有中文"}, ("/x-description", "schema-title")),
    ],
)
def test_what_a_candidate_may_not_say_is_named(keywords: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in slugs(with_name(**keywords))


def test_a_property_without_a_label_is_named() -> None:
    schema = copy.deepcopy(GOOD)
    del schema["properties"]["name"]["title"], schema["properties"]["name"]["x-title"]

    assert slugs(schema) == [("/title", "schema-title")]


def test_a_remote_reference_is_named_with_its_place() -> None:
    schema = with_name()
    schema["properties"]["name"]["$ref"] = "https://example.org/name.json"

    assert slugs(schema) == [("/$ref", "schema-ref-remote")]


@pytest.mark.parametrize("schema", [[], "object", 7, None])
def test_what_is_no_schema_object_is_refused(schema: Any) -> None:
    assert candidate_violations(schema) != []

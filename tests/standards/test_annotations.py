"""What the extractors find in a document, and what the public sees of it."""

from __future__ import annotations

from typing import Any

from catalog.standards.annotations import Annotations

TEXT = {"type": "string"}
CODES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "scheme": TEXT,
            "code": TEXT | {"x-alias": "code"},
            "valid_from": TEXT,
            "valid_until": TEXT,
        },
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": TEXT | {"title": "名称", "x-title": "Name", "x-search": {"weight": "name"}},
        "aliases": {"type": "array", "items": TEXT | {"x-search": {"weight": "synonym"}}},
        "official_codes": CODES,
        "credit_code": TEXT | {"x-alias": "code"},
        "valid_from": TEXT,
        "former_names": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": TEXT | {"x-alias": "former-name"}, "until": TEXT},
            },
        },
        "department": TEXT | {"x-ref": "department"},
        "systems": {"type": "array", "title": "系统", "items": TEXT | {"x-ref": "system"}},
        "share": {
            "type": "object",
            "properties": {
                "class": TEXT | {"x-code-list": "CL0101", "x-facet": True},
                "ways": {"type": "array", "items": TEXT | {"x-code-list": "CL0102", "x-facet": True}},
            },
        },
        "fields": {
            "type": "array",
            "title": "数据项",
            "x-title": "Field",
            "items": {
                "type": "object",
                "properties": {
                    "element": TEXT | {"title": "数据元", "x-title": "Data element", "x-ref": "data-element"},
                    "note": TEXT | {"x-visibility": "internal", "x-search": {"weight": "text"}},
                },
            },
        },
        "open": {"type": "boolean", "x-facet": True},
        "contact": TEXT | {"x-ref": "person", "x-visibility": "internal"},
        "approval": {
            "type": "object",
            "x-visibility": "internal",
            "properties": {"person": TEXT | {"x-ref": "person"}},
        },
    },
}
ANNOTATIONS = Annotations(SCHEMA)


def test_references_carry_pointer_and_relation_and_leave_people_out() -> None:
    document = {
        "department": "DP0001",
        "systems": ["SY0001", "SY0002"],
        "fields": [{"note": "x"}, {"element": "DE00001"}],
        "contact": "PN-0",
    }

    assert ANNOTATIONS.references(document) == [
        ("/department", "department", "department", "DP0001"),
        ("/systems/0", "systems", "system", "SY0001"),
        ("/systems/1", "systems", "system", "SY0002"),
        ("/fields/1/element", "element", "data-element", "DE00001"),
    ]


def test_people_are_found_wherever_they_stand() -> None:
    assert ANNOTATIONS.people({"contact": "PN-0", "approval": {"person": "PN-1"}}) == ["PN-0", "PN-1"]


def test_codes_carry_their_list() -> None:
    document = {"share": {"class": "1", "ways": ["1", "3"]}}

    assert ANNOTATIONS.coded(document) == [
        ("/share/class", "CL0101", "1"),
        ("/share/ways/0", "CL0102", "1"),
        ("/share/ways/1", "CL0102", "3"),
    ]


def test_facets_hold_each_value_once_under_its_own_name() -> None:
    document = {"open": True, "share": {"class": "1", "ways": ["1", "1"]}}

    assert ANNOTATIONS.facets(document) == {"class": ["1"], "ways": ["1"], "open": ["true"]}


def test_searchable_texts_say_whether_they_are_internal() -> None:
    document = {"name": "甲", "aliases": ["乙"], "fields": [{"note": "丙"}]}

    assert ANNOTATIONS.searchable(document) == [
        ("name", "甲", False),
        ("synonym", "乙", False),
        ("text", "丙", True),
    ]


def test_aliases_take_scheme_and_validity_from_their_row_only() -> None:
    document = {
        "valid_from": "2020-01-01",
        "credit_code": "91",
        "official_codes": [{"scheme": "GD", "code": "7", "valid_from": "2021-01-01"}],
        "former_names": [{"name": "旧名", "until": "2019-12-31"}],
    }

    assert ANNOTATIONS.aliases(document) == [
        ("GD", "7", "2021-01-01", None),
        ("credit_code", "91", None, None),
        ("former-name", "旧名", None, "2019-12-31"),
    ]


def test_the_public_document_is_the_same_object_where_nothing_is_internal() -> None:
    document = {"name": "甲", "fields": [{"element": "DE00001"}]}

    assert ANNOTATIONS.public(document) is document


def test_the_public_document_lacks_internal_fields_and_the_document_keeps_them() -> None:
    document = {"name": "甲", "fields": [{"element": "DE00001", "note": "x"}], "approval": {"person": "PN-1"}}

    assert ANNOTATIONS.public(document) == {"name": "甲", "fields": [{"element": "DE00001"}]}
    assert document["fields"][0]["note"] == "x"


def test_a_value_of_another_type_is_passed_over() -> None:
    document = {"department": 7, "systems": "SY0001", "fields": ["DE00001", {"note": {}}], "share": []}

    extracted = (ANNOTATIONS.references(document), ANNOTATIONS.coded(document), ANNOTATIONS.people(document))

    assert extracted == ([], [], [])


def test_a_list_of_plain_values_is_one_field_with_its_items_annotations() -> None:
    field = ANNOTATIONS.by_pattern["/systems"]

    assert (field.ref, field.type, field.children) == ("system", "array", ())


def test_what_stands_inside_an_internal_property_is_internal() -> None:
    assert ANNOTATIONS.by_pattern["/approval/person"].internal


def test_a_label_counts_items_from_one() -> None:
    labels = [ANNOTATIONS.label(place, "zh") for place in ("/fields/2/element", "/systems/0", "/odd/1")]

    assert labels == ["数据项 3 › 数据元", "系统 1", "odd 2"]

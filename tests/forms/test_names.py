"""A document becomes the controls of a form and comes back the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.base import files
from catalog.forms.names import control_id, filled, to_document, to_form
from catalog.kinds import KINDS
from catalog.standards import schemas

DATASET = schemas.current("dataset").annotations


def suite(kind: str) -> list[Any]:
    folder = files.standards() / "suite" / kind / "valid"
    return [pytest.param(kind, path, id=f"{kind}-{path.stem}") for path in sorted(folder.glob("*.json"))]


@pytest.mark.parametrize(("kind", "path"), [case for kind in KINDS for case in suite(kind.name)])
def test_every_valid_document_comes_back_from_its_form(kind: str, path: Path) -> None:
    document = orjson.loads(path.read_bytes())["document"]
    annotations = schemas.current(kind).annotations

    again = to_document(to_form(document, annotations), annotations)

    assert again == (filled(document) or {})


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
rows = st.fixed_dictionaries(
    {"name": texts}, optional={"required": st.booleans(), "general_level": st.integers(1, 4)}
)


@given(st.lists(rows, min_size=1), st.lists(texts, min_size=1), st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), texts | st.booleans() | st.integers(0, 99)))  # fmt: skip
def test_rows_lists_and_extensions_of_any_text_come_back(
    fields: list[dict[str, Any]], keywords: list[str], own: dict[str, Any]
) -> None:
    document: dict[str, Any] = {"fields": fields, "keywords": keywords} | ({"extensions": own} if own else {})

    assert to_document(to_form(document, DATASET), DATASET) == document


@given(st.permutations([7, 2, 5]))
def test_rows_stand_in_the_order_of_the_form_whatever_their_numbers(numbers: list[int]) -> None:
    pairs = [(f"/fields/{number}/name", f"甲{number}") for number in numbers]

    assert [row["name"] for row in to_document(pairs, DATASET)["fields"]] == [f"甲{n}" for n in numbers]


def test_what_is_no_number_stays_as_it_was_typed() -> None:
    pairs = [("/record_count", "很多"), ("/fields/0/general_level", "３ "), ("/fields/0/name", " 甲\r\n")]

    assert to_document(pairs, DATASET) == {
        "record_count": "很多",
        "fields": [{"general_level": 3, "name": "甲"}],
    }


def test_unknown_and_contradicting_names_are_passed_over() -> None:
    pairs = [("/nothing/here", "1"), ("csrf", "x"), ("/share", "x"), ("/share/class", "01"), ("/name/x", "1")]

    assert to_document(pairs, DATASET) == {}


def test_the_id_of_a_control_follows_from_its_pointer() -> None:
    assert control_id("/fields/0/element") == "f-fields-0-element"

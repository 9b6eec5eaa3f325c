"""How complete a document is: what is expected, what is missing, where to go."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from catalog.datasets.wording import sentence
from catalog.kinds import KINDS
from catalog.standards import schemas
from catalog.standards.completeness import completeness
from tests import factories


@pytest.fixture
def dataset() -> dict[str, Any]:
    """A dataset with everything that is expected."""
    made = factories.document("dataset")
    found = completeness("dataset", made, schemas.current("dataset").annotations)
    for gap in found.missing:
        _put(made, gap.field.path, made.get("name", "x"))
    return made


def _put(holder: Any, path: tuple[str, ...], value: Any) -> None:
    name, *rest = path
    if name == "*":
        for row in holder:
            _put(row, tuple(rest), value)
    elif rest:
        _put(holder[name], tuple(rest), value)
    else:
        holder.setdefault(name, value)


def judged(document: dict[str, Any], kind: str = "dataset") -> Any:
    return completeness(kind, document, schemas.current(kind).annotations)


def test_a_whole_dataset_has_a_hundred_and_nothing_missing(dataset: dict[str, Any]) -> None:
    found = judged(dataset)

    assert (found.percent, list(found.missing)) == (100, [])


@pytest.mark.parametrize(
    ("path", "pointer", "need"),
    [
        ("summary", "/summary", "required"),
        ("update_cycle", "/update_cycle", "required"),
        ("contact_post", "/contact_post", "recommended"),
        ("retention", "/retention", "recommended"),
        ("record_count", "/record_count", "recommended"),
    ],
)
def test_what_is_taken_away_is_the_one_thing_missing(
    dataset: dict[str, Any], path: str, pointer: str, need: str
) -> None:
    del dataset[path]

    (gap,) = judged(dataset).missing

    assert (gap.pointer, gap.need, gap.rows) == (pointer, need, 0)
    assert gap.anchor == f"f-{path}"


def test_a_value_missing_in_one_row_is_counted_by_its_rows(dataset: dict[str, Any]) -> None:
    dataset["fields"] = [copy.deepcopy(dataset["fields"][0]) | {"name": f"项{n}"} for n in range(4)]
    del dataset["fields"][2]["element"]

    found = judged(dataset)

    (gap,) = found.missing
    assert (gap.pointer, gap.rows, gap.of, list(gap.named)) == ("/fields/2/element", 1, 4, ["项2"])
    assert found.percent == 99
    assert "项2" in sentence(gap, "zh")


def test_a_service_is_expected_only_where_data_are_shared_by_interface(dataset: dict[str, Any]) -> None:
    dataset.pop("services", None)
    dataset["share"]["ways"] = ["2"]
    assert list(judged(dataset).missing) == []

    dataset["share"]["ways"] = ["1", "2"]

    assert [gap.pointer for gap in judged(dataset).missing] == ["/services"]


def test_required_things_come_first(dataset: dict[str, Any]) -> None:
    del dataset["contact_post"], dataset["summary"]

    assert [gap.need for gap in judged(dataset).missing] == ["required", "recommended"]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_nothing_internal_is_ever_asked_for_and_an_empty_document_has_zero(kind: str) -> None:
    found = judged({}, kind)

    assert found.percent == 0
    assert found.missing
    assert not any(gap.field.internal for gap in found.missing)

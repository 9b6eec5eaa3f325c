"""With the desk on, every way in leads to a proposal: the API says where, uploads and forms open one."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from catalog.forms.names import to_form
from catalog.runtime import Runtime
from catalog.standards import schemas
from tests import factories
from tests.forms.browser import fields
from tests.imports import door
from tests.imports.door import House


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    runtime.settings = runtime.settings.model_copy(update={"desk": "on"})
    with door.opened(runtime) as made:
        yield made


def documents(*names: str) -> list[dict[str, object]]:
    made = [factories.document("dataset", name) | {"department": "DP0011"} for name in names]
    for one in made:
        one.pop("provider_code", None)
    return made


def test_a_workbook_of_many_rows_is_one_proposal(house: House) -> None:
    renshe = house.visitor("renshe")
    rows = documents("（甲）", "（乙）", "（丙）")
    address = renshe.bring("三行.jsonl", b"\n".join(orjson.dumps(row) for row in rows), kind="dataset")
    assert renshe.counts(address)["created"] == 3

    handed = renshe.post(f"{address}/submit", note="首批目录")

    assert handed.status_code == 303
    number = handed.headers["location"].rpartition("/")[2]
    assert number.startswith("CP")
    page = renshe.page(f"/cases/{number}")
    assert all(str(row["name"]) in page for row in rows)
    assert "首批目录" in page
    assert renshe.post(f"{address}/submit", note="再来").status_code == 409


def test_a_case_verb_says_where_a_proposal_is_opened(house: House) -> None:
    renshe = house.visitor("renshe")
    (row,) = documents("（直）")

    refused = renshe.client.post(
        "/api/v1/datasets", json=row, params={"note": "直接登记"}, headers={"x-csrf": renshe.csrf}
    )

    assert refused.status_code == 409, refused.text
    assert refused.json()["type"] == "/problems/case-required"
    assert refused.json()["expected"] == "/api/v1/cases/proposals"


def test_a_form_that_is_handed_over_becomes_a_proposal(house: House) -> None:
    renshe = house.visitor("renshe")
    (row,) = documents("（表单）")
    beside = [
        pair for pair in fields(renshe.page("/datasets/new"))
        if not pair[0].startswith("/") and pair[0] not in ("reason", "_act")
    ]  # fmt: skip
    pairs = [
        *beside,
        *to_form(row, schemas.current("dataset").annotations),
        ("reason", "新增"),
        ("_act", "submit"),
    ]
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)

    handed = renshe.client.post("/datasets/new", data=data, headers={"accept": "text/html"})

    assert handed.status_code == 303, handed.text[:500]
    assert handed.headers["location"].startswith("/cases/CP")
    assert str(row["name"]) in renshe.page(handed.headers["location"])

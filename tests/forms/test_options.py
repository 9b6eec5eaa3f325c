"""What a picker offers, over HTTP: departments, codes, records, people, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.base.documents import Document
from catalog.registry.prepare import Incoming
from tests import factories
from tests.desk import Desk


def offered(desk: Desk, path: str, by: str | None = "keeper") -> list[dict[str, Any]]:
    answer = desk.send("GET", path, by=by, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def department(desk: Desk, **more: Any) -> Document:
    document = desk.draft("department") | {"name": "白云区试验旧事务局", "short_name": "试旧局"} | more
    factories.enter(desk.runtime, Incoming("department", document))
    return document


def test_departments_stand_in_their_official_sequence(desk: Desk) -> None:
    rows = desk.get("/api/v1/departments?limit=200")["items"]
    order = sorted(
        (row for row in rows if row["status"] == "active"),
        key=lambda row: (row["document"].get("sequence") or 10**6, row["identifier"]),
    )

    found = [one["value"] for one in offered(desk, "/options/department")]

    assert found == [row["identifier"] for row in order]


@pytest.mark.parametrize("sought", ["民政", "mzj", "minzheng", "gzsbyqmzj", "DP0008"])
def test_a_department_is_found_by_name_pinyin_initials_and_identifier(desk: Desk, sought: str) -> None:
    assert "DP0008" in [one["value"] for one in offered(desk, f"/options/department?q={sought}")]


def test_the_initials_of_the_district_find_its_departments(desk: Desk) -> None:
    found = offered(desk, "/options/department?q=gzsbyq")

    assert found
    assert all("白云区" in one["label"] for one in found)


def test_a_department_is_found_by_its_former_and_its_short_name(desk: Desk) -> None:
    former = [{"name": "白云区试验更旧事务局", "until": "2019-01-01"}]
    department(desk, former_names=former)

    for sought in ("更旧事务局", "试旧局", "sjj"):
        labels = [one["label"] for one in offered(desk, f"/options/department?q={sought}")]
        assert "白云区试验旧事务局" in labels, sought


def test_a_code_is_offered_with_its_path(desk: Desk) -> None:
    found = offered(desk, "/options/code/CL0001?q=gzsbyq")

    assert found[0] | {"status": "", "note": ""} == {
        "value": "440111", "label": "白云区", "path": ["广东省", "广州市"], "status": "", "note": "",
    }  # fmt: skip


@pytest.mark.parametrize("sought", ["女", "nv", "2"])
def test_a_code_is_found_by_label_pinyin_and_code(desk: Desk, sought: str) -> None:
    assert "2" in [one["value"] for one in offered(desk, f"/options/code/CL0002?q={sought}")]


def test_a_revised_list_is_offered_as_it_is_now(desk: Desk) -> None:
    made = desk.fresh("code-list", name="试验状态代码", codes=[{"code": "1", "label": "旧状态"}])
    assert [one["label"] for one in offered(desk, f"/options/code/{made.identifier}")] == ["旧状态"]

    changed = made.document | {"codes": [*made.document["codes"], {"code": "2", "label": "新状态"}]}
    answer = desk.write("PUT", made.path, etag=made.etag, json=changed)
    assert answer.status_code == 200, answer.text

    assert [one["label"] for one in offered(desk, f"/options/code/{made.identifier}?q=xzt")] == ["新状态"]


def test_an_english_reader_gets_english_labels(desk: Desk) -> None:
    answer = desk.send(
        "GET", "/options/code/CL0002?q=2", headers={"accept": "application/json", "accept-language": "en"}
    )

    assert "Female" in [one["label"] for one in answer.json()["items"]]


def test_the_page_gets_a_fragment_of_options(desk: Desk) -> None:
    answer = desk.send("GET", "/options/code/CL0002?q=女", headers={"accept": "text/html"})

    assert '<li role="option" data-value="2" data-label="女性">' in answer.text
    assert "<html" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_data_element_is_found_by_its_short_name_and_its_pinyin(desk: Desk) -> None:
    for sought in ("公民身份号码", "gmsfhm"):
        assert "DE00001" in [one["value"] for one in offered(desk, f"/options/data-element?q={sought}")]


def test_what_is_no_kind_and_no_list_is_not_found(desk: Desk) -> None:
    for path in ("/options/nothing", "/options/code/CL9999"):
        assert desk.send("GET", path, headers={"accept": "application/json"}).status_code == 404


def test_names_of_people_are_for_those_who_fill_records_that_name_people(desk: Desk) -> None:
    found = offered(desk, "/options/person?q=vendor")

    assert [one["label"] for one in found] == ["vendor（示例）"]
    refused = {
        by: desk.send("GET", "/options/person?q=keeper", by=by)
        for by in (None, "reader", "vendor", "auditor")
    }
    assert {by: answer.status_code for by, answer in refused.items()} == {
        None: 401, "reader": 403, "vendor": 403, "auditor": 403,
    }  # fmt: skip
    assert not any("示例" in answer.text for answer in refused.values())


@pytest.mark.parametrize("kind", ["department", "system", "dataset", "sharing-agreement", "appointment"])
def test_a_reader_who_is_not_signed_in_learns_of_nothing_but_standards(desk: Desk, kind: str) -> None:
    answer = desk.send("GET", f"/options/{kind}?q=", by=None, headers={"accept": "application/json"})

    assert answer.status_code == 401
    assert "白云" not in answer.text
    assert offered(desk, "/options/data-element?q=gmsfhm", by=None)

"""What a form says while somebody types, over HTTP, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import factories
from tests.desk import Desk

JSON = {"accept": "application/json"}


def asked(desk: Desk, path: str, *, by: str | None = "keeper", **query: str) -> Any:
    answer = desk.send("GET", path, by=by, params=query, headers=JSON)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def page(desk: Desk) -> Iterator[tuple[httpx.Client, str]]:
    """A browser's session of the keeper, and its secret."""
    with httpx.Client(base_url=desk.client.base_url, timeout=30, headers={"accept": "text/html"}) as client:
        client.post("/sign-in", data={"login": "keeper", "password": factories.PASSWORD})
        form = client.get("/datasets/new").text
        yield client, form.partition('name="csrf" value="')[2].partition('"')[0]


def test_a_name_that_is_there_already_is_told_with_its_address(desk: Desk) -> None:
    found = asked(desk, "/live/name", kind="data-element", name="公民身份号码")["items"]

    assert (found[0]["identifier"], found[0]["same"], found[0]["href"]) == (
        "DE00001",
        True,
        "/data-elements/DE00001",
    )
    others = asked(desk, "/live/name", kind="data-element", name="公民身份号码", identifier="DE00001")[
        "items"
    ]
    assert not any(one["same"] for one in others)
    assert asked(desk, "/live/name", kind="data-element", name="")["items"] == []


def test_the_fragment_of_a_name_leads_to_the_other(desk: Desk) -> None:
    answer = desk.send(
        "GET", "/live/name?kind=data-element&name=公民身份号码", headers={"accept": "text/html"}
    )

    assert 'href="/data-elements/DE00001"' in answer.text


@pytest.mark.parametrize(
    ("value", "severity", "part"),
    [
        ("an..18", "sound", "最多 18 位"),
        ("varchar(20)", "error", "an..20"),
        ("", "", ""),
        ("随便", "error", "规范"),
    ],
)
def test_a_format_is_said_in_a_sentence(desk: Desk, value: str, severity: str, part: str) -> None:
    found = asked(desk, "/live/format", value=value)

    assert found["severity"] == severity
    assert part in found["said"]


def test_a_format_that_does_not_go_with_its_type_is_told(desk: Desk) -> None:
    assert asked(desk, "/live/format", value="YYYYMMDD", type="date")["severity"] == "sound"
    assert asked(desk, "/live/format", value="YYYYMMDD", type="boolean")["severity"] == "warning"


@pytest.mark.parametrize(
    ("query", "severity", "part"),
    [
        ({"type": "enumerated", "code_list": "CL0002"}, "sound", "2 女性"),
        ({"type": "enumerated", "code_list": "CL9999"}, "error", "CL9999"),
        ({"type": "enumerated"}, "wait", "请选择"),
        ({"type": "referenced", "standard": "GB/T 2261.1"}, "sound", "GB/T 2261.1"),
        ({"type": "ruled", "rule": "大于零"}, "sound", "大于零"),
        ({"type": "free", "format": "an..18", "minimum": "1", "maximum": "9"}, "sound", "不小于 1，不大于 9"),
        ({"type": "free", "minimum": "9", "maximum": "1"}, "error", "大于最大值"),
        ({}, "", ""),
    ],
)
def test_a_value_domain_is_said_in_a_sentence(
    desk: Desk, query: dict[str, str], severity: str, part: str
) -> None:
    found = asked(desk, "/live/value-domain", **query)

    assert found["severity"] == severity
    assert part in found["said"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"name": "公民身份号码"}, "同名"),
        ({"name": "身份证号"}, "同义词「身份证号」"),
        ({"name": "证件", "column": "SFZH"}, "拼音首字母"),
        ({"name": "证", "comment": "身份证号（18 位）"}, "同义词"),
    ],
)
def test_an_element_is_suggested_with_its_reason(desk: Desk, query: dict[str, str], reason: str) -> None:
    found = asked(desk, "/live/element", **query)["items"]

    assert found[0]["identifier"] == "DE00001"
    assert reason in found[0]["reasons"]
    assert len(found) <= 3


def test_a_new_element_is_suggested_at_once(desk: Desk) -> None:
    assert asked(desk, "/live/element", name="试验羽毛颜色")["items"] == []
    made = desk.fresh("data-element", name="试验羽毛颜色", synonyms=["羽毛之色"])

    found = asked(desk, "/live/element", name="羽毛之色")["items"]

    assert [one["identifier"] for one in found] == [made.identifier]


def test_a_form_is_judged_as_registering_would_judge_it(page: tuple[httpx.Client, str]) -> None:
    client, csrf = page
    form = {"/name": "试验表单", "/fields/7/name": "公民身份号码"}

    answer = client.post("/live/check?kind=dataset", data=form, headers={"x-csrf": csrf} | JSON)

    assert answer.status_code == 200, answer.text
    found = {one["pointer"]: one for one in answer.json()["items"]}
    assert found["/fields/0/data_type"]["control"] == "f-fields-0-data_type"
    assert found["/fields/0/data_type"]["severity"] == "error"
    assert "/department" in found
    assert "/name" not in found


def test_a_form_of_another_site_is_not_judged(page: tuple[httpx.Client, str], desk: Desk) -> None:
    client, _ = page

    assert client.post("/live/check?kind=dataset", data={"/name": "x"}).status_code == 403
    assert (
        desk.send("POST", "/live/check?kind=dataset", by=None, data={"/name": "x"}, headers=JSON).status_code
        == 401
    )
    assert (
        desk.send(
            "POST", "/live/check?kind=dataset", by="reader", data={"/name": "x"}, headers=JSON
        ).status_code
        == 403
    )


def test_nobody_learns_by_a_name_of_what_he_may_not_know(desk: Desk) -> None:
    held = desk.fresh("dataset", name="泄露试验之名")
    desk.runtime.index.wait_for(desk.last(), 10)

    theirs = desk.send("GET", "/live/name?kind=dataset&name=泄露试验之名", by=None, headers=JSON)
    mine = asked(desk, "/live/name", kind="dataset", name="泄露试验之名", by="reader")["items"]

    assert theirs.status_code == 401
    assert held.identifier not in theirs.text
    assert [one["identifier"] for one in mine] == [held.identifier]


def test_the_words_of_the_scripts_are_in_the_readers_language(desk: Desk) -> None:
    said = {
        language: desk.send("GET", "/live/words", headers=JSON | {"accept-language": language}).json()
        for language in ("zh-CN", "en")
    }

    assert said["zh-CN"]["live.grid-undo"] == "撤销"
    assert said["en"]["live.left"] == "{n} characters left"
    assert said["zh-CN"].keys() == said["en"].keys()

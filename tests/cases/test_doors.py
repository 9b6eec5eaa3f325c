"""The desk over HTTP: API and pages do the same; the inbox says what waits for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from catalog.cases.inbox import count, inbox, late_by
from catalog.cases.models import Case
from catalog.standards.lifecycles import TYPES
from tests import factories
from tests.cases.people import somebody
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in

ASSESSED = {"result": "通过", "on": "2026-09-01"}
FULL = {"summary": "新增目录", "secrecy_assessment": ASSESSED, "privacy_assessment": ASSESSED}


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    colleague(desk, "officer", "data_officer", "DP0008")
    colleague(desk, "head", "department_head", "DP0008")
    colleague(desk, "bureau", "authority", None)
    colleague(desk, "stranger", "data_officer", "DP0021")
    return desk


@pytest.fixture
def officer(office: Desk) -> Iterator[httpx.Client]:
    with signed_in(office, "officer") as client:
        yield client


def opened(desk: Desk, number: str, **more: Any) -> tuple[str, str]:
    body = {"changes": [{"kind": "dataset", "document": factories.document("dataset", number)}]} | more
    answer = desk.send("POST", "/api/v1/cases/proposals", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["number"], answer.headers["etag"]


def press(client: httpx.Client, number: str, act: str, **typed: str) -> httpx.Response:
    page = client.get(f"/cases/{number}")
    assert page.status_code == 200, page.text
    found = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]  # type: ignore[index]
        for name in ("csrf", "seq")
    }
    return client.post(f"/cases/{number}", data=found | {"act": act} | typed)


def test_a_case_is_read_changed_and_refused_by_its_etag(office: Desk) -> None:
    number, etag = opened(office, "（接口）")

    stale = office.send("PATCH", f"/api/v1/cases/{number}", etag='"1-case"', json=FULL)
    bare = office.send("PATCH", f"/api/v1/cases/{number}", json=FULL)
    done = office.send("PATCH", f"/api/v1/cases/{number}", etag=etag, json=FULL)
    illegal = office.send("POST", f"/api/v1/cases/{number}/approve", etag=done.headers["etag"], json={})

    assert (stale.status_code, bare.status_code, done.status_code) == (409, 428, 200)
    assert [one["verb"] for one in stale.json()["found"]] == ["case.opened"]
    assert illegal.status_code == 409
    assert illegal.json()["possible"] == ["submit", "withdraw"]


def test_the_plan_of_a_proposal_cannot_be_written_past_its_door(office: Desk) -> None:
    number, etag = opened(office, "（后门）")

    forged = office.send("PATCH", f"/api/v1/cases/{number}", etag=etag, json={"changes": []})

    assert forged.status_code == 403


def test_a_proposal_goes_from_draft_to_the_register_by_pages(office: Desk, officer: httpx.Client) -> None:
    number, _ = opened(office, "（页面）")
    typed = {
        f"{part}.{name}": value
        for part in ("secrecy_assessment", "privacy_assessment")
        for name, value in ASSESSED.items()
    }
    press(officer, number, "save", summary="新增目录", **typed)
    sent = press(officer, number, "do:submit")
    assert "待本部门负责人同意" in sent.text, sent.text[:3000]
    with signed_in(office, "head") as head:
        assert number in head.get("/inbox").text
        press(head, number, "do:consent")
    with signed_in(office, "bureau") as bureau:
        assert number in bureau.get("/inbox").text
        press(bureau, number, "comment", text="请核对岗位", pointer="/changes/0/contact_post")
        ended = press(bureau, number, "do:approve")

    assert "已批准并登记" in ended.text
    assert "请核对岗位" in ended.text
    assert number not in officer.get("/inbox?box=department").text


def test_strangers_learn_nothing(office: Desk) -> None:
    number, _ = opened(office, "（生人）")

    with signed_in(office, "stranger") as stranger:
        assert stranger.get(f"/cases/{number}").status_code == 404
        assert number not in stranger.get("/inbox?box=department").text
    assert office.send("GET", f"/api/v1/cases/{number}", by=None).status_code == 401


def test_the_inbox_pages_through_everything_once(office: Desk) -> None:
    numbers = {opened(office, f"（页{n}）")[0] for n in range(5)}
    me = somebody("data_officer", "DP0008")
    with office.runtime.database.reading() as session:
        whole, _ = inbox(session, me, box="mine", on="2026-09-30", limit=1000)
        found, after = [], ""
        while True:
            rows, after = inbox(session, me, box="mine", on="2026-09-30", limit=2, after=after)
            found += [row.number for row in rows]
            if not after:
                break
        total = count(session, me)

    assert found == [row.number for row in whole]
    assert numbers <= set(found)
    assert total == len(found)


def test_the_inbox_shows_one_type_or_one_department(office: Desk, officer: httpx.Client) -> None:
    number, _ = opened(office, "（筛选）")
    here = officer.get("/inbox?box=department&type=proposal&department=DP0008").text
    elsewhere = officer.get("/inbox?box=department&type=dispute").text
    items = [
        {one["number"] for one in office.get(f"/api/v1/inbox?box=mine&{query}")["items"]}
        for query in ("type=proposal", "type=dispute", "department=DP0008", "department=DP0045")
    ]

    assert number in here
    assert '<option value="proposal" selected>' in here
    assert "没有符合条件的事项" in elsewhere
    assert [number in one for one in items] == [True, False, True, False]


def test_what_is_late_is_told_by_department(office: Desk) -> None:
    number, _ = opened(office, "（超期）")
    two = replace(somebody("data_officer", "DP0008"), reach={"data_officer": frozenset({"DP0008", "DP0045"})})
    with office.runtime.database.writing() as session:
        case = session.get(Case, number)
        assert case
        case.sort_on = case.due_on = "2026-01-05"
        session.flush()
        assert late_by(session, two, on="2026-09-30") == [("DP0008", 1)]
        assert late_by(session, somebody("data_officer", "DP0045"), on="2026-09-30") == []
        case.sort_on, case.due_on = "9999-12-31", None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_lifecycles_are_drawn_with_a_table_beside(office: Desk, language: str) -> None:
    page = office.client.get(f"/help/lifecycles?lang={language}", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert page.text.count('<svg class="life"') == len(TYPES)
    assert page.text.count("<caption") == len(TYPES)
    assert "style=" not in page.text


def test_the_inbox_speaks_english(officer: httpx.Client) -> None:
    page = officer.get("/inbox?lang=en")

    assert "Waits for me" in page.text

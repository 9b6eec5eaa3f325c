"""Decisions over HTTP: who may ask about whom, bad questions, the reverse, the ends of an agreement, the past."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.types import Message, Scope

from catalog.base import clock
from catalog.base.errors import Malformed
from catalog.entitlements import hot
from tests.desk import Desk
from tests.factories import ANCHORS

ADDRESS = "/api/v1/decisions"
CONSUMER, DATASET, AGREEMENT = "DP0011", ANCHORS["dataset"], ANCHORS["sharing-agreement"]
GRANTED, SERVED, LEFT_OUT = "公民身份号码", "婚姻状况代码", "姓名"


def question(*fields: str, **more: Any) -> dict[str, Any]:
    items = [{"dataset": DATASET, "field": field} for field in fields or (GRANTED,)]
    return {"consumer": CONSUMER, "purpose": "P01", "items": items} | more


def decided(desk: Desk, asked: dict[str, Any], *, by: str = "keeper") -> Any:
    answer = desk.send("POST", ADDRESS, by=by, json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(item: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in item["reasons"]]


def test_a_permit_and_a_denial_stand_side_by_side(desk: Desk) -> None:
    said = decided(desk, question(GRANTED, LEFT_OUT, way="1"))

    permit, denial = said["items"]
    assert said["effect"] == "partial"
    assert (permit["effect"], permit["agreement"], permit["clause"]) == ("permit", AGREEMENT, "2.1")
    assert {"type": "mask", "detail": "keep_ends"} in permit["obligations"]
    assert permit["valid_until"] == "2028-03-31"
    assert (denial["effect"], codes(denial)) == ("deny", ["field-not-agreed"])
    assert all(denial["reasons"][0][name] for name in ("zh", "en", "next_zh", "next_en"))


def test_a_permit_names_the_service_but_nothing_internal(desk: Desk) -> None:
    answer = desk.send("POST", ADDRESS, json=question(SERVED, GRANTED))

    served, other = answer.json()["items"]
    assert served["services"][0]["interface_number"] == "GD-440111-MZ-0007"
    assert "GD-440111-MZ-0007" in served["services"][0]["key_zh"]
    assert "services" not in other
    assert "10.44.11.7" not in answer.text and "PN-" not in answer.text


@pytest.mark.parametrize(
    ("by", "consumer", "status"),
    [
        (None, CONSUMER, 401), ("reader", CONSUMER, 403), ("reader", "DP0009", 200), ("auditor", CONSUMER, 200),
        ("keeper", CONSUMER, 200), ("vendor", "DP0008", 200), ("vendor", CONSUMER, 403),
    ],
)  # fmt: skip
def test_one_asks_about_ones_own_departments(desk: Desk, by: str | None, consumer: str, status: int) -> None:
    answers = [
        desk.send("POST", ADDRESS, by=by, json=question() | {"consumer": consumer}),
        desk.send("GET", f"{ADDRESS}:permitted", by=by, params={"consumer": consumer, "purpose": "P01"}),
    ]

    assert [answer.status_code for answer in answers] == [status, status]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ([], "#"),
        ({}, "#/consumer"),
        (question(consumer=1), "#/consumer"),
        (question(purpose=""), "#/purpose"),
        (question(items=[]), "#/items"),
        (question(items=[{}]), "#/items/0"),
        (question(items=[{"dataset": DATASET}]), "#/items/0"),
        (question(items=[{"element": "DE00001", "field": "a"}]), "#/items/0"),
        (question(items=[{"element": ["DE00001"]}]), "#/items/0"),
        (question(items=[{"element": "DE00001"}] * 1001), "#/items"),
        (question(at="tomorrow"), "#/at"),
        (question(at="2000-01-01"), "#/at"),
        (question(at=5), "#/at"),
        (question(when="2026-01-01"), "#/when"),
    ],
)
def test_a_question_that_is_none_is_refused_where_it_is_wrong(desk: Desk, asked: Any, pointer: str) -> None:
    answer = desk.send("POST", ADDRESS, json=asked)

    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["violations"]]


def test_a_thousand_items_are_decided_at_once(desk: Desk) -> None:
    said = decided(desk, question(*[GRANTED] * 1000))

    assert said["effect"] == "permit" and len(said["items"]) == 1000


def test_a_day_to_come_is_answered_by_what_holds_today(desk: Desk) -> None:
    said = decided(desk, question(at="2028-04-01"))

    assert said["provisional"] and codes(said["items"][0]) == ["agreement-expired"]


def test_the_reverse_questions_agree_with_the_decision(desk: Desk) -> None:
    mine = desk.get(f"{ADDRESS}:permitted?consumer={CONSUMER}&purpose=P01")
    theirs = desk.get(f"{ADDRESS}:consumers?element=DE00001")

    assert {(one["dataset"], one["field"]) for one in mine["items"]} == {
        (DATASET, field) for field in (GRANTED, SERVED, "登记日期")
    }
    assert {(one["consumer"], one["purpose"], one["field"]) for one in theirs["items"]} == {
        (CONSUMER, "P01", GRANTED), (CONSUMER, "P04", GRANTED),
    }  # fmt: skip
    assert desk.get(f"{ADDRESS}:consumers?element=DE00001", by="reader")["total"] == 0
    assert (
        desk.get(f"{ADDRESS}:consumers?element=DE00001", by="vendor")["total"] == 2
    )  # its department provides
    assert desk.send("GET", f"{ADDRESS}:consumers?element=DE00001", by=None).status_code == 401
    assert desk.send("GET", f"{ADDRESS}:permitted?consumer={CONSUMER}").status_code == 422


def test_a_suspension_denies_at_once_and_the_past_stays_what_it_was(desk: Desk) -> None:
    path = f"/api/v1/sharing-agreements/{AGREEMENT}"
    before = desk.last()
    was = decided(desk, question())
    moment = was["decided_at"]

    for status, code in (("suspended", "agreement-suspended"), ("active", "agreement-permits"), ("terminated", "agreement-terminated")):  # fmt: skip
        etag = desk.send("GET", f"{path}?view=internal").headers["etag"]
        moved = desk.write("POST", f"{path}:move", etag=etag, json={"status": status})
        assert moved.status_code == 200, moved.text
        now = decided(desk, question())
        assert codes(now["items"][0]) == [code]
        assert now["snapshot"] != was["snapshot"] or status == "active"

    past = decided(desk, question(at=moment))
    assert past["items"][0]["effect"] == "permit" and past["snapshot"] == was["snapshot"]
    assert past["seq"] <= desk.last() and before <= desk.last()


def test_yesterday_was_before_this_register(desk: Desk) -> None:
    yesterday = clock.today(desk.runtime.settings.zone) - timedelta(days=1)

    answer = desk.send("POST", ADDRESS, json=question(at=yesterday.isoformat()))
    assert answer.status_code == 422
    assert answer.json()["violations"][0]["rule"] == "decision-before-register"


def test_a_denial_names_where_a_request_begins(desk: Desk) -> None:
    denied, refused = decided(desk, question(LEFT_OUT) | {"items": [
        {"dataset": DATASET, "field": LEFT_OUT}, {"dataset": "DS999999", "field": "a"},
    ]})["items"]  # fmt: skip

    address = urlsplit(denied["request"])
    assert address.path == "/sharing-requests/new"
    assert parse_qs(address.query) == {"dataset": [DATASET], "field": [LEFT_OUT], "purpose": ["P01"]}
    assert "request" not in refused


def test_a_decision_is_decided_once_more_for_who_may_ask(desk: Desk) -> None:
    was = decided(desk, question(GRANTED, LEFT_OUT))
    path = f"{ADDRESS}/{was['decision']}"
    again = desk.get(path)

    assert again["same"] and again["items"] == was["items"]
    assert (again["effect"], again["decided_at"], again["snapshot"]) == (
        was["effect"], was["decided_at"], was["snapshot"],
    )  # fmt: skip
    assert [desk.send("GET", path, by=by).status_code for by in (None, "reader", "auditor")] == [
        401,
        403,
        200,
    ]
    assert desk.send("GET", f"{ADDRESS}/999999999").status_code == 404
    assert desk.send("GET", f"{ADDRESS}/{10**24}").status_code == 404


def test_the_answer_is_the_same_behind_the_framework_and_before_it(desk: Desk) -> None:
    before = desk.send("POST", ADDRESS, json=question(GRANTED))
    behind = desk.send("POST", f"{ADDRESS}?lang=en", json=question(GRANTED))

    assert before.json()["items"] == behind.json()["items"]
    assert before.headers["cache-control"] == behind.headers["cache-control"] == "no-store"
    assert before.headers["x-request-id"] and before.headers["x-content-type-options"] == "nosniff"
    refusals = [
        desk.send("POST", ADDRESS, content=b"{", headers={"content-type": "application/json"}),
        desk.send("POST", ADDRESS, content=b"a=1", headers={"content-type": "text/plain"}),
    ]  # fmt: skip
    assert [one.status_code for one in refusals] == [400, 415]
    assert all(one.headers["content-type"] == "application/problem+json" for one in refusals)


def test_a_body_is_read_no_further_than_it_may_be_long(desk: Desk) -> None:
    settings = desk.runtime.settings.model_copy(update={"max_body_mb": 1})
    answers = hot.Hot(dataclasses.replace(desk.runtime, settings=settings), None)  # type: ignore[arg-type]
    given = iter([1024 * 1024, 1, 0])

    async def receive() -> Message:
        return {"type": "http.request", "body": b" " * next(given), "more_body": True}

    async def send(_: Message) -> None:
        raise AssertionError("nothing is answered")

    scope: Scope = {"path": ADDRESS, "method": "POST", "query_string": b""}
    with pytest.raises(Malformed):
        asyncio.run(answers(scope, {b"content-type": b"application/json"}, receive, send))
    assert next(given) == 0

"""Catalogue releases: what has changed since the last one, frozen under a number, with a receipt of each department."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, NotSignedIn, WrongState
from catalog.cases import service
from catalog.cases.models import Case
from catalog.identity.actors import ANONYMOUS, Actor
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.registry.verbs import transit
from catalog.releases import releasing
from catalog.releases.releasing import Release
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import somebody
from tests.desk import Desk
from tests.sharing import requesting
from tests.sharing.requesting import BUREAU, CLOSED, DATASET, FREE, PAUSED, PROVIDER

ON = date(2026, 9, 30)
KEEPER = somebody("data_officer", PROVIDER)


@pytest.fixture(scope="module")
def register(runtime: Runtime) -> Runtime:
    requesting.fill(runtime)
    return runtime


def drafted(runtime: Runtime, number: str, *, by: Actor = BUREAU, title: str = "目录发布（示例）") -> str:
    with runtime.database.writing() as session:
        return releasing.open_release(session, by=by, title=title, number=number).number


def do(runtime: Runtime, number: str, verb: str, by: Actor, **more: Any) -> Case:
    with runtime.database.writing() as session:
        held = session.get_one(Case, number)
        case = service.do(
            session, number, verb, by=by, read=held.seq, on=ON, database=runtime.database, **more
        )
        session.expunge(case)
        return case


def found(runtime: Runtime, number: str, *, by: Actor = BUREAU) -> Release:
    with runtime.database.reading() as session:
        return releasing.find(session, number, by=by)


def receipts(runtime: Runtime, number: str) -> list[releasing.Receipt]:
    with runtime.database.reading() as session:
        return releasing.receipts(session, number)


def actions(one: Release) -> dict[str, str]:
    return {item["dataset"]: item["action"] for item in one.items}


def revise(runtime: Runtime, identifier: str, status: str | None = None, **more: Any) -> None:
    with runtime.database.reading() as session:
        held = whole(session, "dataset", identifier)
    assert held is not None
    factories.enter(runtime, Incoming("dataset", held | more, status))


def resume(runtime: Runtime, identifier: str) -> None:
    with runtime.database.writing() as session:
        record = session.get_one(Record, ("dataset", identifier))
        transit(session, record, "move", status="published", by=BUREAU, permit=lambda *_: None)


def test_a_release_holds_what_has_changed_since_the_last_and_never_changes_again(register: Runtime) -> None:
    first = drafted(register, "云数目录〔2026〕1号")
    assert actions(found(register, first))[DATASET] == "registered"
    do(register, first, "issue", BUREAU)
    issued = found(register, first)
    assert set(actions(issued).values()) == {"registered"}
    assert issued.issued_on == "2026-09-30"
    assert issued.until > issued.since == 0

    revise(register, DATASET, summary="改了一次。")
    revise(register, DATASET, summary="又改了一次。")
    revise(register, FREE, "suspended")
    resume(register, PAUSED)
    assert found(register, first).items == issued.items

    second = drafted(register, "云数目录〔2026〕2号")
    do(register, second, "issue", BUREAU)
    after = found(register, second)

    assert actions(after) == {DATASET: "revised", FREE: "suspended", PAUSED: "resumed"}
    assert next(item["version"] for item in after.items if item["dataset"] == DATASET) == 3
    assert (after.since, after.counts) == (issued.until, {"revised": 1, "suspended": 1, "resumed": 1})
    with pytest.raises(WrongState):
        do(register, second, "issue", BUREAU)


def test_a_change_that_was_taken_back_is_no_change(register: Runtime) -> None:
    before = drafted(register, "云数目录〔2026〕10号")
    revise(register, CLOSED, note="一。")
    do(register, before, "issue", BUREAU)
    revise(register, CLOSED, note="二。")
    revise(register, CLOSED, note="一。")
    empty = drafted(register, "云数目录〔2026〕11号")

    with pytest.raises(InvalidDocument) as refused:
        do(register, empty, "issue", BUREAU)

    assert [one.rule for one in refused.value.violations] == ["release-empty"]
    do(register, empty, "withdraw", BUREAU)


def test_each_department_concerned_gives_its_receipt_within_the_house_rule(register: Runtime) -> None:
    revise(register, DATASET, note="回执试验。")
    number = drafted(register, "云数目录〔2026〕20号")
    do(register, number, "issue", BUREAU)
    (asked,) = receipts(register, number)
    assert (asked.department, asked.state) == (PROVIDER, "awaiting")
    assert asked.due_on == "2026-10-13"  # five working days from 30 September; one of them a make-up Saturday

    stranger = somebody("data_officer", "DP0019")
    with pytest.raises(NotFound):
        do(register, asked.number, "receive", stranger)
    do(register, asked.number, "question", KEEPER, note="版本号与登记不一致。")
    assert receipts(register, number)[0].due_on is None
    do(register, asked.number, "answer", BUREAU, note="清单中是发布时的版本。")
    do(register, asked.number, "receive", KEEPER, values={"remark": "已收到。"})

    (given,) = receipts(register, number)
    assert (given.state, given.remark) == ("received", "已收到。")
    assert (found(register, number).receipts, found(register, number).asked) == (1, 1)


def test_only_the_bureau_drafts_and_each_number_is_used_once(register: Runtime) -> None:
    with pytest.raises(NotPermitted):
        drafted(register, "云数目录〔2026〕30号", by=KEEPER)
    with pytest.raises(NotSignedIn):
        drafted(register, "云数目录〔2026〕30号", by=ANONYMOUS)
    with pytest.raises(InvalidDocument) as refused:
        drafted(register, " ", title=" ")
    assert [one.pointer for one in refused.value.violations] == ["/title", "/number"]

    number = drafted(register, "云数目录〔2026〕30号")
    with pytest.raises(InvalidDocument) as taken:
        drafted(register, "云数目录〔2026〕30号")
    assert [(one.rule, one.expected) for one in taken.value.violations] == [("release-number", number)]
    with pytest.raises(NotFound):  # a draft is the bureau's
        found(register, number, by=KEEPER)


def test_pages_api_and_files_tell_the_same_list(desk: Desk) -> None:
    runtime = desk.runtime
    revise(runtime, DATASET, note="各处一致。")
    made = desk.send(
        "POST", "/api/v1/cases/releases", json={"number": "云数目录〔2026〕40号", "title": "第四十批（示例）"}
    )  # fmt: skip
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    do(runtime, number, "issue", BUREAU)

    told = desk.get(f"/api/v1/releases/{number}")
    assert told["total"] == len(told["items"]) > 0
    assert number in {one["number"] for one in desk.get("/api/v1/releases")["items"]}
    lines = desk.send("GET", f"/releases/{number}.jsonl").text.splitlines()
    assert len(lines) == told["total"]
    table = desk.send("GET", f"/releases/{number}.csv").text.splitlines()
    assert len(table) == told["total"] + 1
    assert desk.send("GET", f"/releases/{number}.xlsx").content[:2] == b"PK"
    for path in ("/releases", f"/releases/{number}", f"/releases/{number}/print", f"/releases/{number}?department={PROVIDER}"):  # fmt: skip
        page = desk.send("GET", path)
        assert page.status_code == 200
        assert "第四十批（示例）" in page.text
    assert desk.send("GET", f"/releases/{number}", by=None).status_code in (302, 303, 401)
    wrong = desk.send("POST", "/api/v1/cases/releases", json={"number": 7, "what": "x"})
    assert wrong.status_code == 422
    assert {one["pointer"] for one in wrong.json()["violations"]} == {"#/what", "#/title", "#/number"}

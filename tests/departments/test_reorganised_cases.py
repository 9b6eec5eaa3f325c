"""A reorganisation on the desk: open cases go on with the heir, clocks run as they ran, every heir owes an update."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import pytest
from sqlmodel import col, select

from catalog.base.errors import InvalidDocument, NotPermitted
from catalog.cases import due, duties, service
from catalog.cases.models import Case
from catalog.departments.reorganise import carry_out, work_out
from catalog.identity.actors import CONSOLE
from catalog.ledger.models import Entry
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.cases.clocked import FROM, done, filed, now, without_slices
from tests.cases.people import somebody
from tests.desk import Desk, proof
from tests.forms.test_pages import colleague, signed_in

PAPER = "穗云编〔2026〕12号"
ON = date(2026, 9, 1)
ASSESSED = {"result": "通过", "on": "2026-08-01"}


@pytest.fixture(autouse=True)
def _engine_alone() -> Iterator[None]:
    with without_slices():
        yield


def reorganised(runtime: Runtime, *acts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    with runtime.database.reading() as session:
        found = work_out(session, {"document": PAPER, "on": ON.isoformat(), "acts": list(acts)})
    carry_out(runtime.database, found, by=CONSOLE)
    return [(one.identifier, one.pointer, one.before, one.after) for one in found.moves if one.kind == "case"]


def entries(runtime: Runtime, number: str) -> list[Entry]:
    with runtime.database.reading() as session:
        found = select(Entry).where(col(Entry.identifier) == number).order_by(col(Entry.seq))
        return list(session.scalars(found))


def owed(runtime: Runtime, department: str) -> list[Case]:
    with runtime.database.reading() as session:
        mine = (col(Case.type) == "proposal", col(Case.from_department) == department)
        found = list(session.scalars(select(Case).where(*mine)))
        session.expunge_all()
        return found


def new(runtime: Runtime, identifier: str, name: str) -> str:
    document = factories.document("department") | {"identifier": identifier, "name": name}
    factories.enter(runtime, Incoming("department", document))
    return identifier


def test_a_merge_moves_an_open_request_and_opens_t1_for_the_successor(runtime: Runtime) -> None:
    heir = new(runtime, "DP9101", "合并后的局（重演）")
    old, other = new(runtime, "DP9102", "合并前甲局（重演）"), new(runtime, "DP9103", "合并前乙局（重演）")
    waiting, answered = filed(runtime, ON, to=old), filed(runtime, ON, to=old)
    closed = done(runtime, answered.number, "withdraw", somebody("sharing_officer", FROM), ON)

    moves = reorganised(runtime, {"merge": [old, other], "into": heir})

    assert moves == [(waiting.number, "/to_department", old, heir)]
    case = now(runtime, waiting.number)
    assert (case.from_department, case.to_department, case.awaits_department) == (FROM, heir, heir)
    assert (case.clock, case.due_on, case.state) == (waiting.clock, "2026-09-15", "filed")
    last = entries(runtime, waiting.number)[-1]
    assert (last.verb, orjson.loads(last.data or "{}")["after"]) == (
        "case.inherited",
        {"to_department": heir},
    )
    assert now(runtime, closed.number).to_department == old  # what has ended stays where it was
    (duty,) = owed(runtime, heir)
    assert (duty.due_on, due.told(duty)["rule"], duty.track) == ("2026-09-15", "T1", "update")
    assert service.document_of(duty)["cause"]["number"] == PAPER
    answering = somebody("sharing_officer", heir)
    agreed = done(runtime, waiting.number, "agree", answering, ON, values={"answer": [{"item": "姓名"}]})
    assert agreed.state == "agreed"
    assert proof(runtime).broken is None


def test_a_split_gives_a_named_case_to_its_heir_and_t1_to_each(runtime: Runtime) -> None:
    old = new(runtime, "DP9201", "拆分前的局（重演）")
    one, two = new(runtime, "DP9202", "拆分一局（重演）"), new(runtime, "DP9203", "拆分二局（重演）")
    officer = somebody("data_officer", old)
    numbers = []
    for name in ("甲", "乙"):
        with runtime.database.writing() as session:
            case = service.open_case(session, type="demand", track=next(iter(service.lifecycle("demand").tracks)),
                                     title=name, by=officer, from_department=old)  # fmt: skip
            numbers.append(case.number)

    reorganised(runtime, {"split": old, "into": [one, two], "move": {two: [numbers[1]]}})

    assert [now(runtime, number).from_department for number in numbers] == [one, two]
    assert [len(owed(runtime, heir)) for heir in (one, two)] == [1, 1]


def test_t1_runs_until_the_head_consents_and_t2_follows(runtime: Runtime) -> None:
    home = "DP0019"
    officer, head = somebody("data_officer", home), somebody("department_head", home)
    with runtime.database.writing() as session:
        number = duties.owe(
            session, department=home, title="公共卫生条例修订", number="示例令第1号", on=ON,
            by=somebody("authority"), today=ON,
        ).number  # fmt: skip
    assert now(runtime, number).due_on == "2026-09-15"
    change = [{"kind": "dataset", "verb": "register", "name": "示例"}]
    with runtime.database.writing() as session:
        values = {
            "summary": "更新",
            "changes": change,
            "secrecy_assessment": ASSESSED,
            "privacy_assessment": ASSESSED,
        }
        service.save(session, number, by=officer, read=session.get_one(Case, number).seq, values=values)

    submitted = done(runtime, number, "submit", officer, ON)
    assert due.told(submitted)["rule"] == "T1"  # nothing has reached the bureau yet
    sent = done(runtime, number, "consent", head, date(2026, 9, 7))

    told = due.told(sent)
    assert (told["rule"], told["start"], sent.due_on) == ("T2", "2026-09-07", "2026-09-09")
    assert [(one["rule"], one["ended"], one["due_on"]) for one in told["past"]] == [
        ("T1", "2026-09-07", "2026-09-15")
    ]


def test_who_may_open_a_duty_and_what_it_must_state(runtime: Runtime) -> None:
    def owe(by: Any, **more: Any) -> None:
        said = {"department": "DP0019", "title": "修订", "on": ON, "today": ON} | more
        with runtime.database.writing() as session:
            duties.owe(session, by=by, **said)

    owe(somebody("data_officer", "DP0019"))
    with pytest.raises(NotPermitted):
        owe(somebody("data_officer", "DP0021"))
    with pytest.raises(InvalidDocument) as refused:
        owe(somebody("authority"), department="DP9999", title=" ", on=date(2026, 9, 2))
    assert [(one.pointer, one.rule) for one in refused.value.violations] == [
        ("/department", "reference-missing"), ("/title", "case-missing"), ("/on", "case-future"),
    ]  # fmt: skip


def test_a_duty_is_opened_by_api_and_by_form(desk: Desk) -> None:
    colleague(desk, "bureau", "authority", None)
    body = {"department": "DP0021", "title": "示例条例修订", "number": "示例令第2号", "on": "2026-09-01"}

    done = desk.send("POST", "/api/v1/cases/duties", json=body)
    wrong = desk.send("POST", "/api/v1/cases/duties", json={"title": 3, "why": "", "on": "soon"})
    with signed_in(desk, "bureau") as client:
        page = client.get("/duties/new")
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)[1]  # type: ignore[index]
        future = client.post("/duties/new", data=body | {"csrf": csrf, "on": "2099-01-01"})
        made = client.post("/duties/new", data=body | {"csrf": csrf}, follow_redirects=False)

    assert (done.status_code, done.json()["due_on"], done.json()["clock"]["rule"]) == (
        201,
        "2026-09-15",
        "T1",
    )
    assert [one["pointer"] for one in wrong.json()["violations"]] == ["#/why", "#/title", "#/on"]
    assert (future.status_code, "示例令第2号" in future.text) == (422, True)
    assert (made.status_code, made.headers["location"].startswith("/cases/CP")) == (303, True)

"""A sharing request from its draft to what may be used by it: Decree 809 art. 20 to 22, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.base.errors import CatalogError, InvalidDocument, NotPermitted, WrongState
from catalog.cases import due
from catalog.cases import service as cases
from catalog.entitlements import service as entitlements
from catalog.entitlements.log import Log
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.runtime import Runtime
from catalog.sharing import requests
from catalog.sharing.requests_rules import GROUNDS, track_of
from catalog.standards.lifecycles import lifecycle
from tests import desk as desks
from tests.asking import apart
from tests.cases.people import somebody
from tests.sharing import requesting as r

MONDAY = date(2026, 11, 23)
END = "2027-10-07"
SCAN = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(scope="module")
def office(runtime: Runtime) -> Runtime:
    r.fill(runtime)
    return runtime


def wrong(call: Callable[[], Any]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidDocument) as refused:
        call()
    return {(one.pointer, one.rule) for one in refused.value.violations}


def decided(runtime: Runtime, *, purpose: str = "P02", at: str = "") -> dict[str, tuple[str, str, str]]:
    """What the entitlements say to the consumer: the effect, the first reason, the mask of every field asked for."""
    log = Log(runtime.settings, runtime.database)
    items = [{"dataset": r.DATASET, "field": name} for name in [*r.ASKED, "停保日期"]]
    question = {"consumer": r.CONSUMER, "purpose": purpose, "items": items, "way": "1", "at": at}
    found = apart(runtime, lambda alone: entitlements.answered(alone, log, question, by=r.BUREAU))
    log.close()
    return {
        item.field: (answer.effect, answer.reasons[0].code, answer.mask)
        for item, answer in zip(found.question.items, found.answers, strict=True)
    }


def test_four_fields_are_granted_two_refused_and_only_those_four_may_be_used(office: Runtime) -> None:
    number = r.opened(office, MONDAY)
    r.act(office, number, "prepare", r.DRAFTER, MONDAY)
    filed = r.act(office, number, "file", r.SIGNER, MONDAY)
    assert (filed.track, filed.to_department, filed.due_on) == ("conditional", r.PROVIDER, "2026-12-07")
    assert {effect for effect, _, _ in decided(office).values()} == {"deny"}

    asked = r.act(
        office, number, "ask-supplement", r.GIVER, date(2026, 11, 25), note="缺使用场景的具体环节。"
    )
    assert (asked.state, asked.awaits_department) == ("supplement", r.CONSUMER)
    with office.database.writing() as session:
        cases.save(
            session,
            number,
            by=r.SIGNER,
            read=asked.seq,
            values={"scenario": "低保新申请和年度复核时审核参保状态。"},
        )
    back = r.act(office, number, "supplement", r.SIGNER, date(2026, 11, 27))
    assert back.due_on == "2026-12-09"
    with pytest.raises(WrongState):
        r.act(office, number, "ask-supplement", r.GIVER, date(2026, 11, 30), note="再补。")

    agreed = r.act(
        office,
        number,
        "agree",
        r.GIVER,
        date(2026, 12, 1),
        values={"answer": r.ANSWER, "impact_assessment": r.ASSESSED},
    )
    assert (agreed.state, agreed.due_on) == ("agreed", "2026-12-29")
    assert {effect for effect, _, _ in decided(office).values()} == {"deny"}
    r.act(office, number, "deliver", r.GIVER, date(2026, 12, 2))
    done = r.act(office, number, "confirm", r.DRAFTER, date(2026, 12, 3))

    assert done.closed
    agreement = r.held(office, number)["agreement"]
    with office.database.reading() as session:
        record, document = (
            session.get(Record, ("sharing-agreement", agreement)),
            whole(session, "sharing-agreement", agreement),
        )
        assert ("sharing-agreement", agreement) in cases.subjects(session, number)
    assert record is not None and document is not None
    assert record.status == "active"
    assert document["request_number"] == number
    assert [(one["field"], one["mask"]) for one in document["items"]] == [
        ("公民身份号码", "keep_ends"), ("姓名", "full"), ("参保状态代码", "full"), ("首次参保日期", "full")
    ]  # fmt: skip
    days = ("requested_on", "answered_on", "delivered_on", "retention_until")
    assert [document[name] for name in days] == ["2026-11-23", "2026-12-01", "2026-12-02", "2030-10-07"]
    assert document["consents"]["provider"] == {
        "post": "政务数据共享工作机构负责人", "person": r.GIVER.person, "on": "2026-12-01"
    }  # fmt: skip
    assert "共享范围：本区人社" in document["conditions"]
    assert {one["element"] for one in document["pins"]} == {"DE00001", "DE00002", "DE00222", "DE00224"}

    now = decided(office, at="2026-12-10")
    assert {name: now[name][0] for name in r.ASKED} == dict.fromkeys(r.GRANTED, "permit") | dict.fromkeys(
        r.WITHHELD, "deny"
    )
    assert now["公民身份号码"][2] == "keep_ends"
    assert now[r.WITHHELD[0]][1] == now["停保日期"][1] == "field-not-agreed"
    assert {
        one[:2] for one in (decided(office, purpose="P06", at="2026-12-10")[name] for name in r.GRANTED)
    } == {("deny", "purpose-not-agreed")}
    assert {decided(office, at=END)[name][0] for name in r.GRANTED} == {"permit"}
    after = decided(office, at="2027-10-08")
    assert {after[name][:2] for name in r.GRANTED} == {("deny", "agreement-expired")}


def test_a_second_agreement_of_the_same_name_revises_nothing(office: Runtime) -> None:
    numbers = []
    for _ in range(2):
        number = r.filed(office, MONDAY)
        r.act(
            office,
            number,
            "agree",
            r.GIVER,
            MONDAY,
            values={"answer": r.ANSWER, "impact_assessment": r.ASSESSED},
        )
        numbers.append(number)
    agreements = []
    for number in numbers:
        r.act(office, number, "deliver", r.GIVER, MONDAY)
        r.act(office, number, "confirm", r.DRAFTER, MONDAY)
        agreements.append(r.held(office, number)["agreement"])

    assert len(set(agreements)) == 2
    with office.database.reading() as session:
        found = [session.get(Record, ("sharing-agreement", one)) for one in agreements]
        assert [one.version for one in found if one] == [1, 1]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda given: given[:-1], ("/answer", "request-answer-missing")),
        (lambda given: [*given, given[0]], ("/answer/6/item", "request-answer-twice")),
        (lambda given: [*given, {"item": "停保日期", "effect": "permit"}], ("/answer/6/item", "request-answer-foreign")),
        (lambda given: [*given[:-1], {"item": "来源单位"}], ("/answer/5/effect", "request-answer-missing")),
        (lambda given: [*given[:-1], {"item": "来源单位", "effect": "refuse", "ground": "need"}], ("/answer/5/reason", "request-reason-missing")),
        (lambda given: [*given[:-1], {"item": "来源单位", "effect": "refuse", "reason": "材料不全"}], ("/answer/5/ground", "request-ground-missing")),
        (lambda given: [*given[:-1], {"item": "来源单位", "effect": "mask"}], ("/answer/5/mask", "request-mask-missing")),
        (lambda given: [*given[:-1], {"item": "来源单位", "effect": "mask", "mask": "blur"}], ("/answer/5/mask", "request-mask-unknown")),
        (lambda given: [one | {"effect": "refuse", "ground": "need", "reason": "无"} for one in given], ("/answer", "request-nothing-granted")),
    ],
)  # fmt: skip
def test_an_answer_answers_every_field_once(office: Runtime, change: Any, fault: tuple[str, str]) -> None:
    number = r.filed(office, MONDAY)
    values = {"answer": change(r.ANSWER), "impact_assessment": r.ASSESSED}

    found = wrong(lambda: r.act(office, number, "agree", r.GIVER, MONDAY, values=values))

    assert found == {fault}
    assert "draft" not in r.held(office, number)


def test_a_refusal_refuses_everything_and_registers_nothing(office: Runtime) -> None:
    number = r.filed(office, MONDAY)
    assert wrong(
        lambda: r.act(office, number, "refuse", r.GIVER, MONDAY, note="不同意", values={"answer": r.ANSWER})
    ) == {("/answer", "request-something-granted")}

    every = [
        {"item": name, "effect": "refuse", "ground": "other", "reason": "与用途无关。"} for name in r.ASKED
    ]
    done = r.act(office, number, "refuse", r.GIVER, MONDAY, note="与用途无关。", values={"answer": every})

    assert (done.closed, done.state) == (True, "refused")
    assert not r.held(office, number).keys() & {"draft", "agreement"}
    with office.database.reading() as session:  # reasons are the requester's too
        seen = cases.document_of(cases.get(session, number, r.DRAFTER))
    assert {one["reason"] for one in seen["answer"]} == {"与用途无关。"}


def test_missing_material_never_leads_to_a_refusal() -> None:
    cycle = lifecycle(requests.TYPE)

    for track in cycle.tracks:
        assert not cycle.find("refuse", "supplement", track, ("ask-supplement",))
    grounds = cycle.parts["answer"].schema["items"]["properties"]["ground"]["enum"]
    assert tuple(grounds) == GROUNDS  # none of them is missing material
    assert "incomplete" not in grounds
    assert all("answer" in row.requires and row.reason for row in cycle.rows if row.verb == "refuse")


def test_personal_information_needs_its_assessment(office: Runtime) -> None:
    number = r.filed(office, MONDAY)

    found = wrong(lambda: r.act(office, number, "agree", r.GIVER, MONDAY, values={"answer": r.ANSWER}))

    assert found == {("/impact_assessment/number", "request-assessment-missing"), ("/impact_assessment/done_on", "request-assessment-missing")}  # fmt: skip
    answer = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED | {"done_on": "2027-01-01"}}
    found = wrong(lambda: r.act(office, number, "agree", r.GIVER, MONDAY, values=answer))
    assert found == {("/impact_assessment/done_on", "date-in-future")}


@pytest.mark.parametrize(
    ("dataset", "department", "by", "slug"),
    [
        (r.CLOSED, None, r.DRAFTER, "request-not-shared"),
        (r.PAUSED, None, r.DRAFTER, "request-not-published"),
        (r.DATASET, None, r.GIVER, "request-own-data"),
        ("DS999999", None, r.DRAFTER, "not-found"),
        (r.DATASET, r.PROVIDER, r.DRAFTER, "request-own-data"),
        (r.DATASET, "DP0019", r.DRAFTER, "case-not-yours"),
        (r.DATASET, None, somebody("reader", "DP0008"), "case-not-yours"),
    ],
)
def test_what_cannot_be_asked_for_is_said_at_once(
    office: Runtime, dataset: str, department: str | None, by: Any, slug: str
) -> None:
    with pytest.raises(CatalogError) as refused:
        r.opened(office, MONDAY, by=by, dataset=dataset, department=department)

    assert refused.value.slug == slug
    if slug == "request-not-shared":
        assert "《某法》第九条" in refused.value.values["basis"]


def test_everything_wrong_with_a_request_is_said_together(office: Runtime) -> None:
    values = {
        "items": ["公民身份号码", "血型"], "purpose": "P99", "way": "3", "frequency": "x", "scope": None,
        "period": {"from": "2026-11-01", "until": "2026-10-01"},
    }  # fmt: skip
    number = r.opened(office, MONDAY, values=values)  # a draft may be as it is

    found = wrong(lambda: r.act(office, number, "prepare", r.DRAFTER, MONDAY))

    assert found == {("/scope", "case-missing")} or {rule for _, rule in found} == {"case-missing"}
    with office.database.writing() as session:
        read = cases.get(session, number, r.DRAFTER).seq
        cases.save(session, number, by=r.DRAFTER, read=read, values={"scope": "社会救助科"})
    assert wrong(lambda: r.act(office, number, "prepare", r.DRAFTER, MONDAY)) == {
        ("/items/1", "request-field-unknown"), ("/purpose", "request-purpose-unknown"),
        ("/way", "request-way-not-offered"), ("/frequency", "request-code-unknown"),
        ("/period/from", "request-backdated"), ("/period/until", "request-over"),
        ("/period/until", "request-period"),
    }  # fmt: skip


def test_an_unconditional_dataset_is_answered_within_a_working_day(office: Runtime) -> None:
    number = r.filed(office, MONDAY, dataset=r.FREE)
    with office.database.reading() as session:
        case = cases.get(session, number, r.GIVER)

    assert (case.track, case.due_on) == ("unconditional", "2026-11-24")


def test_the_bureau_files_outside_and_the_agreement_names_the_entry_there(office: Runtime) -> None:
    number = r.filed(office, MONDAY, dataset=r.ABROAD)
    with office.database.reading() as session:
        case = cases.get(session, number, r.BUREAU)
    assert (case.track, case.awaits_role, case.due_on) == ("external", "authority", None)
    with pytest.raises(CatalogError):
        r.act(office, number, "agree", r.GIVER, MONDAY, values={"answer": r.ANSWER})

    upstream = {
        "number": "GD-2026-7788",
        "filed_on": "2026-11-24",
        "answered_on": "2026-12-03",
        "result": "同意部分共享",
    }
    early = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED, "upstream": upstream}
    assert wrong(lambda: r.act(office, number, "agree", r.BUREAU, MONDAY, values=early)) == {
        ("/upstream/filed_on", "date-in-future"), ("/upstream/answered_on", "date-in-future")
    }  # fmt: skip
    later = date(2026, 12, 4)
    r.act(office, number, "agree", r.BUREAU, later, values=early)
    r.act(office, number, "deliver", r.BUREAU, later)
    r.act(office, number, "confirm", r.DRAFTER, later)

    with office.database.reading() as session:
        document = whole(session, "sharing-agreement", r.held(office, number)["agreement"])
    assert document is not None
    assert document["upstream_catalogue_id"] == "示例-2AEB886E34"
    assert document["external"]["number"] == "GD-2026-7788"
    assert (document["requested_on"], document["answered_on"]) == ("2026-11-24", "2026-12-03")


def test_what_did_not_arrive_goes_back_and_what_is_withdrawn_registers_nothing(office: Runtime) -> None:
    number, later = r.filed(office, MONDAY), date(2026, 12, 7)
    r.act(
        office, number, "agree", r.GIVER, MONDAY, values={"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    )
    r.act(office, number, "deliver", r.GIVER, MONDAY)

    back = r.act(office, number, "contest", r.DRAFTER, later, note="接口不通。")
    held = r.held(office, number)
    assert (back.state, back.due_on, back.provisional) == ("agreed", "2027-01-04", True)
    assert "delivered" not in held["dates"]
    assert "delivered_on" not in held["draft"]
    r.act(office, number, "deliver", r.GIVER, later)
    assert r.held(office, number)["draft"]["delivered_on"] == "2026-12-07"

    ended = r.act(office, number, "withdraw", r.SIGNER, later)
    assert (ended.closed, "agreement" in r.held(office, number)) == (True, False)


@pytest.mark.parametrize(
    ("dataset", "provider", "asked", "track"),
    [
        ({"share": {"class": "1"}}, {}, (), "unconditional"),
        ({"share": {"class": "2"}}, {}, (), "conditional"),
        ({"share": {"class": "1"}, "fields": [{"name": "甲", "share_class": "2"}, {"name": "乙"}]}, {}, ("甲", "乙"), "conditional"),
        ({"share": {"class": "1"}, "fields": [{"name": "甲", "share_class": "2"}, {"name": "乙"}]}, {}, ("乙",), "unconditional"),
        ({"share": {"class": "1"}}, {"level": "2"}, (), "external"),
        ({"share": {"class": "1"}}, {"level": "4", "division": "440112"}, (), "external"),
        ({"share": {"class": "1"}}, {"level": "5", "division": "440111001"}, (), "unconditional"),
        ({"share": {"class": "2"}, "origin": "2", "systems": ["SY0001"]}, {}, (), "conditional"),
        ({"share": {"class": "2"}, "origin": "2"}, {}, (), "external"),
        ({"share": {"class": "1"}, "origin": "3", "systems": ["SY0001"]}, {}, (), "external"),
    ],
)  # fmt: skip
def test_the_way_follows_from_class_and_place(
    dataset: Any, provider: Any, asked: tuple[str, ...], track: str
) -> None:
    assert (
        track_of(dataset, {"level": "4", "division": "440111"} | provider, {"division": "440111"}, asked)
        == track
    )


def test_the_same_as_an_agreement_but_for_another_department(office: Runtime) -> None:
    number = r.filed(office, MONDAY)
    r.act(
        office, number, "agree", r.GIVER, MONDAY, values={"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    )
    r.act(office, number, "deliver", r.GIVER, MONDAY)
    r.act(office, number, "confirm", r.DRAFTER, MONDAY)
    agreement, later = r.held(office, number)["agreement"], date(2027, 1, 4)
    officer = somebody("data_officer", "DP0019")

    with office.database.writing() as session:
        case = requests.open_request(
            session, by=officer, dataset=r.DATASET, values={"scope": "区卫生健康局"}, like=agreement, on=later
        )
        document = cases.document_of(case)

    assert document["items"] == r.GRANTED
    assert (document["purpose"], document["scope"], document["like"]) == ("P02", "区卫生健康局", agreement)
    assert document["period"] == {"from": "2027-01-04", "until": "2027-11-18"}


def test_nobody_signs_what_he_prepared(office: Runtime) -> None:
    number = r.opened(office, MONDAY, by=r.SIGNER)
    r.act(office, number, "prepare", r.SIGNER, MONDAY)

    with pytest.raises(NotPermitted, match="case-four-eyes"):
        r.act(office, number, "file", r.SIGNER, MONDAY)


def test_an_absent_provider_is_answered_for_on_paper(office: Runtime) -> None:
    number = r.filed(office, MONDAY)
    with office.database.writing() as session:
        read = cases.get(session, number, r.BUREAU).seq
        values = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
        cases.save(session, number, by=r.BUREAU, read=read, values=values)
        scan = cases.attach(session, number, by=r.BUREAU, data=SCAN, filename="答复函.pdf").digest
    signed, recorded = MONDAY + timedelta(days=9), MONDAY + timedelta(days=21)

    def paper(day: date) -> cases.Paper:
        return cases.Paper(r.GIVER.person, "办公室主任", day.isoformat(), "穗云人社函〔2026〕8号", scan)

    for day, rule in (
        (MONDAY - timedelta(days=1), "case-before"),
        (recorded + timedelta(days=1), "case-future"),
    ):
        with pytest.raises(InvalidDocument) as refused:
            r.act(office, number, "agree", r.BUREAU, recorded, paper=paper(day))
        assert [one.rule for one in refused.value.violations] == [rule]

    agreed = r.act(office, number, "agree", r.BUREAU, recorded, paper=paper(signed))

    assert agreed.state == "agreed"
    clock = due.clock_of(agreed)
    assert (
        clock["past"][-1]["ended"] == signed.isoformat() <= clock["past"][-1]["due_on"] < recorded.isoformat()
    )
    assert (clock["rule"], clock["start"]) == ("T6", signed.isoformat())  # from the day of agreeing
    assert r.held(office, number)["draft"]["consents"]["provider"]["person"] == r.GIVER.person


def test_a_program_asks_and_reads_what_is_possible(office: Runtime) -> None:  # last: serving closes it
    with desks.opened(office) as desk:
        body = r.FILLED | {"dataset": r.DATASET, "department": r.CONSUMER}
        made = desk.send("POST", "/api/v1/cases/sharing-requests", json=body)
        unknown = desk.send("POST", "/api/v1/cases/sharing-requests", json=body | {"wish": "x", "like": 3})
        closed = desk.send("POST", "/api/v1/cases/sharing-requests", json=body | {"dataset": r.CLOSED})
        vendor = desk.send("POST", "/api/v1/cases/sharing-requests", json=body, by="vendor")
        numbers = desk.send("POST", "/api/v1/cases/sharing-requests", json=body | {"items": 5})
        mark = {"idempotency-key": "k-1"}
        twice = [
            desk.send("POST", "/api/v1/cases/sharing-requests", json=body, headers=mark) for _ in range(2)
        ]
        other = desk.send("POST", "/api/v1/cases/sharing-requests", json=body | {"scope": "x"}, headers=mark)
        schema = desk.get("/openapi.json")["paths"]["/api/v1/cases/sharing-requests"]["post"]

    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/cases/{made.json()['number']}"
    assert (made.json()["track"], "prepare" in made.json()["possible"]) == ("conditional", True)
    assert {one["pointer"] for one in unknown.json()["violations"]} == {"#/wish", "#/like"}
    assert (closed.status_code, closed.json()["type"]) == (409, "/problems/request-not-shared")
    assert vendor.status_code == 403
    assert twice[0].json() == twice[1].json() and twice[1].status_code == 201  # one request, told twice
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")
    assert [one["pointer"] for one in numbers.json()["violations"]] == ["#/items"]
    assert schema["requestBody"]["content"]["application/json"]["schema"]["required"] == ["dataset"]

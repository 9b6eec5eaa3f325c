"""Corrections, disputes and demands over the engine: who may, what is refused, what binding outcomes draw up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from catalog.base.errors import (
    AlreadyRegistered,
    CatalogError,
    InvalidDocument,
    NotFound,
    NotPermitted,
    WrongState,
)
from catalog.cases import service
from catalog.cases.models import Case
from catalog.corrections import corrections, demands, disputes
from catalog.datasets.corrections import corrections as record_of
from catalog.identity.actors import Actor
from catalog.runtime import Runtime
from tests.cases.people import somebody
from tests.sharing import requesting
from tests.sharing.requesting import BUREAU, CLOSED, CONSUMER, DATASET, DRAFTER, GIVER, PROVIDER, SIGNER

ON = date(2026, 9, 30)
KEEPER = somebody("data_officer", PROVIDER)
OTHER = somebody("data_officer", "DP0019")
WRONG = {"field": "姓名", "wrong": "value", "finding": "12 条姓名与身份登记不一致。", "sample": {"count": 12, "reference": "批次 2026-0907"}}  # fmt: skip


@pytest.fixture(scope="module")
def register(runtime: Runtime) -> Runtime:
    requesting.fill(runtime)
    return runtime


def filed(runtime: Runtime, *, by: Actor = DRAFTER, dataset: str = DATASET, **more: Any) -> Case:
    values = {name: one for name, one in (WRONG | more).items() if one is not None}
    with runtime.database.writing() as session:
        case = corrections.open_correction(
            session, by=by, dataset=dataset, values=values, on=ON, database=runtime.database
        )
        session.expunge(case)
    return case


def do(runtime: Runtime, number: str, verb: str, by: Actor, *, on: date = ON, **more: Any) -> Case:
    with runtime.database.writing() as session:
        held = session.get(Case, number)
        assert held
        case = service.do(
            session, number, verb, by=by, read=held.seq, on=on, database=runtime.database,
            note=more.pop("note", "理由"), **more,
        )  # fmt: skip
        session.flush()
        session.expunge(case)
    return case


def test_the_clock_of_a_correction_stops_only_when_it_is_fed_back(register: Runtime) -> None:
    case = filed(register)
    assert (case.state, case.from_department, case.to_department) == ("filed", CONSUMER, PROVIDER)
    assert case.due_on == "2026-10-20"  # golden vector: 2026-09-30 + 10

    do(register, case.number, "accept", KEEPER)
    with pytest.raises(InvalidDocument):  # what was corrected, and when
        do(register, case.number, "correct", KEEPER, values={})
    with pytest.raises(InvalidDocument):
        do(register, case.number, "correct", KEEPER, values={"correction": {"summary": "已更正", "corrected_on": "2026-10-01"}})  # fmt: skip
    done = do(
        register, case.number, "correct", KEEPER,
        values={"correction": {"summary": "更正 12 条。", "corrected_on": "2026-09-30"}},
    )  # fmt: skip
    assert done.due_on == "2026-10-20"
    told = do(register, case.number, "feed-back", KEEPER, on=date(2026, 10, 21))

    assert told.due_on is None
    assert service.document_of(told)["outcome"] == {
        "result": "corrected", "fed_back_on": "2026-10-21", "due_on": "2026-10-20"
    }  # fmt: skip
    with register.database.reading() as session:
        record = record_of(session, DATASET, owner=PROVIDER, actor=KEEPER, language="zh", on=ON)
    assert (record.open, record.fed_back, record.corrected, record.percent) == (0, 1, 1, 0)


def test_a_referral_keeps_the_clock_and_moves_to_the_source(register: Runtime) -> None:
    case = filed(register)
    do(register, case.number, "refer", KEEPER)
    moved = do(register, case.number, "assign", BUREAU, department="DP0019", on=date(2026, 10, 9))

    assert (moved.to_department, moved.awaits_department, moved.due_on) == ("DP0019", "DP0019", "2026-10-20")
    with pytest.raises(NotFound):  # it is no longer the first provider's
        do(register, case.number, "accept", KEEPER)
    assert do(register, case.number, "accept", OTHER).state == "verifying"


@pytest.mark.parametrize(
    ("more", "slug"),
    [
        ({"field": "不存在的字段"}, "invalid-document"),
        ({"field": None}, "invalid-document"),
        ({"wrong": "ugly"}, "invalid-document"),
        ({"finding": "其中 11010519491231002X 的姓名有误"}, "invalid-document"),
        ({"agreement": "AG2020-9999"}, "invalid-document"),
        ({"by": KEEPER}, "correction-own-data"),
        ({"dataset": "DS999999"}, "not-found"),
        ({"by": somebody("department_head", CONSUMER)}, "case-not-yours"),
    ],
)
def test_what_does_not_hold_is_refused_and_leaves_nothing(
    register: Runtime, more: dict[str, Any], slug: str
) -> None:
    before = register.feed.last()
    with pytest.raises(CatalogError) as refused:
        filed(register, **more)

    assert refused.value.slug == slug
    assert register.feed.last() == before


def refused_request(runtime: Runtime) -> str:
    number = requesting.opened(runtime, ON)
    do(runtime, number, "prepare", DRAFTER)
    do(runtime, number, "file", SIGNER)
    answer = [
        {"item": name, "effect": "refuse", "ground": "need", "reason": "超出所需。"}
        for name in requesting.ASKED
    ]
    assert do(runtime, number, "refuse", GIVER, values={"answer": answer}).state == "refused"
    return number


def test_a_decision_to_share_binds_and_draws_up_a_new_request(register: Runtime) -> None:
    matter = refused_request(register)

    def opened() -> str:
        with register.database.writing() as session:
            return disputes.open_dispute(
                session, by=SIGNER, matter=matter, claim="审核救助确需这些数据。", on=ON, database=register.database
            ).number  # fmt: skip

    number = opened()
    with pytest.raises(AlreadyRegistered):
        opened()
    do(register, number, "offer", GIVER, values={"offer": "仅提供参保状态。", "outcome": "keep"})
    do(register, number, "escalate", SIGNER)
    do(register, number, "refer", BUREAU)
    decision = {"body": "白云区人民政府", "number": "云府函〔2026〕9号", "decided_on": "2026-09-30"}
    late = decision | {"decided_on": "2026-10-01"}
    with pytest.raises(InvalidDocument):
        do(register, number, "decide", BUREAU, values={"outcome": "share", "result": "应当共享。", "decision": late})  # fmt: skip
    ended = do(register, number, "decide", BUREAU, values={"outcome": "share", "result": "应当共享。", "decision": decision})  # fmt: skip

    made = service.document_of(ended)["follow_up"]
    with register.database.reading() as session:
        old, new = session.get(Case, matter), session.get(Case, made)
        assert old and new
        assert (old.state, old.closed) == ("refused", True)  # history stays
        assert (new.type, new.state, new.from_department) == ("sharing-request", "draft", CONSUMER)
        copied = service.document_of(new)
        assert copied["items"] == requesting.ASKED
        assert "answer" not in copied
    assert do(register, made, "prepare", DRAFTER).state == "signing"


def test_only_who_was_refused_opens_a_dispute(register: Runtime) -> None:
    matter = refused_request(register)
    running = requesting.opened(register, ON)

    def attempt(by: Actor, number: str) -> str:
        with pytest.raises(CatalogError) as refused, register.database.writing() as session:
            disputes.open_dispute(
                session, by=by, matter=number, claim="理由", on=ON, database=register.database
            )
        return refused.value.slug

    assert attempt(GIVER, matter) == "dispute-nothing"
    assert attempt(DRAFTER, matter) == "case-not-yours"
    assert attempt(somebody("sharing_officer", "DP0019"), matter) == "not-found"
    assert attempt(SIGNER, running) == "dispute-nothing"


def test_a_contested_correction_ends_in_an_outcome_that_files_it_anew(register: Runtime) -> None:
    case = filed(register)
    do(register, case.number, "accept", KEEPER)
    do(register, case.number, "confirm", KEEPER, values={"grounds": "与原始档案一致。"})
    do(register, case.number, "feed-back", KEEPER)
    do(register, case.number, "contest", DRAFTER)
    with register.database.writing() as session:
        number = disputes.open_dispute(
            session, by=SIGNER, matter=case.number, claim="原始档案已更正。", on=ON, database=register.database,
            cross=True,
        ).number  # fmt: skip
    with pytest.raises(NotPermitted):  # the other side is outside: the bureau records what it offers
        do(register, number, "offer", GIVER, values={"offer": "更正。", "outcome": "correct"})
    do(register, number, "offer", BUREAU, values={"offer": "更正。", "outcome": "correct"})
    ended = do(register, number, "accept", SIGNER)

    with register.database.reading() as session:
        made = session.get(Case, service.document_of(ended)["follow_up"])
        assert made
        assert (made.type, made.state, made.due_on) == ("correction", "filed", "2026-10-20")


def test_a_demand_counts_departments_and_is_met_by_a_dataset(register: Runtime) -> None:
    asked = {"need": "残疾人两项补贴发放明细", "purpose": "P02", "legal_basis": "《社会救助暂行办法》第五十八条", "holder": PROVIDER}  # fmt: skip

    def posted(**more: Any) -> str:
        with register.database.writing() as session:
            return demands.open_demand(
                session,
                by=DRAFTER,
                title="残疾人补贴",
                values=asked | more,
                on=ON,
                database=register.database,
            ).number

    def joined(by: Actor, number: str) -> None:
        with register.database.writing() as session:
            demands.join(session, number, by=by)

    with pytest.raises(InvalidDocument):
        posted(purpose="不在表中")
    with pytest.raises(InvalidDocument):
        posted(legal_basis="")
    number = posted()
    joined(OTHER, number)
    for by in (OTHER, somebody("sharing_officer", "DP0019"), SIGNER):  # a department counts once
        with pytest.raises(AlreadyRegistered):
            joined(by, number)
    with register.database.reading() as session:
        (shown,) = demands.listed(session, department="DP0019", sought="残疾人")
    assert (shown.departments, shown.state) == (2, "open")

    do(register, number, "assign", BUREAU, department="DP0019")
    do(register, number, "redirect", OTHER, values={"holder": PROVIDER})
    do(register, number, "assign", BUREAU, department=PROVIDER)
    with pytest.raises(CatalogError):
        do(register, number, "answer", KEEPER, values={"dataset": "DS999999"})
    met = do(register, number, "answer", KEEPER, values={"dataset": CLOSED})

    assert (met.state, met.closed) == ("met", True)
    with pytest.raises(WrongState):
        joined(somebody("data_officer", "DP0021"), number)

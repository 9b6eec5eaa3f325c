"""What happens to an agreement in force (Decree 809 art. 27), from the case to what decisions say, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from catalog.base.errors import CatalogError, InvalidDocument, NotPermitted, WrongState
from catalog.cases import due
from catalog.cases import service as cases
from catalog.cases.models import Case
from catalog.entitlements import service as entitlements
from catalog.entitlements.log import Log
from catalog.identity.actors import Actor
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.runtime import Runtime
from catalog.sharing import enforcement
from tests.asking import apart
from tests.sharing import requesting as r

DAY = date(2026, 12, 1)
MISUSE = {"ground": "third-party", "facts": "转给第三方使用。", "rectify_by": "2026-12-20"}
STOP = {"measure": "stop", "facts": "源系统停用。", "effective_on": "2026-12-25"}
ORDER = {"disposal_order": {"demand": "删除全部数据。", "until": "2027-01-20"}}
USER = r.SIGNER


@pytest.fixture(scope="module")
def office(runtime: Runtime) -> Runtime:
    r.fill(runtime)
    return runtime


def agreed(office: Runtime) -> str:
    """The number of a new agreement in force."""
    number = r.filed(office, DAY)
    answer = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    r.act(office, number, "agree", r.GIVER, DAY, values=answer)
    r.act(office, number, "deliver", r.GIVER, DAY)
    r.act(office, number, "confirm", r.DRAFTER, DAY)
    return str(r.held(office, number)["agreement"])


def opened(office: Runtime, agreement: str, track: str, by: Actor, on: date = DAY, **values: Any) -> str:
    with office.database.writing() as session:
        return enforcement.open_enforcement(
            session, agreement=agreement, track=track, values=values, by=by, on=on, database=office.database
        ).number


def told(office: Runtime, agreement: str) -> tuple[str, dict[str, Any]]:
    """Status and document of an agreement."""
    with office.database.reading() as session:
        record = session.get(Record, ("sharing-agreement", agreement))
        assert record is not None
        return record.status, whole(session, "sharing-agreement", agreement) or {}


def due_of(office: Runtime, number: str) -> tuple[str, str | None]:
    """The term that a case is under, and its last day."""
    with office.database.reading() as session:
        case = session.get(Case, number)
        assert case is not None
        return due.clock_of(case)["rule"], case.due_on


def decided(office: Runtime, agreement: str, at: str) -> tuple[str, str]:
    """Effect and first reason of what this agreement alone says of its first field."""
    log = Log(office.settings, office.database)
    question = {
        "consumer": r.CONSUMER, "purpose": "P02", "way": "1", "at": at,
        "items": [{"dataset": r.DATASET, "field": "姓名"}],
    }  # fmt: skip
    answer = apart(office, lambda alone: entitlements.answered(alone, log, question, by=r.BUREAU)).answers[0]
    log.close()
    return answer.effect, answer.reasons[0].code


def refused(call: Any) -> CatalogError:
    with pytest.raises(CatalogError) as found:
        call()
    return found.value


def proven(office: Runtime, number: str, by: Actor) -> Case:
    with office.database.writing() as session:
        cases.attach(session, number, by=by, data=b"%PDF-1.4\n%%EOF\n", filename="销毁证明.pdf")
        case = cases.get(session, number, by)
        session.expunge(case)
        return case


def test_a_provider_stops_only_after_consultation_record_and_the_day(office: Runtime) -> None:
    agreement = agreed(office)
    with pytest.raises(NotPermitted):
        opened(office, agreement, "change", r.BUREAU, **STOP)
    number = opened(office, agreement, "change", r.GIVER, **STOP)
    for verb in ("file", "record", "take-effect"):
        by = r.BUREAU if verb == "record" else r.GIVER
        with pytest.raises(WrongState) as found:
            r.act(office, number, verb, by, DAY, values=ORDER if verb == "take-effect" else None)
        assert found.value.slug == "case-verb"
    assert told(office, agreement)[0] == "active"

    r.act(office, number, "answer", USER, DAY, values={"opinion": {"stand": "agrees"}})
    r.act(office, number, "file", r.GIVER, DAY)
    r.act(office, number, "record", r.BUREAU, DAY, values={"filing_number": "云政数备〔2026〕3号"})
    early = refused(lambda: r.act(office, number, "take-effect", r.GIVER, date(2026, 12, 24), values=ORDER))
    assert early.slug == "enforcement-early"
    other = refused(lambda: r.act(office, number, "take-change", r.GIVER, date(2026, 12, 25)))
    assert isinstance(other, InvalidDocument | WrongState)
    assert told(office, agreement)[0] == "active"
    r.act(office, number, "take-effect", r.GIVER, date(2026, 12, 25), values=ORDER)
    assert told(office, agreement)[0] == "terminated"


def test_a_change_by_the_provider_only_narrows_and_an_ended_purpose_ends_the_agreement_at_once(
    office: Runtime,
) -> None:
    agreement = agreed(office)
    wider = {"measure": "change", "facts": "接口改造。", "effective_on": "2026-12-05"}
    with pytest.raises(InvalidDocument) as found:
        opened(office, agreement, "change", r.GIVER, **wider, change={"until": "2029-01-01"})
    assert {one.rule for one in found.value.violations} == {"enforcement-wider"}

    number = opened(office, agreement, "change", r.GIVER, **wider, change={"until": "2027-03-31"})
    r.act(
        office,
        number,
        "answer",
        USER,
        DAY,
        values={"opinion": {"stand": "objects", "statement": "影响救助。"}},
    )
    r.act(office, number, "file", r.GIVER, DAY)
    r.act(office, number, "record", r.BUREAU, DAY, values={"filing_number": "云政数备〔2026〕4号"})
    r.act(office, number, "take-change", r.GIVER, date(2026, 12, 5))
    assert told(office, agreement)[1]["period"]["until"] == "2027-03-31"

    ended = opened(office, agreement, "ended", USER, ending="achieved", facts="清理完成。")
    assert told(office, agreement)[0] == "terminated"
    assert r.act(office, ended, "instruct", r.GIVER, DAY, values=ORDER).state == "disposing"
    assert refused(lambda: opened(office, agreement, "misuse", r.GIVER, **MISUSE)).slug == "enforcement-over"


def test_suspended_rectified_resumed_terminated_and_what_decisions_say(office: Runtime) -> None:
    agreement = agreed(office)
    assert decided(office, agreement, "2026-12-02") == ("permit", "agreement-permits")

    number = opened(office, agreement, "misuse", r.BUREAU, **MISUSE)
    assert due_of(office, number) == ("H2", "2026-12-20")  # in inbox, late list and reminders
    status, document = told(office, agreement)
    assert (status, document["suspension"]["rectify_by"]) == ("suspended", "2026-12-20")
    assert decided(office, agreement, "2026-12-02") == ("deny", "agreement-suspended")
    assert refused(lambda: opened(office, agreement, "misuse", r.GIVER, **MISUSE)).slug == "enforcement-open"

    with pytest.raises(NotPermitted):
        r.act(office, number, "report", r.GIVER, DAY)
    report = {"rectification": {"measures": "收回数据，关闭接口。", "done_on": "2026-12-05"}}
    r.act(office, number, "report", USER, date(2026, 12, 6), values=report)
    assert due_of(office, number) == ("H2", None)
    assert decided(office, agreement, "2026-12-07") == ("deny", "agreement-suspended")
    r.act(office, number, "resume", r.GIVER, date(2026, 12, 8))
    status, document = told(office, agreement)
    assert (status, "suspension" in document) == ("active", False)
    assert decided(office, agreement, "2026-12-09") == ("permit", "agreement-permits")

    second = opened(office, agreement, "misuse", r.GIVER, date(2026, 12, 10), **MISUSE)
    early = refused(
        lambda: r.act(office, second, "terminate", r.GIVER, date(2026, 12, 20), note="未整改。", values=ORDER)
    )
    assert early.slug == "enforcement-term-runs"
    assert told(office, agreement)[0] == "suspended"
    r.act(office, second, "terminate", r.BUREAU, date(2026, 12, 21), note="逾期未整改。", values=ORDER)
    assert due_of(office, second) == ("H3", "2027-01-20")
    status, document = told(office, agreement)
    assert (status, document["termination"]["reason"]) == ("terminated", "逾期未整改。")
    assert decided(office, agreement, "2026-12-22") == ("deny", "agreement-terminated")

    disposal = {"disposal": {"method": "覆写删除", "disposed_on": "2026-12-28"}}
    without = refused(lambda: r.act(office, second, "dispose", USER, date(2026, 12, 29), values=disposal))
    assert without.slug == "enforcement-proof"
    proven(office, second, USER)
    r.act(office, second, "dispose", USER, date(2026, 12, 29), values=disposal)
    assert r.act(office, second, "accept", r.GIVER, date(2026, 12, 30)).closed

    again = r.opened(office, date(2027, 1, 10))
    barred = refused(lambda: r.act(office, again, "prepare", r.DRAFTER, date(2027, 1, 10)))
    assert (barred.slug, barred.values["until"]) == ("enforcement-cooling", "2027-01-20")
    later = r.opened(office, date(2027, 1, 21))
    assert r.act(office, later, "prepare", r.DRAFTER, date(2027, 1, 21)).state == "signing"

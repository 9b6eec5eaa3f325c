"""Reports against counting by hand: the matrix, the lists, timeliness, the monthly brief, who may see what."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.registry.reads import Row
from catalog.reports import lists, sharing, tables
from catalog.reports.facts import Facts, Worked
from catalog.reports.timeliness import timeliness, worked
from catalog.standards.calendars import seeded

ON = date(2026, 11, 23)


def row(kind: str, identifier: str, status: str, department: str, **document: Any) -> Row:
    name = document.pop("name", identifier)
    return Row(
        1, 1, status, department, name, "", orjson.dumps(document), "", "", "", "p", kind, identifier, "1.0"
    )


def agreement(number: str, provider: str, consumer: str, until: str = "2028-01-01", **more: Any) -> Row:
    return row(
        "sharing-agreement", number, more.pop("status", "active"), provider, provider=provider,
        consumer=consumer, dataset=more.pop("dataset", "DS1"), items=[{}],
        period={"from": "2026-01-01", "until": until},
    )  # fmt: skip


def case(number: str, clock: dict[str, Any], **more: Any) -> Worked:
    told: dict[str, Any] = {
        "type": "sharing-request", "track": "conditional", "state": "filed", "title": number,
        "from_department": "B", "to_department": "A", "awaits_role": "sharing_officer", "awaits_department": "A",
        "due_on": None, "closed": False, "opened_at": "2026-10-01T00:00:00.000000Z", "document": {}, "paper": False,
    }  # fmt: skip
    return Worked(number=number, clock=clock, **told | more)


def facts(**more: Any) -> Facts:
    told: dict[str, Any] = {
        "on": ON, "language": "zh", "scope": None, "names": {"A": "甲局", "B": "乙局", "C": "丙局"}, "labels": {},
        "agreements": [], "datasets": [], "topics": [], "posts": [], "cases": [], "calendar": seeded(),
    }  # fmt: skip
    return Facts(**told | more)


def test_the_state_of_an_agreement_is_that_of_the_day() -> None:
    rows = sharing.ledger(facts(agreements=[
        agreement("AG1", "A", "B"), agreement("AG2", "A", "B", "2026-12-31"), agreement("AG3", "A", "B", "2026-11-22"),
        agreement("AG4", "A", "B", status="suspended"), agreement("AG5", "A", "B", status="terminated"),
    ]))  # fmt: skip

    assert [one["state"] for one in rows] == ["active", "expiring", "expired", "suspended", "ended"]


def test_a_refused_request_stands_in_the_ledger_and_an_agreed_one_does_not() -> None:
    rows = sharing.ledger(facts(cases=[case("SR1", {}, state="refused"), case("SR2", {}, state="agreed")]))

    assert [(one["number"], one["state"], one["provider"]) for one in rows] == [("SR1", "refused", "A")]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from(sharing.STATES))))
def test_the_matrix_counts_every_row_once(pairs: list[tuple[str, str, str]]) -> None:
    rows = [
        {"provider": provider, "consumer": consumer, "state": state} for provider, consumer, state in pairs
    ]

    made = sharing.matrix(rows, ["B", "A"])

    counted = Counter(
        {(*key, state): n for key, cell in made.cells.items() for state, n in cell.counts.items()}
    )
    assert counted == Counter(pairs)
    assert made.providers == sorted(set(made.providers), key="BAC".index)


def test_a_topic_narrows_the_ledger_to_what_it_draws_on() -> None:
    topic = row(
        "topic", "TP1", "published", "A", sections=[{"slots": [{"dataset": "DS1"}, {"dataset": "DS1"}]}]
    )
    held = facts(
        topics=[topic], agreements=[agreement("AG1", "A", "B"), agreement("AG2", "A", "B", dataset="DS2")]
    )

    found = tables.rows(tables.REPORTS["sharing"], held, tables.Asked(topic="TP1"))

    assert [(one["number"], one["topics"]) for one in found] == [("AG1", ["TP1"])]


def test_the_negative_list_names_the_basis_and_single_fields() -> None:
    whole = row("dataset", "DS1", "published", "A", share={
        "class": "3", "reason": "法律明文", "legal_basis": [{"title": "档案法", "article": "第二十八条"}]})  # fmt: skip
    part = row("dataset", "DS2", "published", "A", share={"class": "2"}, fields=[
        {"name": "住址", "share_class": "3"}, {"name": "姓名", "share_class": "2"}])  # fmt: skip
    shared = row("dataset", "DS3", "published", "A", share={"class": "1"})
    gone = row("dataset", "DS4", "withdrawn", "A", share={"class": "3"})

    found = lists.negative(facts(datasets=[whole, part, shared, gone]))

    assert [(one["number"], one["items"], one["basis"]) for one in found] == [
        ("DS1", "", "《档案法》第二十八条"),
        ("DS2", "住址", ""),
    ]


def test_a_pause_and_holidays_are_no_working_days() -> None:
    clock = {"rule": "T4", "start": "2026-09-30", "ended": "2026-10-20", "pauses": []}
    assert worked(clock, seeded()) == 10  # the golden vector of the decree's clock

    paused = clock | {"pauses": [{"from": "2026-10-12", "until": "2026-10-15"}]}
    assert worked(paused, seeded()) == 7


def test_timeliness_tells_on_time_late_running_and_overdue_by_who_is_bound() -> None:
    ended = {"rule": "T4", "start": "2026-11-02", "pauses": [], "due_on": "2026-11-16"}
    cases = [
        case("SR1", {"rule": "T6", "start": "2026-11-10", "pauses": [], "past": [ended | {"ended": "2026-11-10"}]},
             due_on="2026-12-08"),
        case("SR2", ended | {"ended": "2026-11-18"}, paper=True),
        case("SR3", {"rule": "T4", "start": "2026-11-02", "pauses": []}, due_on="2026-11-16"),
        case("CP1", {"rule": "T2", "start": "2026-11-19", "pauses": []}, type="proposal", due_on="2026-11-23"),
    ]  # fmt: skip

    found = {(one["department"], one["rule"]): one for one in timeliness(facts(cases=cases))}

    answer = found["A", "T4"]
    assert (answer["handled"], answer["on_time"], answer["late"], answer["rate"]) == (2, 1, 1, "50%")
    assert (answer["running"], answer["overdue"], answer["paper"], answer["median"]) == (1, 1, 1, 6)
    assert (found["A", "T6"]["running"], found["A", "T6"]["overdue"]) == (1, 0)
    assert found["", "T2"]["running"] == 1  # the bureau's own


def test_a_month_takes_what_ended_in_it() -> None:
    ended = {"rule": "T4", "start": "2026-10-20", "pauses": [], "due_on": "2026-11-03", "ended": "2026-11-02"}
    held = facts(cases=[case("SR1", ended, closed=True)])
    one = tables.REPORTS["timeliness"]

    assert tables.rows(one, held, tables.asked({"month": "2026-11"}, one))[0]["handled"] == 1
    assert tables.rows(one, held, tables.asked({"month": "2026-10"}, one)) == []


@pytest.mark.parametrize("given", [{"month": "2026-13"}, {"since": "gestern"}])
def test_what_is_no_day_is_refused_with_how_to_write_it(given: dict[str, str]) -> None:
    from catalog.base.errors import InvalidDocument

    with pytest.raises(InvalidDocument) as refusal:
        tables.asked(given, tables.REPORTS["timeliness"])
    assert refusal.value.violations[0].rule in ("report-day", "report-month")

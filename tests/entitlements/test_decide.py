"""Decisions: equal to the plain reading of the agreements, reason by reason, the strictest winning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from catalog.base.i18n import text
from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.reverse import consumers, permitted
from catalog.entitlements.snapshot import DENIALS, MASKS, Answer, Duty, Reason, strictness
from tests.entitlements import worlds
from tests.entitlements.worlds import World, questions, snapshot_of


def agreement(identifier: str = "AG1", status: str = "active", **more: Any) -> World:
    said: dict[str, Any] = {
        "consumer": "DP3", "dataset": "DS1", "purposes": ["P1"], "way": "1",
        "period": {"from": "2026-01-01", "until": "2026-06-30"},
        "items": [{"clause": "第三条第1项", "field": "a", "mask": "last4"}],
        "obligations": [{"type": "deletion", "detail": "用后删除"}],
    }  # fmt: skip
    dataset = {"department": "DP1", "share": {"class": "2"},
               "fields": [{"name": "a", "element": "DE1"}, {"name": "b", "element": "DE2"}]}  # fmt: skip
    return {"DS1": ("published", dataset)}, {identifier: (status, said | more)}


def asked(world: World, **more: Any) -> Answer:
    """The answer to the question that the agreement of ``agreement`` permits, but for ``more``."""
    said: dict[str, Any] = {
        "consumer": "DP3", "purpose": "P1", "items": (Item(dataset="DS1", field="a"),), "way": "", "on": "2026-03-15",
    }  # fmt: skip
    (answer,) = decide(snapshot_of(world), Question(**said | more))
    return answer


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


@given(worlds.worlds, questions)
def test_a_decision_equals_the_plain_reading_of_all_documents(world: World, question: Question) -> None:
    (answer,) = decide(snapshot_of(world), question)

    places = worlds.permitted(world, question)
    assert (answer.effect == "permit") == bool(places)
    assert not places or (answer.dataset, answer.field) in places


@given(worlds.worlds, questions)
def test_every_answer_says_why_and_what_next(world: World, question: Question) -> None:
    (answer,) = decide(snapshot_of(world), question)

    assert answer.reasons
    assert all(code in DENIALS for code in codes(answer)) == (answer.effect == "deny")
    for code in codes(answer):
        for language in ("zh", "en"):
            assert text(f"entitlement.{code}", language) and text(f"entitlement.{code}-next", language)  # type: ignore[arg-type]


@given(worlds.worlds, questions)
def test_the_same_snapshot_and_question_give_the_same_answer(world: World, question: Question) -> None:
    assert decide(snapshot_of(world), question) == decide(snapshot_of(world), question)


@given(worlds.worlds, questions)
def test_what_may_be_used_is_what_each_question_permits(world: World, question: Question) -> None:
    snapshot = snapshot_of(world)
    found = {item for item, _ in permitted(snapshot, question.consumer, question.purpose, question.on)}

    for dataset, (_, document) in world[0].items():
        for field in document["fields"]:
            item = Item(dataset=dataset, field=field["name"])
            one = question._replace(items=(item,), way="")
            permits = bool(worlds.permitted(world, one)) and document["department"] != question.consumer
            if permits:
                assert item in found
            elif document["department"] != question.consumer:
                assert item not in found


@given(worlds.worlds, questions)
def test_who_may_use_an_element_is_who_is_permitted(world: World, question: Question) -> None:
    found = {(who, what, item) for who, what, item, _ in consumers(snapshot_of(world), "DE1", question.on)}

    for who in ("DP1", "DP2", "DP3"):
        for what in ("P1", "P2"):
            for dataset, (_, document) in world[0].items():
                for field in document["fields"]:
                    if field["element"] != "DE1" or document["department"] == who:
                        continue
                    item = Item(dataset=dataset, field=field["name"])
                    one = Question(who, what, (item,), "", question.on)
                    assert bool(worlds.permitted(world, one)) == ((who, what, item) in found)


def test_a_permit_names_agreement_clause_obligations_and_end() -> None:
    assert asked(agreement()) == Answer(
        "permit", (Reason("agreement-permits", "AG1"),), "AG1", "第三条第1项",
        (Duty("mask", "last4"), Duty("deletion", "用后删除")), "2026-06-30", "DS1", "a",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("world", "question", "code"),
    [
        ({}, {"consumer": "DP9"}, "consumer-unknown"),
        ({}, {"consumer": "DP4"}, "consumer-ended"),
        ({}, {"purpose": "P9"}, "purpose-unknown"),
        ({"purposes": ["P2"]}, {"purpose": "P2", "on": "2026-07-01"}, "purpose-ended"),
        ({}, {"purpose": "P2"}, "purpose-not-agreed"),
        ({}, {"way": "9"}, "way-unknown"),
        ({}, {"way": "2"}, "way-not-agreed"),
        ({}, {"items": (Item(element="DE9"),)}, "element-unknown"),
        ({}, {"items": (Item(element="DE3"),)}, "element-without-source"),
        ({}, {"items": (Item(element="DE2"),)}, "no-agreement"),
        ({}, {"items": (Item(dataset="DS9", field="a"),)}, "dataset-unknown"),
        ({}, {"items": (Item(dataset="DS1", field="z"),)}, "field-unknown"),
        ({}, {"items": (Item(dataset="DS1", field="b"),)}, "field-not-agreed"),
        ({}, {"consumer": "DP2"}, "no-agreement"),
        ({}, {"on": "2025-12-31"}, "agreement-not-yet"),
        ({}, {"on": "2026-07-01"}, "agreement-expired"),
        ({"termination": {"on": "2026-03-15"}}, {}, "agreement-terminated"),
        ({"status": "suspended"}, {}, "agreement-suspended"),
        ({"status": "expired"}, {}, "agreement-expired"),
        ({"status": "terminated"}, {}, "agreement-terminated"),
        ({"status": "superseded"}, {}, "agreement-superseded"),
        ({"items": [{"field": "a", "mask": "hidden"}]}, {}, "field-hidden"),
        ({"items": [{"field": "a", "element": "DE2"}]}, {}, "field-rebound"),
        ({"items": [{"field": "a", "element": "DE2"}]}, {"items": (Item(element="DE1"),)}, "no-agreement"),
        ({"items": [{"field": "a", "element": "DE2"}]}, {"items": (Item(element="DE2"),)}, "field-rebound"),
        ({"items": [{"field": "a", "element": "DE2"}], "status": "terminated"}, {}, "agreement-terminated"),
        ({"items": [{"field": "z", "element": "DE1"}]}, {"items": (Item(element="DE1"),)}, "no-agreement"),
        (
            {"items": [{"field": "z", "element": "DE3"}]},
            {"items": (Item(element="DE3"),)},
            "element-without-source",
        ),
    ],
)
def test_a_denial_names_its_reason(world: dict[str, Any], question: dict[str, Any], code: str) -> None:
    answer = asked(agreement(**world), **question)

    assert (answer.effect, codes(answer)) == ("deny", [code])


@pytest.mark.parametrize("on", ["2026-01-01", "2026-06-30"])
def test_the_first_and_the_last_day_count(on: str) -> None:
    assert asked(agreement(), on=on).effect == "permit"
    assert (
        asked(agreement(purposes=["P2"]), purpose="P2", on=on).effect == "permit"
    )  # whose own term is the same


@pytest.mark.parametrize("on", ["2026-01-01", "2026-06-30"])
def test_on_these_days_another_fault_is_not_the_term(on: str) -> None:
    assert codes(asked(agreement(), on=on, way="2")) == ["way-not-agreed"]


def test_the_day_before_a_termination_is_the_last() -> None:
    world = agreement(termination={"on": "2026-03-16"})

    assert asked(world).valid_until == "2026-03-15"
    assert asked(world, on="2026-03-16").effect == "deny"


@pytest.mark.parametrize(
    ("status", "share", "code"),
    [
        ("suspended", "2", "not-published"),
        ("withdrawn", "2", "not-published"),
        ("published", "3", "sharing-refused"),
    ],
)
def test_what_is_not_shared_stays_so_whatever_was_agreed(status: str, share: str, code: str) -> None:
    datasets, agreements = agreement()
    document = datasets["DS1"][1] | {"share": {"class": share}}
    world = ({"DS1": (status, document)}, agreements)

    assert codes(asked(world)) == [code]
    assert codes(asked(world, items=(Item(element="DE2"),))) == [code]
    assert codes(asked(world, consumer="DP1")) == ["own-data"]


def test_what_is_shared_without_condition_must_still_be_asked_for() -> None:
    datasets, _ = agreement()
    document = datasets["DS1"][1] | {"share": {"class": "1"}}

    assert codes(asked(({"DS1": ("published", document)}, {}))) == ["no-agreement-unconditional"]


def test_the_strictest_of_two_agreements_wins() -> None:
    datasets, one = agreement()
    _, other = agreement("AG2", items=[{"clause": "二", "field": "a", "mask": "yes_no"}],
                         period={"from": "2026-01-01", "until": "2026-04-30"}, obligations=[{"type": "use_record"}])  # fmt: skip
    answer = asked((datasets, one | other))

    assert (answer.agreement, answer.clause, answer.valid_until) == ("AG2", "二", "2026-04-30")
    assert answer.obligations == (Duty("mask", "yes_no"), Duty("use_record"), Duty("deletion", "用后删除"))
    assert answer.reasons == (Reason("agreement-permits", "AG2"), Reason("agreement-permits", "AG1"))


def test_a_suspension_wins_over_another_agreement() -> None:
    datasets, one = agreement()
    _, other = agreement("AG2", status="suspended")

    assert codes(asked((datasets, one | other))) == ["agreement-suspended"]
    assert (
        asked((datasets, one | agreement("AG2", status="suspended", purposes=["P2"])[1])).effect == "permit"
    )


def test_of_several_sources_the_strictest_is_named() -> None:
    datasets, one = agreement()
    _, other = agreement("AG2", dataset="DS2", items=[{"clause": "二", "field": "a", "mask": "yes_no"}])
    world = (datasets | {"DS2": datasets["DS1"]}, one | other)

    answer = asked(world, items=(Item(element="DE1"),))
    assert (answer.agreement, answer.dataset, answer.mask) == ("AG2", "DS2", "yes_no")


def test_reasons_stand_in_the_order_of_their_nearness() -> None:
    datasets, one = agreement(way="2")
    _, other = agreement("AG2", status="terminated")

    answer = asked((datasets, other | one), way="1")
    assert answer.reasons == (Reason("way-not-agreed", "AG1"), Reason("agreement-terminated", "AG2"))
    assert answer.agreement == "AG1"


def test_an_unknown_mask_is_the_strictest() -> None:
    assert [strictness(mask) for mask in MASKS] == sorted(map(strictness, MASKS))
    assert strictness("other") > strictness("hidden")


def test_of_several_sources_that_all_deny_every_reason_is_told_the_nearest_first() -> None:
    datasets, one = agreement(way="2")
    _, other = agreement("AG2", dataset="DS2", status="terminated", way="2")
    world = (datasets | {"DS2": datasets["DS1"]}, other | one)

    answer = asked(world, items=(Item(element="DE1"),), way="1")
    assert answer == Answer(
        "deny", (Reason("way-not-agreed", "AG1"), Reason("agreement-terminated", "AG2")), "AG1",
        dataset="DS1", field="a",
    )  # fmt: skip


def test_a_refusal_names_the_field_that_it_is_about_and_nothing_of_the_permission() -> None:
    assert asked(agreement(), purpose="P2") == Answer(
        "deny", (Reason("purpose-not-agreed", "AG1"),), "AG1", dataset="DS1", field="a"
    )
    assert asked(agreement(), items=(Item(dataset="DS1", field="b"),)) == Answer(
        "deny", (Reason("field-not-agreed", "b"),), dataset="DS1", field="b"
    )


def test_asking_about_many_is_asking_one_by_one() -> None:
    items = (
        Item(element="DE1"),
        Item(dataset="DS1", field="a"),
        Item(dataset="DS1", field="b"),
        Item(element="DE9"),
    )
    said: dict[str, Any] = {"consumer": "DP3", "purpose": "P1", "items": items, "way": "", "on": "2026-03-15"}
    snapshot = snapshot_of(agreement())

    together = decide(snapshot, Question(**said))
    assert together == [decide(snapshot, Question(**said | {"items": (one,)}))[0] for one in items]
    assert (
        decide(snapshot, Question(**said | {"consumer": "DP9"}))
        == [Answer("deny", (Reason("consumer-unknown", "DP9"),))] * 4
    )

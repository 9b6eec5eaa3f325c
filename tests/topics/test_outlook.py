"""As another department: each slot stands as the decision on its field does, never more open; nobody's data are read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.base.i18n import text
from catalog.entitlements.decide import Question, decide
from catalog.entitlements.snapshot import MASKS, strictness
from catalog.topics.outlook import STATES, _item, outlook
from tests import factories
from tests.desk import Desk
from tests.entitlements import worlds
from tests.entitlements.worlds import World, snapshot_of
from tests.factories import ANCHORS

_slot = st.fixed_dictionaries(
    {"code": st.just("s"), "name": st.just("n")},
    optional={
        "element": st.sampled_from(["DE1", "DE2", "DE3"]),
        "dataset": st.sampled_from(["DS1", "DS2", "DS9"]),
        "field": st.sampled_from(["a", "b"]),
        "default_mask": st.sampled_from(MASKS[1:]),
        "masks": st.lists(
            st.fixed_dictionaries(
                {"purpose": st.sampled_from(["P1", "P2"]), "mask": st.sampled_from(MASKS[1:])}
            ),
            max_size=1,
        ),
    },
)
topics = st.fixed_dictionaries(
    {
        "sections": st.lists(_slot, min_size=1, max_size=4).map(
            lambda slots: [{"code": "x", "name": "X", "slots": slots}]
        )
    },
    optional={"purposes": st.lists(st.sampled_from(["P1", "P2"]), min_size=1)},
)


@given(worlds.worlds, topics, worlds.questions)
def test_a_slot_is_never_more_open_than_its_decision(
    world: World, topic: dict[str, Any], question: Question
) -> None:
    snapshot = snapshot_of(world)
    seen = outlook(
        topic,
        snapshot,
        consumer=question.consumer,
        purpose=question.purpose,
        way=question.way,
        on=question.on,
    )
    allowed = not topic.get("purposes") or question.purpose in topic["purposes"]

    for one in seen:
        (answer,) = decide(snapshot, question._replace(items=(_item(one.slot),)))
        own = {each["purpose"]: each["mask"] for each in one.slot.get("masks", ())}
        mask = own.get(question.purpose, one.slot.get("default_mask", ""))
        assert one.state in STATES and one.reasons
        if one.state in ("permitted", "masked"):
            assert answer.effect == "permit" and allowed
            assert strictness(one.mask or "full") >= max(strictness(answer.mask), strictness(mask or ""))
            assert (one.state == "masked") == (one.mask != "")
        elif answer.effect == "permit":
            assert not allowed or "hidden" in (mask, answer.mask)
        else:
            assert one.mask == ""


@pytest.mark.parametrize(
    ("slot", "purposes", "state", "code"),
    [
        ({}, [], "none", "topic-no-element"),
        ({"element": "DE3"}, [], "none", "element-without-source"),
        ({"element": "DE1", "dataset": "DS1", "field": "z"}, [], "none", "field-unknown"),
        ({"element": "DE1"}, [], "masked", "agreement-permits"),
        ({"element": "DE1", "dataset": "DS1", "field": "a"}, ["P1"], "masked", "agreement-permits"),
        ({"element": "DE1"}, ["P2"], "refused", "topic-purpose"),
        ({"element": "DE1", "masks": [{"purpose": "P1", "mask": "hidden"}]}, [], "refused", "topic-hidden"),
        (
            {"element": "DE1", "masks": [{"purpose": "P2", "mask": "hidden"}]},
            [],
            "masked",
            "agreement-permits",
        ),
        ({"element": "DE2"}, [], "refused", "no-agreement"),
        ({"dataset": "DS1", "field": "b"}, [], "refused", "field-not-agreed"),
    ],
)
def test_a_slot_says_why(slot: dict[str, Any], purposes: list[str], state: str, code: str) -> None:
    dataset = {"department": "DP1", "share": {"class": "2"},
               "fields": [{"name": "a", "element": "DE1"}, {"name": "b", "element": "DE2"}]}  # fmt: skip
    agreement = {
        "consumer": "DP3", "dataset": "DS1", "purposes": ["P1"], "way": "1",
        "period": {"from": "2026-01-01", "until": "2026-06-30"}, "items": [{"field": "a", "mask": "last4"}],
    }  # fmt: skip
    snapshot = snapshot_of(({"DS1": ("published", dataset)}, {"AG1": ("active", agreement)}))
    topic = {
        "purposes": purposes,
        "sections": [{"code": "x", "name": "X", "slots": [{"code": "s", "name": "n"} | slot]}],
    }

    (one,) = outlook(topic, snapshot, consumer="DP3", purpose="P1", way="", on="2026-03-15")

    assert (one.state, one.reasons[0].code) == (state, code)
    if code.startswith("topic-"):
        assert text(f"outlook.{code}", "zh") and text(f"outlook.{code}", "en")


def test_anybody_sees_a_topic_as_another_department(desk: Desk) -> None:
    factories.anchor(desk.runtime)
    address = f"/topics/{ANCHORS['topic']}/outlook?department=DP0011&purpose=P01"
    said = desk.get(f"/api/v1{address}", by="reader")
    page = desk.send("GET", address, by="reader", headers={"accept": "text/html"})
    file = desk.send("GET", f"{address}&format=csv", by="reader")

    assert sum(said["counts"].values()) == len(said["slots"]) > 0
    assert {one["state"] for one in said["slots"]} <= set(STATES)
    assert page.status_code == 200 and page.text.count('<tr id="') == len(said["slots"])
    assert file.headers["content-type"].startswith("text/csv")
    assert len(file.text.strip().splitlines()) == len(said["slots"]) + 1
    assert all(bool(one["request"]) <= (one["state"] == "refused") for one in said["slots"])
    assert desk.send("GET", f"/api/v1/topics/{ANCHORS['topic']}/outlook?department=DP0011").status_code == 422
    assert "PN-" not in page.text + file.text

"""Records become a snapshot: every clause with its duties and days, what is missing, the digest of the whole."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from catalog.entitlements.compiling import ENDLESS, compiled, dataset_of, digest_of, grants_of
from catalog.entitlements.snapshot import NEVER, Answer, Dataset, Duty, Grant, Parts, Reason
from tests.entitlements.test_decide import agreement, asked, codes
from tests.entitlements.worlds import snapshot_of

WHOLE: dict[str, Any] = {
    "consumer": "DP3", "dataset": "DS1", "purposes": ["P1", "P2"], "way": "1", "conditions": "仅限核验",
    "retention_until": "2029-06-30", "period": {"from": "2026-01-01", "until": "2026-06-30"},
    "obligations": [{"type": "deletion", "detail": "用后删除"}, {}],
    "items": [{"clause": "一", "field": "a", "element": "DE1", "mask": "last4", "conditions": "不得导出"}],
}  # fmt: skip


def grant(document: dict[str, Any], status: str = "active") -> Grant:
    ((_, _, _, made),) = grants_of("AG1", document, status)
    return made


def test_a_clause_carries_its_own_duties_before_those_of_the_agreement() -> None:
    ((consumer, place, element, made),) = grants_of("AG1", WHOLE, "active")

    assert (consumer, place, element) == ("DP3", ("DS1", "a"), "DE1")
    assert made.permit == Answer(
        "permit", (Reason("agreement-permits", "AG1"),), "AG1", "一",
        (Duty("mask", "last4"), Duty("condition", "不得导出"), Duty("deletion", "用后删除"), Duty(""),
         Duty("condition", "仅限核验"), Duty("records_until", "2029-06-30")),
        "2026-06-30", "DS1", "a",
    )  # fmt: skip
    assert (made.start, made.first, made.until, made.cut) == ("2026-01-01", "2026-01-01", "2026-06-30", False)
    assert (made.purposes, made.ways, made.mask) == ({"P1", "P2"}, ("", "1"), "last4")


def test_what_an_agreement_leaves_out_permits_nothing() -> None:
    ((consumer, place, element, made),) = grants_of("AG1", {"items": [{}]}, "active")

    assert (consumer, place, element) == ("", ("", ""), "")
    assert (made.start, made.until, made.ways, made.mask, made.clause) == (ENDLESS, ENDLESS, ("", ""), "", "")
    assert made.purposes == set() and made.permit.obligations == () and made.permit.valid_until == ""
    assert grants_of("AG1", {}, "active") == ()
    assert dataset_of({}, "published") == Dataset("", "published", "", (), ())
    assert dataset_of({"fields": [{}]}, "published").fields == (("", "", ""),)
    assert dataset_of({"services": [{"name": "接口"}]}, "published").services == ({"name": "接口"},)
    assert ENDLESS == "9999-12-31"


@pytest.mark.parametrize(
    ("status", "mask", "ended", "suspended", "hidden"),
    [
        ("active", "full", "", False, False),
        ("suspended", "full", "", True, False),
        ("expired", "full", "agreement-expired", False, False),
        ("active", "hidden", "", False, True),
    ],
)
def test_what_is_over_suspended_or_hidden_has_no_first_day(
    status: str, mask: str, ended: str, suspended: bool, hidden: bool
) -> None:
    made = grant(WHOLE | {"items": [{"field": "a", "mask": mask}]}, status)

    assert (made.ended, made.suspended, made.hidden) == (ended, suspended, hidden)
    assert made.first == (NEVER if ended or suspended or hidden else "2026-01-01")
    assert made.permit.obligations[0].type == ("mask" if hidden else "deletion")


@pytest.mark.parametrize(
    ("ends", "until", "cut"),
    [
        ("2026-06-30", "2026-06-29", True),
        ("2026-07-01", "2026-06-30", False),
        ("2026-01-01", "2025-12-31", True),
        ("", "2026-06-30", False),
    ],
)
def test_a_termination_within_the_term_cuts_it_short(ends: str, until: str, cut: bool) -> None:
    made = grant(WHOLE | {"termination": {"on": ends}})

    assert (made.until, made.cut) == (until, cut)


def test_an_agreement_without_end_says_none() -> None:
    answer = asked(agreement(period={"from": "2026-01-01"}), way="1", on="9000-01-01")

    assert (answer.effect, answer.valid_until) == ("permit", "")


def test_every_field_of_the_dataset_knows_its_partners_and_nobody_else_is_one() -> None:
    datasets, said = agreement()
    datasets["DS2"] = ("published", datasets["DS1"][1])
    snapshot = snapshot_of(
        (datasets, said | agreement("AG2", items=[{"field": "z"}], consumer="DP2", dataset="DS9")[1])
    )

    assert {name: set(one.partners) for name, one in snapshot.sources["DS1"].items()} == {
        "a": {"DP3"},
        "b": {"DP3"},
    }
    assert all(not one.partners for one in snapshot.sources["DS2"].values())
    assert snapshot.granted == {("DP3", "DE1"): (("DS1", "a"),)}
    assert snapshot.agreed == {"DP3": (("DS1", "a"),), "DP2": (("DS9", "z"),)}
    assert snapshot.owned == {("DP1", "DE1"): ("DS1", "a"), ("DP1", "DE2"): ("DS1", "b")}


def test_a_field_that_may_be_had_is_named_before_one_that_is_barred() -> None:
    datasets, _ = agreement()
    barred = {"department": "DP2", "share": {"class": "3"}, "fields": [{"name": "a", "element": "DE1"}]}
    free = {
        "department": "DP2",
        "share": {"class": "2"},
        "fields": [{"name": "a", "element": "DE1", "share_class": "1"}],
    }

    first = snapshot_of(({"DS0": ("published", barred), "DS1": datasets["DS1"]}, {}))
    assert (first.open["DE1"].dataset, codes(first.open["DE1"])) == ("DS1", ["no-agreement"])
    only = snapshot_of(({"DS0": ("published", barred)}, {}))
    assert codes(only.open["DE1"]) == ["sharing-refused"]
    own = snapshot_of(({"DS0": ("published", free)}, {}))
    assert codes(own.open["DE1"]) == ["no-agreement-unconditional"]


def test_the_digest_covers_every_mark_in_one_order() -> None:
    marks = [("dataset", "DS1", "published", "d1"), ("department", "DP1", "active", "d2")]
    text = "dataset\x1fDS1\x1fpublished\x1fd1\ndepartment\x1fDP1\x1factive\x1fd2\n"

    assert digest_of(marks) == digest_of(reversed(marks)) == hashlib.sha256(text.encode()).hexdigest()
    snapshot = compiled(Parts(), seq=7, digest="d")
    assert (snapshot.seq, snapshot.digest, snapshot.sources) == (7, "d", {})


@pytest.mark.parametrize("on", ["2026-01-01", "2026-06-30"])
def test_the_first_and_the_last_day_count_of_several_agreements_too(on: str) -> None:
    datasets, one = agreement()
    answer = asked((datasets, one | agreement("AG2", way="2")[1]), on=on)

    assert answer.reasons == (Reason("agreement-permits", "AG1"), Reason("agreement-permits", "AG2"))

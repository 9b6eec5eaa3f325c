"""Who is told of what: a table of movements, without any database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.notices.told import Movement, of_agreement, of_movement

ASKED, OPENER, FRIEND = "PN-00000000000000a1", "PN-00000000000000a2", "PN-00000000000000a3"
GIVER, CHIEF = "PN-00000000000000b1", "PN-00000000000000c1"
POSTS = {
    ("sharing_officer", "DP0011"): {ASKED},
    ("sharing_officer", "DP0008"): {GIVER},
    ("authority", ""): {CHIEF},
}
FILED = Movement(
    past="filed", by=ASKED, type="sharing-request", track="conditional", to="filed", side="from",
    from_department="DP0011", to_department="DP0008", assignee="", requesters={ASKED, OPENER},
    watchers={FRIEND},
)  # fmt: skip


def holders(role: str, department: str) -> set[str]:
    return POSTS.get((role, department), set())


ANSWERED = replace(FILED, past="agreed", by=GIVER, to="agreed", side="to")


@pytest.mark.parametrize(
    ("movement", "told"),
    [
        (FILED, {GIVER: "waits", FRIEND: "watched"}),
        (replace(FILED, assignee=OPENER), {OPENER: "waits", FRIEND: "watched"}),
        (replace(FILED, track="external"), {CHIEF: "waits", FRIEND: "watched"}),
        (ANSWERED, {ASKED: "answered", OPENER: "answered", FRIEND: "watched"}),
        (replace(ANSWERED, past="refused", to="refused"), {ASKED: "answered", OPENER: "answered", FRIEND: "watched"}),
        (replace(ANSWERED, watchers={OPENER}), {ASKED: "answered", OPENER: "answered"}),
        (
            replace(FILED, past="supplement-asked", by=GIVER, to="supplement", side="to"),
            {ASKED: "waits", OPENER: "answered", FRIEND: "watched"},
        ),
        (
            replace(FILED, type="extension", track="answer", past="notified", by=GIVER, to="effective",
                    from_department="DP0008", to_department="DP0011", requesters={GIVER}, watchers=()),
            {ASKED: "answered"},
        ),
        (replace(FILED, past="handed-over", to="", named=OPENER), {OPENER: "waits"}),
        (replace(FILED, past="commented", to=""), {OPENER: "watched", FRIEND: "watched"}),
        (replace(FILED, past="saved", to=""), {}),
    ],
)  # fmt: skip
def test_each_is_told_once_for_the_strongest_reason(movement: Movement, told: dict[str, str]) -> None:
    assert {one.person: one.kind for one in of_movement(movement, holders)} == told


@pytest.mark.parametrize(
    ("verb", "status", "message"),
    [
        ("registered", "active", "agreement-made"),
        ("moved", "suspended", "agreement-suspended"),
        ("moved", "active", "agreement-resumed"),
        ("retired", "terminated", "agreement-terminated"),
        ("moved", "expired", "agreement-expired"),
        ("confirmed", "active", ""),
    ],
)
def test_the_consumer_hears_of_its_agreement_and_the_bureau_has_it_on_record(
    verb: str, status: str, message: str
) -> None:
    found = of_agreement(verb, status, GIVER, provider="DP0008", consumer="DP0011", holders=holders)

    expected = {ASKED: message, CHIEF: "agreement-filed"} if message else {}
    assert {one.person: one.message for one in found} == expected

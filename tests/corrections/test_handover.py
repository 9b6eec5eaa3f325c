"""A leaver: everything goes to successors in one act, or is vacant; four eyes and three persons are kept."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlmodel import col, select

from catalog.base import clock
from catalog.base.documents import canonical
from catalog.base.errors import InvalidDocument, NotPermitted, WrongState
from catalog.cases import service
from catalog.cases.models import Case
from catalog.forms import service as drafts
from catalog.forms.models import Draft
from catalog.handover import handing
from catalog.handover.holdings import holdings
from catalog.identity import accounts, tokens
from catalog.identity.actors import CONSOLE, Actor
from catalog.identity.models import Grant
from catalog.kinds import BY_NAME
from catalog.ledger.models import Entry
from catalog.registry.documents import whole
from catalog.registry.prepare import Incoming
from catalog.registry.reach import subordinates
from tests import factories
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in

PLACE = "DP0008"
POST, SYSTEM = "AP00955", "SY0955"


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    for login, role in (("leaver", "data_officer"), ("heir", "data_officer"), ("chief", "department_head")):
        colleague(desk, login, role, PLACE)
    for login, role in (("bureau", "authority"), ("watch", "auditor"), ("safe", "security_admin")):
        colleague(desk, login, role, None)  # type: ignore[arg-type]
    person = who(desk, "leaver")
    post = factories.document("appointment", "（离岗）") | {
        "identifier": POST, "person": person, "department": PLACE, "role": "data_steward",
        "appointed_on": "2026-01-01", "term": {"from": "2026-01-01", "until": "2029-12-31"},
    }  # fmt: skip
    system = factories.document("system", "（离岗）") | {
        "identifier": SYSTEM,
        "department": PLACE,
        "contact": person,
    }
    factories.enter(desk.runtime, Incoming("appointment", post), Incoming("system", system))
    return desk


def today(desk: Desk) -> date:
    return clock.today(desk.runtime.settings.zone)


def actor(desk: Desk, login: str) -> Actor:
    with desk.runtime.database.reading() as session:
        return accounts.actor(
            session, login=login, on=today(desk), subordinates=subordinates(desk.runtime.database)
        )


def who(desk: Desk, login: str) -> str:
    return actor(desk, login).person


def assigned(desk: Desk, to: str) -> str:
    """A proposal whose draft waits for one colleague by name."""
    body = {"changes": [{"kind": "dataset", "document": factories.document("dataset", "（交接）")}]}
    made = desk.send("POST", "/api/v1/cases/proposals", json=body).json()
    with desk.runtime.database.writing() as session:
        case = session.get(Case, made["number"])
        assert case
        service.hand_over(session, case.number, by=actor(desk, "chief"), read=case.seq, to=who(desk, to), on=today(desk))  # fmt: skip
    return str(made["number"])


def test_each_hands_over_what_is_theirs_and_nothing_is_left(office: Desk) -> None:
    runtime, on = office.runtime, today(office)
    leaver, heir = who(office, "leaver"), who(office, "heir")
    number = assigned(office, "leaver")
    with runtime.database.writing() as session:
        token = tokens.issue(session, login="leaver", name="接口", scope=frozenset({"read"}), days=9, by=CONSOLE, on=on)  # fmt: skip
        draft = drafts.save(session, kind=BY_NAME["system"], document={"name": "半成品"}, by=actor(office, "leaver")).id  # fmt: skip
    to = {"roles": heir, "posts": heir, "contacts": heir, "cases": heir, "drafts": heir}

    before = runtime.feed.last()
    seen = handing.preview(runtime.database, person=leaver, to=to, by=actor(office, "chief"), on=on)
    assert runtime.feed.last() == before
    assert {(step.holding.group, step.outcome) for step in seen} == {
        ("roles", "left"), ("posts", "left"), ("contacts", "moves"), ("cases", "moves"), ("drafts", "moves"),
        ("tokens", "left"),
    }  # fmt: skip

    for login, number_ in (("chief", ""), ("bureau", "云民〔2026〕7号"), ("safe", "")):
        handing.hand_over(
            runtime.database, person=leaver, to=to, by=actor(office, login), on=on, number=number_
        )
    with runtime.database.reading() as session:
        assert holdings(session, leaver, on) == []
        post = whole(session, "appointment", POST) or {}
        assert (post["person"], post["document_number"], post["term"]["from"]) == (
            heir, "云民〔2026〕7号", on.isoformat()
        )  # fmt: skip
        assert (whole(session, "system", SYSTEM) or {})["contact"] == heir
        case, held = session.get(Case, number), session.get(Draft, draft)
        assert case and held
        assert (case.assignee, held.by) == (heir, heir)
        verbs = list(
            session.scalars(select(Entry.verb).where(Entry.identifier == leaver, Entry.seq > before))
        )
    assert verbs.count("person.handed-over") == 3
    refused = office.client.get("/api/v1/me", headers={"authorization": f"Bearer {token.secret}"})
    assert refused.status_code == 401


def test_without_a_successor_the_post_is_vacant_and_shown(office: Desk) -> None:
    runtime, on = office.runtime, today(office)
    heir = who(office, "heir")
    handing.hand_over(runtime.database, person=heir, to={}, by=actor(office, "bureau"), on=on)
    steps = handing.hand_over(runtime.database, person=heir, to={}, by=actor(office, "safe"), on=on)

    assert {(step.holding.group, step.outcome) for step in steps if step.holding.group == "roles"} == {
        ("roles", "returned")  # another data officer of the department is there
    }
    with runtime.database.reading() as session:
        assert "person" not in (whole(session, "appointment", POST) or {})
        assert not list(session.scalars(select(Grant).where(col(Grant.person) == heir)))
    with signed_in(office, "bureau") as bureau:
        page = bureau.get("/organisation?state=vacant").text
    assert f'href="/appointments/{POST}"' in page


def test_what_four_eyes_or_three_persons_forbid_is_refused_whole(office: Desk) -> None:
    runtime, on = office.runtime, today(office)
    number = assigned(office, "keeper")
    chief = actor(office, "chief")
    with runtime.database.writing() as session:
        case = session.get(Case, number)
        assert case
        case.done = canonical([{"verb": "submit", "signer": who(office, "chief")}]).decode()
        case.state, case.awaits_role = "consenting", "department_head"
        case.assignee = who(office, "keeper")
        session.add(case)
    steps = handing.preview(
        runtime.database, person=who(office, "keeper"), to={"cases": chief.person}, by=chief, on=on
    )
    conflict = next(step for step in steps if step.holding.key == number)
    assert conflict.outcome == "conflict"
    assert conflict.error and conflict.error.slug == "case-four-eyes"
    before = runtime.feed.last()
    with pytest.raises(NotPermitted):
        handing.hand_over(runtime.database, person=who(office, "keeper"), to={"cases": chief.person}, by=chief, on=on)  # fmt: skip
    with pytest.raises(WrongState):  # one person is never auditor and security administrator
        handing.hand_over(
            runtime.database, person=who(office, "safe"), to={"roles": who(office, "watch")},
            by=actor(office, "safe"), on=on,
        )  # fmt: skip
    with pytest.raises(InvalidDocument):
        handing.hand_over(runtime.database, person=chief.person, to={"cases": chief.person}, by=chief, on=on)
    with pytest.raises(NotPermitted):
        handing.preview(runtime.database, person=chief.person, to={}, by=actor(office, "watch"), on=on)
    assert runtime.feed.last() == before


def test_the_page_previews_before_it_acts(office: Desk) -> None:
    keeper = who(office, "keeper")
    with signed_in(office, "safe") as safe:
        assert "keeper" in safe.get("/handover").text
        page = safe.get(f"/handover?person={keeper}")
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)
        assert csrf
        asked = {"csrf": csrf[1], "person": keeper, "roles": who(office, "chief")}
        seen = safe.post("/handover", data=asked | {"act": "preview"}).text
        assert "交给chief（示例）" in seen
        done = safe.post("/handover", data=asked | {"act": "apply"})
    assert "已办理交接" in done.text
    with signed_in(office, "watch") as watch:
        assert watch.get("/handover").status_code == 403

"""Notices over HTTP: read on pages without scripts, pressed for from the late list, kept by the administrator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from sqlmodel import col, select

from catalog.base import clock
from catalog.cases.models import Case
from catalog.identity import persons
from catalog.identity.actors import CONSOLE
from catalog.notices import delivering, deriving
from catalog.notices.models import Delivery, Notice
from catalog.notices.posting import delivery, send
from tests.cases.clocked import filed, without_slices
from tests.cases.people import TO
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in


@pytest.fixture(scope="module")
def office(desk: Desk) -> Iterator[Desk]:
    colleague(desk, "giver", "sharing_officer", TO)
    colleague(desk, "chief", "authority", None)  # type: ignore[arg-type]
    colleague(desk, "manager", "admin", None)  # type: ignore[arg-type]
    with without_slices():
        yield desk


@pytest.fixture
def case(office: Desk) -> Case:
    """A request that is late, and its notices."""
    made = filed(office.runtime, date(2026, 9, 30))
    while deriving.follow(office.runtime):
        pass
    return made


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert page.status_code == 200 and found, page.text
    return found[1]


def test_a_notice_is_counted_opened_and_read(office: Desk, case: Case) -> None:
    with signed_in(office, "giver") as client:
        listed = client.get("/notices")
        before = int(re.search(r"通知 (\d+)", client.get("/").text)[1])  # type: ignore[index]
        key = re.search(r'name="key" value="([^"]*)"', listed.text)[1]  # type: ignore[index]
        opened = client.post("/notices", data={"csrf": csrf(listed), "key": key, "act": "open"})
        after = re.search(r"通知 (\d+)", client.get("/").text)
        client.post("/notices", data={"csrf": csrf(listed), "act": "all"})
        english = client.get("/notices?lang=en")

    assert case.number in listed.text
    assert opened.url.path == f"/cases/{case.number}"
    assert (int(after[1]) if after else 0) == before - 1
    assert "Unread" not in english.text


def test_nobody_reads_or_marks_the_notice_of_another(office: Desk, case: Case) -> None:
    with office.runtime.database.reading() as session:
        key = session.scalars(select(Notice.key).where(col(Notice.href) == f"/cases/{case.number}")).first()
    with signed_in(office, "manager") as client:
        listed = client.get("/notices")
        assert case.number not in listed.text
        sent = client.post("/notices", data={"csrf": csrf(listed), "key": key, "act": "open"})

    assert sent.url.path == "/notices"
    with office.runtime.database.reading() as session:
        assert session.get_one(Notice, key).read_at is None


def test_the_chief_presses_on_the_late_list_and_gets_the_text_to_paste(office: Desk, case: Case) -> None:
    with signed_in(office, "chief") as client:
        late = client.get("/late")
        none = client.post("/late", data={"csrf": csrf(late)})
        pressed = client.post("/late", data={"csrf": csrf(late), "case": case.number})
        again = client.post("/late", data={"csrf": csrf(late), "case": case.number})

    assert case.number in late.text
    assert none.url.query == b"nothing=yes"
    assert "已催办 1 项" in pressed.text
    assert re.search(r"<textarea readonly[^>]*>[^<]*现予催办", pressed.text)
    assert "1 项今日已经催办" in again.text


def test_the_late_list_of_all_departments_is_the_bureaus(office: Desk, case: Case) -> None:
    with signed_in(office, "giver") as client:
        assert client.get("/late").status_code == 403
        page = client.get("/notices")
        assert client.post("/late", data={"csrf": csrf(page), "case": case.number}).status_code == 403


def test_a_person_chooses_what_comes_by_mail(office: Desk) -> None:
    with signed_in(office, "giver") as client:
        page = client.get("/me/notices")
        done = client.post("/me/notices", data={"csrf": csrf(page), "mail": ["urged", "digest", "forged"]})

    ticked = re.findall(r'value="(\w+)" checked', done.text)
    assert ticked == ["urged", "digest"]


def test_what_was_given_up_is_shown_with_its_reason_and_replayed(office: Desk) -> None:
    at = clock.stamp(clock.now())
    with office.runtime.database.writing() as session:
        person = persons.create(session, name="某（示例）", basis="test", by=CONSOLE)
        send(session, [delivery("mail", person, '{"notice":"none"}', at, mark="x")])
    delivering.deliver(office.runtime)

    with signed_in(office, "giver") as client:
        assert client.get("/notices/outbox").status_code == 403
    with signed_in(office, "manager") as client:
        page = client.get("/notices/outbox")
        replayed = client.post("/notices/outbox", data={"csrf": csrf(page)})

    assert "没有收件地址" in page.text
    assert "1 封已重新排入发送" in replayed.text
    with office.runtime.database.reading() as session:
        assert session.scalars(select(Delivery.state).where(col(Delivery.target) == person)).all() == [
            "waiting"
        ]


def test_webhooks_are_registered_by_the_administrator_and_show_their_secret_once(office: Desk) -> None:
    body = {"system": "SY0901", "address": "http://127.0.0.1:9/x", "kinds": ["case"]}
    with signed_in(office, "manager") as client:
        client.headers["x-csrf"] = csrf(client.get("/notices"))
        private = client.post("/api/v1/webhooks", json=body)
        wrong = client.post("/api/v1/webhooks", json=body | {"kinds": ["nothing"], "more": 1})
        made = client.post("/api/v1/webhooks", json=body | {"private": True})
        listed = client.get("/api/v1/webhooks")
        removed = client.delete(f"/api/v1/webhooks/{made.json()['key']}")
    stranger = office.send("GET", "/api/v1/webhooks", by="reader")

    assert [one["rule"] for one in private.json()["violations"]] == ["webhook-private"]
    assert wrong.status_code == 422
    assert (made.status_code, removed.status_code, stranger.status_code) == (201, 204, 403)
    assert made.json()["secret"] not in listed.text
    assert listed.json()["items"][0]["kinds"] == ["case"]

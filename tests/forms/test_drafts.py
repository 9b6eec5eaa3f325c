"""Drafts: kept in any state, shared by a department, handed over and returned, hidden from all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import select

from catalog.forms import service
from catalog.forms.models import Draft
from catalog.forms.names import to_form
from catalog.identity.actors import Actor
from catalog.kinds import BY_NAME
from catalog.standards import schemas
from tests.desk import Desk
from tests.forms.browser import fields
from tests.forms.test_pages import REASON, colleague, fill, hidden, post, signed_in

DATASET = BY_NAME["dataset"]
SECRET = "只有本单位知道的半成品"


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    """Two data officers and a head of one department, an officer of another."""
    colleague(desk, "officer", "data_officer", "DP0011")
    colleague(desk, "neighbour", "data_officer", "DP0011")
    colleague(desk, "head", "department_head", "DP0011")
    colleague(desk, "other", "data_officer", "DP0019")
    return desk


@pytest.fixture
def officer(office: Desk) -> Iterator[httpx.Client]:
    with signed_in(office, "officer") as client:
        yield client


def begun(client: httpx.Client, *pairs: tuple[str, str], act: str = "draft") -> httpx.Response:
    page = client.get("/datasets/new")
    return post(client, "/datasets/new", [*hidden(page.text), *pairs], act)


def test_a_name_alone_is_kept_and_the_page_says_what_is_missing(officer: httpx.Client) -> None:
    kept = begun(officer, ("/name", "参保半成品"))

    assert kept.url.path.startswith("/drafts/DR")
    assert 'value="参保半成品"' in kept.text
    assert 'href="#f-summary"' in kept.text
    assert "参保半成品" in officer.get("/drafts").text


def test_a_colleague_goes_on_and_the_first_is_told(office: Desk, officer: httpx.Client) -> None:
    kept = begun(officer, ("/name", "同事接着填"))
    mine = fields(kept.text)
    with signed_in(office, "neighbour") as neighbour:
        page = neighbour.get(kept.url.path)
        theirs = [(n, "同事改过" if n == "/name" else v) for n, v in fields(page.text)]
        assert post(neighbour, kept.url.path, theirs, "draft").status_code == 200

    refused = post(officer, kept.url.path, [(n, "我又改" if n == "/name" else v) for n, v in mine], "draft")

    assert refused.status_code == 409
    assert 'value="我又改"' in refused.text
    assert "neighbour（示例）" in officer.get(kept.url.path).text


@pytest.mark.parametrize("login", ["other", "reader", "auditor"])
def test_nobody_else_sees_a_draft(office: Desk, officer: httpx.Client, login: str) -> None:
    kept = begun(officer, ("/name", SECRET))
    with signed_in(office, login) as stranger:
        answers = [stranger.get(kept.url.path), stranger.get("/drafts"), stranger.get("/"),
                   stranger.get(f"/search?q={SECRET}"), stranger.get("/datasets")]  # fmt: skip

        assert answers[0].status_code == 404
        assert not any(SECRET in answer.text.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
                       for answer in answers[:3])  # fmt: skip


def test_a_draft_is_handed_over_returned_with_a_note_and_registered(
    office: Desk, officer: httpx.Client
) -> None:
    document = office.draft("dataset") | {"department": "DP0011", "name": "送审的目录"}
    document.pop("provider_code", None)
    sent = fill(officer, DATASET, document, "submit")
    path = sent.url.path
    with signed_in(office, "head") as head:
        page = head.get(path)
        pairs = [pair for pair in fields(page.text) if pair[0] != "reason"]
        back = post(head, path, [*pairs, ("reason", "摘要再写清楚")], "return")
    seen = officer.get(path)
    again = post(officer, path, fields(seen.text), "submit")
    with signed_in(office, "head") as head:
        page = head.get(path)
        pairs = [pair for pair in fields(page.text) if pair[0] != "reason"]
        done = post(head, path, [*pairs, ("reason", REASON)], "save")

    assert sent.url.params["done"] == "submitted"
    assert back.url.params["done"] == "returned"
    assert "摘要再写清楚" in seen.text
    assert again.url.params["done"] == "submitted"
    assert done.url.params.get("done") == "registered", done.text[:200]
    assert officer.get(path).status_code == 404


def test_who_only_prepares_cannot_register(office: Desk, officer: httpx.Client) -> None:
    document = office.draft("dataset") | {"department": "DP0011", "name": "自己登记不了"}

    refused = fill(officer, DATASET, document, "save")

    assert refused.status_code == 409
    assert "自己登记不了" in refused.text
    assert 'value="submit"' in refused.text


def test_a_person_who_is_no_key_never_enters_a_draft(office: Desk, officer: httpx.Client) -> None:
    shown = begun(officer, ("/name", "带人名的草稿"), ("/contact", "某某某"))

    with office.runtime.database.reading() as session:
        kept = [draft.document for draft in session.scalars(select(Draft))]
    assert 'value="某某某"' in shown.text
    assert not any("某某某" in document for document in kept)


def test_a_form_saves_itself(office: Desk, officer: httpx.Client) -> None:
    page = officer.get("/datasets/new")
    pairs: Any = dict(fields(page.text)) | {"/name": "自动保存"}

    first = officer.post("/drafts?kind=dataset", data=pairs)
    second = officer.post("/drafts?kind=dataset", data=pairs | {"_draft": first.json()["id"], "_mark": first.json()["mark"]})  # fmt: skip
    late = officer.post("/drafts?kind=dataset", data=pairs | {"_draft": first.json()["id"], "_mark": first.json()["mark"]})  # fmt: skip

    assert first.status_code == 200
    assert second.json()["id"] == first.json()["id"]
    assert late.status_code == 409


def test_what_was_handed_over_waits_for_who_may_register_it(office: Desk, officer: httpx.Client) -> None:
    begun(officer, ("/name", "等人审的草稿"), act="submit")

    def waits(login: str) -> list[str]:
        doorkeeper_actor = actor(office, login)
        with office.runtime.database.reading() as session:
            return [one.title for one in service.waiting(session, doorkeeper_actor, office.runtime.settings)]

    assert "等人审的草稿" in waits("head")
    assert "等人审的草稿" not in waits("other")
    assert "等人审的草稿" not in waits("officer")


def actor(desk: Desk, login: str) -> Actor:
    from catalog.base import clock
    from catalog.identity.actors import actor_of
    from catalog.identity.models import Account, Grant

    with desk.runtime.database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        grants = session.scalars(select(Grant).where(Grant.person == account.person)).all()
        return actor_of(account, login, grants, on=clock.today(desk.runtime.settings.zone), subordinates=lambda _: frozenset())  # fmt: skip


def test_a_revision_is_kept_beside_the_record(office: Desk, officer: httpx.Client) -> None:
    record = office.fresh("dataset", department="DP0008")
    with signed_in(office, "keeper") as keeper:
        path = f"/datasets/{record.identifier}/edit"
        pairs = [(n, "草稿里的摘要" if n == "/summary" else v) for n, v in fields(keeper.get(path).text)]
        kept = post(keeper, path, pairs, "draft")
        page = keeper.get(path)

    assert f'href="{kept.url.path}"' in page.text
    assert office.read(record).document["summary"] == record.document["summary"]
    assert to_form(record.document, schemas.current("dataset").annotations)

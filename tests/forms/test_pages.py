"""Every kind has its form: a valid document goes through it unchanged, an invalid one comes back whole."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from catalog.forms.names import control_id, filled, to_document, to_form
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.kinds import KINDS, Kind
from catalog.standards import schemas
from tests import factories
from tests.desk import Desk
from tests.forms.browser import fields

KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
REASON = "会议纪要第3号"


@contextmanager
def signed_in(desk: Desk, login: str = "keeper") -> Iterator[httpx.Client]:
    """A browser without scripts, signed in."""
    client = httpx.Client(
        base_url=desk.client.base_url, headers={"accept": "text/html"}, follow_redirects=True, timeout=30
    )
    with client:
        form = {"login": login, "password": factories.PASSWORD, "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 200
        yield client


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    with signed_in(desk) as client:
        yield client


def hidden(page: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields(page) if not name.startswith("/")]


def post(client: httpx.Client, path: str, pairs: list[tuple[str, str]], act: str = "save") -> httpx.Response:
    data: dict[str, Any] = {}
    for name, value in [*pairs, ("_act", act)]:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


def fill(client: httpx.Client, kind: Kind, document: dict[str, Any], act: str = "save") -> httpx.Response:
    """Open the form of a new record, type a document into it, and press a button."""
    page = client.get(f"/{kind.plural}/new")
    assert page.status_code == 200, page.text
    beside = [pair for pair in hidden(page.text) if pair[0] != "reason"]
    pairs = to_form(document, schemas.current(kind.name).annotations)
    return post(client, f"/{kind.plural}/new", [*beside, *pairs, ("reason", REASON)], act)


def held(desk: Desk, kind: Kind, identifier: str) -> dict[str, Any]:
    answer = desk.get(f"/api/v1/{kind.plural}/{identifier}?view=internal")
    return {name: value for name, value in answer["document"].items() if name != "identifier"}


@KIND
def test_a_valid_document_is_registered_by_form_as_it_is(
    desk: Desk, browser: httpx.Client, kind: Kind
) -> None:
    document = desk.draft(kind.name)

    done = fill(browser, kind, document)

    assert done.status_code == 200, re.findall(r'class="field-error".*?</p>', done.text, re.DOTALL)[:5]
    assert done.url.path.startswith(f"/{kind.plural}/"), done.url
    identifier = done.url.path.rpartition("/")[2]
    assert held(desk, kind, identifier) == {
        k: v for k, v in (filled(document) or {}).items() if k not in ("codes", "identifier")
    } | ({"codes": document["codes"]} if kind.name == "code-list" else {})


@KIND
def test_a_form_that_nobody_changed_changes_nothing(desk: Desk, browser: httpx.Client, kind: Kind) -> None:
    record = desk.fresh(kind.name)
    path = f"/{kind.plural}/{record.identifier}/edit"
    page = browser.get(path)
    before = desk.read(record)

    done = post(browser, path, [*fields(page.text), ("reason", REASON)])

    assert done.url.params.get("done") == "unchanged", re.findall(r'class="field-error".*?</p>', done.text)
    assert desk.read(record).etag == before.etag


@KIND
def test_everything_wrong_stands_beside_its_control_and_nothing_typed_is_lost(
    browser: httpx.Client, desk: Desk, kind: Kind
) -> None:
    document = {"name": " ", "note": "这句话不能丢失"}

    refused = fill(browser, kind, document)

    annotations = schemas.current(kind.name).annotations
    profile = kind.statuses[kind.initial]
    broken = [one for one in schemas.check(kind.name, to_document([("/note", "x")], annotations), profile)]
    assert refused.status_code == 422
    assert len(broken) > 1
    for one in broken:
        place = control_id(one.pointer)
        assert f'id="{place}-error"' in refused.text, one.pointer
        assert f'href="#{place}"' in refused.text, one.pointer
    assert "这句话不能丢失" in refused.text
    assert 'role="alert"' in refused.text


@pytest.mark.parametrize("language", ["zh", "en"])
@KIND
def test_the_form_says_every_label_of_the_standard(browser: httpx.Client, kind: Kind, language: Any) -> None:
    page = browser.get(f"/{kind.plural}/new?lang={language}")

    text = html.unescape(page.text)
    for one in schemas.current(kind.name).annotations.fields:
        if one.name != "identifier" and one.pattern.count("/*") < 2:
            assert one.label(language) in text, one.pattern
    browser.get("/?lang=zh")


def test_an_invalid_row_is_explained_at_its_cell(desk: Desk, browser: httpx.Client) -> None:
    kind = next(kind for kind in KINDS if kind.name == "dataset")
    document = desk.draft("dataset")
    document["fields"][1]["format"] = "任意"

    refused = fill(browser, kind, document)

    assert refused.status_code == 422
    assert 'id="f-fields-1-format-error"' in refused.text
    assert 'value="任意"' in refused.text


def test_rows_come_and_go_without_a_script(desk: Desk, browser: httpx.Client) -> None:
    kind = next(kind for kind in KINDS if kind.name == "dataset")
    document = desk.draft("dataset")
    first = document["fields"][0]["name"]

    more = fill(browser, kind, document, "add:/services")
    less = fill(browser, kind, document, "remove:/fields/0")

    services = len(document.get("services", []))
    assert f'name="/services/{services}/name"' in more.text
    assert f'name="/fields/0/name" value="{first}"' in more.text
    assert f'name="/fields/0/name" value="{first}"' not in less.text


def test_a_name_that_the_owner_has_already_leads_to_that_record(desk: Desk, browser: httpx.Client) -> None:
    kind = next(kind for kind in KINDS if kind.name == "dataset")
    there = desk.fresh("dataset")
    document = desk.draft("dataset") | {"name": there.document["name"]}

    asked = fill(browser, kind, document)
    refused = post(browser, "/datasets/new", fields(asked.text))

    assert f'href="/datasets/{there.identifier}"' in asked.text
    assert (asked.status_code, refused.status_code) == (422, 409)
    assert f'href="/datasets/{there.identifier}/edit"' in refused.text


def test_a_similar_name_is_warned_about(desk: Desk, browser: httpx.Client) -> None:
    kind = next(kind for kind in KINDS if kind.name == "dataset")
    there = desk.fresh("dataset", name="全区婚姻登记信息汇总")
    document = desk.draft("dataset") | {
        "name": "全区婚姻登记信息汇总表",
        "department": there.document["department"],
    }

    checked = fill(browser, kind, document, "check")

    assert checked.status_code == 200
    assert 'class="field-warning"' in checked.text
    assert f'href="/datasets/{there.identifier}"' in checked.text


def test_a_name_or_a_label_may_be_typed_for_an_identifier(desk: Desk, browser: httpx.Client) -> None:
    kind = next(kind for kind in KINDS if kind.name == "system")
    document = desk.draft("system")
    department = desk.get(f"/api/v1/departments/{document['department']}")["document"]["name"]
    pairs = [(n, department if n == "/department" else v) for n, v in to_form(document, schemas.current("system").annotations)]  # fmt: skip
    page = browser.get("/systems/new")

    done = post(browser, "/systems/new", [*hidden(page.text), *pairs])

    assert done.url.params.get("done") == "registered"
    assert held(desk, kind, done.url.path.rpartition("/")[2])["department"] == document["department"]


def test_a_case_verb_asks_for_its_reason(desk: Desk, browser: httpx.Client) -> None:
    page = browser.get("/data-elements/new")
    document = to_form(desk.draft("data-element"), schemas.current("data-element").annotations)

    refused = post(browser, "/data-elements/new", [*hidden(page.text), *document])

    assert refused.status_code == 422
    assert 'href="#reason"' in refused.text


def test_two_who_edit_merge_field_by_field(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("dataset")
    path = f"/datasets/{record.identifier}/edit"
    mine = dict(fields(browser.get(path).text))
    theirs = record.document | {"summary": "他人改的摘要。", "keywords": ["他人"]}
    read = desk.read(record)
    assert desk.write("PUT", record.path, etag=read.etag, json=theirs).status_code == 200
    typed = [
        (n, v)
        for n, v in fields(browser.get(path).text)
        if n not in ("/summary", "/keywords", "/note", "_read")
    ]
    typed += [("_read", mine["_read"]), ("/summary", "我改的摘要。"), ("/note", "我的备注")]
    typed += [("/keywords", "\n".join(record.document["keywords"])), ("reason", REASON)]

    asked = post(browser, path, typed)
    kept = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">',
        asked.text[asked.text.index("_theirs") - 400 :],
    )
    pairs = [(html.unescape(n), html.unescape(v)) for n, v in kept]
    done = post(browser, path, [*pairs, ("choice:/summary", "theirs")], "merge")

    assert asked.status_code == 412
    assert 'name="choice:/summary"' in asked.text
    assert 'name="choice:/keywords"' not in asked.text
    assert done.url.params.get("done") == "revised", done.text[-3000:]
    now = desk.read(record).document
    assert (now["summary"], now["keywords"], now["note"]) == ("他人改的摘要。", ["他人"], "我的备注")


def test_an_ended_session_keeps_everything_typed(desk: Desk, browser: httpx.Client) -> None:
    with httpx.Client(base_url=desk.client.base_url, headers={"accept": "text/html"}) as stranger:
        kept = post(
            stranger, "/datasets/new", [("csrf", "old"), ("/name", "不能丢的名称"), ("/fields/0/name", "甲")]
        )

    again = post(
        browser, "/datasets/new", [("csrf", "old"), ("/name", "不能丢的名称"), ("/fields/0/name", "甲")]
    )

    assert kept.status_code == 401
    assert 'name="/fields/0/name" value="甲"' in kept.text
    assert again.status_code == 403
    assert 'id="f-name" name="/name" value="不能丢的名称"' in again.text
    assert desk.get("/api/v1/datasets?q=不能丢的名称")["items"] == []


def test_who_may_not_write_gets_no_form(desk: Desk) -> None:
    record = desk.fresh("dataset")
    with signed_in(desk, "reader") as reader, httpx.Client(base_url=desk.client.base_url) as stranger:
        html_ = {"accept": "text/html"}
        answers = [c.get(f"/datasets/{p}", headers=html_).status_code for c in (reader, stranger)
                   for p in ("new", f"{record.identifier}/edit")]  # fmt: skip

    assert answers == [403, 403, 401, 401]


def test_a_new_official_is_kept_beside_the_record(desk: Desk, browser: httpx.Client) -> None:
    page = browser.get("/appointments/new")
    pairs = [
        *hidden(page.text),
        ("/post", "局长"),
        ("_person/person", "某新人"),
        ("_basis/person", "履行法定职责"),
    ]
    pairs = [pair for pair in pairs if pair[1] != ""]

    shown = post(browser, "/appointments/new", pairs, "person:/person")

    key = re.search(r'name="/person" value="(PN-[0-9a-f]{16})"', shown.text)
    assert key is not None
    with desk.runtime.database.reading() as session:
        assert persons.find(session, person=key[1]).name == "某新人"


def colleague(desk: Desk, login: str, role: str, department: str) -> None:
    """One more account."""
    from catalog.base import clock

    on = clock.today(desk.runtime.settings.zone)
    with desk.runtime.database.writing() as session:
        person = persons.create(session, name=f"{login}（示例）", basis="test", by=CONSOLE)
        accounts.create(session, login=login, person=person, password=passwords.secure(factories.PASSWORD),
                        department=department, by=CONSOLE)  # fmt: skip
        accounts.grant(session, login=login, role=role, department=department, by=CONSOLE, on=on)

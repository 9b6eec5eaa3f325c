"""Signing in by OpenID Connect, against a service with real keys; whoever bends a claim stays outside."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import select

from catalog.identity.models import SignInLink
from catalog.ledger.models import Entry
from catalog.runtime import Runtime, open_runtime
from tests import factories
from tests.identity.provider import CLIENT, SECRET, Service, running
from tests.served import served

HTML = {"accept": "text/html", "accept-language": "zh-CN"}


@pytest.fixture(scope="module")
def keeper(runtime: Runtime) -> None:
    factories.anchor(runtime)
    factories.people(runtime)


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


@pytest.fixture
def browser(runtime: Runtime, keeper: None, service: Service) -> Iterator[httpx.Client]:
    changes = {
        "oidc_issuer": service.address, "oidc_client": CLIENT, "oidc_secret": SecretStr(SECRET),
        "oidc_title": "粤政易",
    }  # fmt: skip
    settings = runtime.settings.model_copy(update=changes)
    opened = open_runtime(settings)
    with (
        served(opened) as address,
        httpx.Client(base_url=address, headers=HTML, follow_redirects=True) as client,
    ):
        yield client


def links(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.reading() as session:
        return [(row.subject, row.person) for row in session.scalars(select(SignInLink))]


def test_who_the_service_knows_is_signed_in(runtime: Runtime, browser: httpx.Client) -> None:
    shown = browser.get("/sign-in?next=/data-elements")

    page = browser.get("/sign-in/service?next=/data-elements/DE00001")

    assert "用粤政易登录" in shown.text
    assert (page.status_code, page.url.path) == (200, "/data-elements/DE00001")
    assert "退出" in page.text
    assert "s-1" in [subject for subject, _ in links(runtime)]
    with runtime.database.reading() as session:
        last = session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert (last.verb, last.data) == ("session.opened", '{"way":"oidc"}')


def test_a_linked_person_may_change_the_name_at_the_service(browser: httpx.Client, service: Service) -> None:
    browser.get("/sign-in/service")
    browser.cookies.clear()
    service.person = {"sub": "s-1", "preferred_username": "another"}

    assert "退出" in browser.get("/sign-in/service").text


def test_another_subject_does_not_take_a_linked_account(browser: httpx.Client, service: Service) -> None:
    browser.get("/sign-in/service")
    browser.cookies.clear()
    service.person = {"sub": "s-2", "preferred_username": "keeper"}

    page = browser.get("/sign-in/service")

    assert page.status_code == 401
    assert "没有与之对应的账户" in page.text


def test_who_has_no_account_is_told_so(browser: httpx.Client, service: Service) -> None:
    service.person = {"sub": "s-9", "preferred_username": "nobody"}

    page = browser.get("/sign-in/service")

    assert page.status_code == 401
    assert "nobody" in page.text


LIES = [
    {"aud": "another-client"},
    {"iss": "http://127.0.0.1:1"},
    {"nonce": "old"},
    {"exp": int(time.time()) - 3600},
    {"aud": [CLIENT, "another"], "azp": "another"},
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_a_token_that_lies_opens_nothing(
    browser: httpx.Client, service: Service, lie: dict[str, object]
) -> None:
    service.claims = lie

    page = browser.get("/sign-in/service")

    assert page.status_code == 401
    assert "退出" not in browser.get("/").text


def test_a_forged_signature_opens_nothing(browser: httpx.Client, service: Service) -> None:
    service.forged = True

    assert browser.get("/sign-in/service").status_code == 401


@pytest.mark.parametrize("query", ["", "?code=c-1", "?code=c-1&state=x", "?error=access_denied&state=x"])
def test_who_did_not_leave_from_here_does_not_arrive(browser: httpx.Client, query: str) -> None:
    assert browser.get(f"/sign-in/service/back{query}").status_code == 401


def test_a_service_that_is_away_is_named(runtime: Runtime, keeper: None) -> None:
    settings = runtime.settings.model_copy(
        update={"oidc_issuer": "http://127.0.0.1:9", "oidc_client": CLIENT}
    )
    opened = open_runtime(settings)

    with served(opened) as address, httpx.Client(base_url=address, headers=HTML) as client:
        page = client.get("/sign-in/service")

    assert page.status_code == 401
    assert "127.0.0.1:9" in page.text


def test_without_a_service_there_is_no_such_address(runtime: Runtime, keeper: None) -> None:
    opened = open_runtime(runtime.settings)

    with served(opened) as address, httpx.Client(base_url=address, headers=HTML) as client:
        assert client.get("/sign-in/service").status_code == 404
        assert "/sign-in/service" not in client.get("/sign-in").text

"""One's own account in a browser: password, one-time codes, browsers, tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import httpx
import pyotp
import pytest

from catalog.base import clock
from catalog.identity import accounts, codes, passwords, persons
from catalog.identity.actors import CONSOLE
from tests.desk import Desk
from tests.factories import PASSWORD

NEW = "Another-good-2"
HTML = {"accept": "text/html", "accept-language": "zh-CN"}


class Browser:
    """A browser of one fresh account."""

    opened: ClassVar[list[httpx.Client]] = []

    def __init__(self, desk: Desk, login: str) -> None:
        self.client = httpx.Client(base_url=desk.client.base_url, headers=HTML, follow_redirects=True)
        self.opened.append(self.client)
        self.login = login

    def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        return self.client.post("/sign-in", data={"login": self.login, "password": password, "next": "/me"})

    def post(self, address: str, **typed: object) -> httpx.Response:
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/me").text)
        assert found is not None
        return self.client.post(address, data={"csrf": found[1], **typed})

    @property
    def signed_in(self) -> bool:
        return self.client.get("/me").status_code == 200


_made = 0


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    global _made
    _made += 1
    login = f"me{_made}"
    with desk.runtime.database.writing() as session:
        on = clock.today(desk.runtime.settings.zone)
        person = persons.create(session, name=f"本人{_made}（示例）", basis="test", by=CONSOLE)
        accounts.create(
            session, login=login, person=person, password=passwords.secure(PASSWORD), department="DP0008",
            by=CONSOLE,
        )  # fmt: skip
        accounts.grant(session, login=login, role="reader", department="DP0008", by=CONSOLE, on=on)
    made = Browser(desk, login)
    assert made.sign_in().url.path == "/me"
    yield made
    for client in Browser.opened:
        client.close()
    Browser.opened.clear()


def another(desk: Desk, browser: Browser) -> Browser:
    made = Browser(desk, browser.login)
    made.sign_in()
    return made


def secret_of(page: httpx.Response) -> str:
    found = re.search(r'name="secret" value="([A-Z2-7]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Steps that the clock of the codes is ahead: it stands still between them, whatever the time."""
    ahead = [0]
    begun = codes.clock.now()

    class Clock:
        now = staticmethod(lambda: begun + ahead[0] * timedelta(seconds=codes.STEP))
        stamp = staticmethod(clock.stamp)

    monkeypatch.setattr(codes, "clock", Clock)
    yield ahead


def code(secret: str, ahead: list[int]) -> str:
    return pyotp.TOTP(secret).at(codes.clock.now())


def enabled(browser: Browser, ahead: list[int]) -> str:
    secret = secret_of(browser.post("/me/code"))
    page = browser.post("/me/code/confirm", secret=secret, code=code(secret, ahead))
    assert "下次登录时会要求输入" in page.text
    return secret


def test_the_page_shows_roles_and_this_browser(browser: Browser) -> None:
    page = browser.client.get("/me")

    assert "读者" in page.text
    assert "本机" in page.text


def test_a_new_password_takes_the_place_of_the_old(desk: Desk, browser: Browser) -> None:
    other = another(desk, browser)

    page = browser.post("/me/password", present=PASSWORD, wanted=NEW, again=NEW)

    assert "密码已更换" in page.text
    assert browser.signed_in
    assert not other.signed_in
    assert other.sign_in(PASSWORD).status_code == 403
    assert other.sign_in(NEW).status_code == 200


@pytest.mark.parametrize(
    ("present", "wanted", "again", "said"),
    [
        ("Wrong-one-1", NEW, NEW, "不对"),
        (PASSWORD, NEW, "x", "不一样"),
        (PASSWORD, "short", "short", "10"),
    ],
)
def test_a_password_that_can_not_be_is_explained(
    browser: Browser, present: str, wanted: str, again: str, said: str
) -> None:
    page = browser.post("/me/password", present=present, wanted=wanted, again=again)

    assert page.status_code == 422
    assert said in page.text
    assert browser.signed_in


def test_codes_are_asked_for_once_they_are_on(desk: Desk, browser: Browser, moving: list[int]) -> None:
    secret = enabled(browser, moving)
    moving[0] += 1
    other = Browser(desk, browser.login)

    asked = other.sign_in()
    ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)
    assert ticket is not None
    wrong = other.client.post("/sign-in/code", data={"ticket": ticket[1], "code": "000000"})
    right = other.client.post("/sign-in/code", data={"ticket": ticket[1], "code": code(secret, moving)})

    assert "动态验证码" in asked.text
    assert wrong.status_code == 403
    assert right.url.path == "/me"
    assert other.signed_in


def test_a_code_is_good_once(desk: Desk, browser: Browser, moving: list[int]) -> None:
    secret = enabled(browser, moving)
    other = Browser(desk, browser.login)
    ticket = re.search(r'name="ticket" value="([^"]+)"', other.sign_in().text)
    assert ticket is not None

    page = other.client.post("/sign-in/code", data={"ticket": ticket[1], "code": code(secret, moving)})

    assert page.status_code == 403
    assert not other.signed_in


def test_a_token_over_the_api_asks_for_the_code_too(desk: Desk, browser: Browser, moving: list[int]) -> None:
    secret = enabled(browser, moving)
    moving[0] += 1
    asked = {"login": browser.login, "password": PASSWORD}

    bare = desk.client.post("/api/v1/tokens", json=asked)
    coded = desk.client.post("/api/v1/tokens", json=asked | {"code": code(secret, moving)})

    assert (bare.status_code, bare.json()["type"]) == (401, "/problems/code-needed")
    assert coded.status_code == 201


def test_wrong_codes_block_like_wrong_passwords(desk: Desk, browser: Browser, moving: list[int]) -> None:
    secret = enabled(browser, moving)
    moving[0] += 1
    other = Browser(desk, browser.login)
    ticket = re.search(r'name="ticket" value="([^"]+)"', other.sign_in().text)
    assert ticket is not None
    for _ in range(5):
        other.client.post("/sign-in/code", data={"ticket": ticket[1], "code": "000000"})

    page = other.client.post("/sign-in/code", data={"ticket": ticket[1], "code": code(secret, moving)})

    assert page.status_code == 403


def test_a_forged_ticket_opens_nothing(browser: Browser) -> None:
    page = browser.client.post("/sign-in/code", data={"ticket": "x.y.z", "code": "000000"})

    assert page.status_code == 403
    assert "重新登录" in page.text


def test_codes_end_with_the_password(browser: Browser, moving: list[int]) -> None:
    enabled(browser, moving)

    refused = browser.post("/me/code/drop", present="Wrong-one-1")
    done = browser.post("/me/code/drop", present=PASSWORD)

    assert refused.status_code == 422
    assert "已停用" in done.text


def test_signing_out_everywhere_else_keeps_this_browser(desk: Desk, browser: Browser) -> None:
    other = another(desk, browser)
    assert other.signed_in

    page = browser.post("/me/browsers/close")

    assert "均已退出" in page.text
    assert browser.signed_in
    assert not other.signed_in


def test_a_token_is_shown_once_and_ends_when_revoked(desk: Desk, browser: Browser) -> None:
    page = browser.post("/me/tokens", name="夜间同步", scope="read", days="30")
    secret = re.search(r"cdo_[\w-]+", page.text)
    assert secret is not None
    headers = {"authorization": f"Bearer {secret[0]}"}
    used = desk.client.get("/api/v1/tokens", headers=headers)
    key = re.search(r'name="key" value="(TK-\w+)"', browser.client.get("/me").text)
    assert key is not None

    browser.post("/me/tokens/revoke", key=key[1])

    assert used.status_code == 200
    assert secret[0] not in browser.client.get("/me").text
    assert desk.client.get("/api/v1/tokens", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "address",
    ["/me/password", "/me/code", "/me/code/drop", "/me/browsers/close", "/me/tokens", "/me/tokens/revoke"],
)
def test_a_form_of_another_site_changes_nothing(browser: Browser, address: str) -> None:
    assert browser.client.post(address, data={"csrf": "wrong"}).status_code == 403


def test_a_stranger_is_asked_to_sign_in(desk: Desk) -> None:
    assert desk.client.get("/me", headers=HTML).status_code == 401

"""A form whose session has ended in the middle: what was typed waits on the page that refuses it."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.cases.test_doors import opened
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in

HTML = {"accept": "text/html", "accept-language": "zh-CN"}
TYPED = {"csrf": "old", "seq": "1", "act": "comment", "text": "不能丢的“意见” <b>"}


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    colleague(desk, "typing", "data_officer", "DP0008")
    return desk


def stranger(desk: Desk) -> httpx.Client:
    return httpx.Client(base_url=desk.client.base_url, headers=HTML)


def held(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def test_what_was_typed_is_sent_after_signing_in_anew(office: Desk) -> None:
    number, _ = opened(office, "（会话中断）")
    with stranger(office) as gone, signed_in(office, "typing") as back:
        asked = gone.post(f"/cases/{number}", data=TYPED)
        again = back.post(f"/cases/{number}", data=held(asked), headers=HTML)
        sent = back.post(f"/cases/{number}", data=held(again), headers=HTML, follow_redirects=False)

    assert (asked.status_code, again.status_code, sent.status_code) == (401, 403, 303)
    assert held(asked) == {name: value for name, value in TYPED.items() if name != "csrf"}
    assert "登录已过期" in asked.text
    assert asked.headers["cache-control"] == "no-store"
    with signed_in(office, "typing") as back:
        assert "不能丢的“意见” &lt;b&gt;" in back.get(f"/cases/{number}").text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_nothing_of_another_site_is_kept(office: Desk, headers: dict[str, str]) -> None:
    with stranger(office) as gone, signed_in(office, "typing") as back:
        asked = [
            client.post("/cases/XX", data=TYPED, headers=HTML | headers, follow_redirects=False)
            for client in (gone, back)
        ]

    assert [one.status_code for one in asked] == [401, 403]
    assert all("不能丢的" not in one.text for one in asked)


def test_secrets_are_never_written_onto_a_page(office: Desk) -> None:
    with stranger(office) as gone:
        asked = gone.post(
            "/me/password", data={"present": "Secret-1-old", "wanted": "Secret-2-new", "again": "x"}
        )

    assert asked.status_code == 401
    assert "Secret-" not in asked.text


def test_what_is_no_form_is_refused_as_before(office: Desk) -> None:
    headers = HTML | {"content-type": "multipart/form-data; boundary=x"}
    with stranger(office) as gone:
        assert gone.post("/cases/XX", content=b"--y\r\nnothing", headers=headers).status_code == 401

"""The first page over HTTP: what an officer holds and does next, each with one click; and nobody else's desk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx import Client

from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    with served(runtime) as found:
        yield found


def home(address: str, login: str | None, language: str = "zh-CN") -> str:
    headers = {"accept": "text/html", "accept-language": language}
    with Client(base_url=address, headers=headers) as client:
        if login:
            page = client.get("/sign-in").text
            found = re.search(r'name="csrf" value="([^"]*)"', page)
            said = {"login": login, "password": district.PASSWORD, "csrf": found.group(1) if found else ""}
            client.post("/sign-in", data=said)
        return client.get("/").text


def test_an_officer_sees_what_her_department_holds_and_each_thing_to_do(address: str) -> None:
    page = home(address, "minzheng")

    assert "民政局持有" in page
    assert 'href="/datasets?department=DP0008"' in page
    assert "数据超期未更新" in page
    assert re.search(rf'href="/datasets/{district.DATASET}">', page)
    assert 'href="/datasets/new"' in page
    assert 'href="/datasets/template.xlsx"' in page


def test_a_gap_leads_to_the_control_that_fills_it(address: str) -> None:
    assert re.search(rf'href="/datasets/{district.DATASET}/edit#f-[a-z0-9-]+"', home(address, "minzheng"))


def test_an_officer_of_another_department_sees_nothing_of_it(address: str) -> None:
    page = home(address, "renshe")

    assert "民政局持有" not in page
    assert f"/datasets/{district.DATASET}" not in page.partition('id="next"')[2].partition('id="stock"')[0]


def test_the_authority_reads_three_sentences_first(address: str) -> None:
    page = home(address, "zhuguan")

    assert page.index('id="attend"') < page.index('id="next"')


def test_a_stranger_has_no_desk(address: str) -> None:
    page = home(address, None)

    assert 'id="next"' not in page
    assert 'href="/datasets/new"' not in page


def test_the_desk_is_said_in_english_too(address: str) -> None:
    page = home(address, "minzheng", "en")

    assert "What to do next" in page
    assert "Data not renewed in time" in page

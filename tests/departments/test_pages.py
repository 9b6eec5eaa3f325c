"""A department's page: what it holds, what is late, what is next for its own people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx import Client

from catalog.runtime import Runtime
from tests.flows import district
from tests.flows.test_pages import shown, signed_in, well_made
from tests.served import served


@pytest.fixture(scope="module")
def client(runtime: Runtime) -> Iterator[Client]:
    district.fill(runtime)
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with served(runtime) as address, Client(base_url=address, headers=headers) as opened:
        yield opened


@pytest.fixture
def reader(client: Client) -> Iterator[Client]:
    signed_in(client, "minzheng")
    yield client
    client.cookies.clear()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("identifier", ["DP0001", "DP0007", "DP0008"])
def test_the_page_is_well_made_in_both_languages(reader: Client, identifier: str, language: str) -> None:
    page = reader.get(f"/departments/{identifier}", headers={"accept-language": language})

    assert page.status_code == 200
    assert well_made(page.text) == []


def test_what_a_department_holds_opens_to_its_rows(reader: Client) -> None:
    page = reader.get("/departments/DP0008").text

    assert 'href="/datasets?department=DP0008"' in page
    assert 'href="/systems?department=DP0008"' in page


def test_a_department_that_leads_a_section_sees_the_slots_it_owes(reader: Client) -> None:
    page = reader.get("/departments/DP0008").text

    assert 'href="/topics/TP-PERSON#civil-birth"' in page
    assert "出生日期" in shown(page)


def test_members_read_first_what_to_do_next(reader: Client) -> None:
    assert "接下来要做的" in shown(reader.get("/departments/DP0008").text)
    assert "接下来要做的" not in shown(reader.get("/departments/DP0007").text)


def test_every_registered_fact_stays_on_the_page(reader: Client) -> None:
    assert "全部登记内容" in shown(reader.get("/departments/DP0008").text)


def test_an_unknown_department_is_not_found(reader: Client) -> None:
    assert reader.get("/departments/DP9999").status_code == 404

"""The organisation of chief data officers: as a tree, as a table, as a file; names only for whom they are meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Client
from sqlmodel import select

from catalog.base.clock import today
from catalog.identity.models import Account
from catalog.officers.organisation import Post, organisation
from catalog.runtime import Runtime
from tests.flows import district
from tests.flows.test_pages import shown, signed_in, well_made
from tests.served import served

ON = date(2026, 11, 23)
DEPARTMENTS = {
    "DP0001": {"identifier": "DP0001", "level": "4"},
    "DP0008": {"identifier": "DP0008", "level": "4", "parent": "DP0001", "sequence": 2},
    "DP0011": {"identifier": "DP0011", "level": "4", "parent": "DP0001", "sequence": 1},
    "DP0041": {"identifier": "DP0041", "level": "4", "parent": "DP0008", "sequence": 3},
    "DP0045": {"identifier": "DP0045", "level": "5", "parent": "DP0001", "sequence": 4},
}


def appointment(
    identifier: str, role: str, department: str, person: str = "", **changes: Any
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "identifier": identifier,
        "name": f"{department} {role}",
        "role": role,
        "department": department,
        "post": f"岗位 {identifier}",
        "term": {"from": "2025-01-01", "until": "2028-12-31"},
    }
    return document | ({"person": person} if person else {}) | changes


def posts(*appointments: dict[str, Any], trainings: tuple[dict[str, Any], ...] = ()) -> list[Post]:
    return organisation(appointments, trainings, DEPARTMENTS, on=ON).posts


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "ended"), (0, "soon"), (60, "soon"), (61, "held"), (None, "held")]
)
def test_a_term_is_announced_sixty_days_before_its_end(days: int | None, state: str) -> None:
    term = {} if days is None else {"from": "2024-01-01", "until": (ON + timedelta(days=days)).isoformat()}

    (post,) = posts(appointment("AP1", "dept_cdo", "DP0008", "PN-a", term=term))

    assert post.state == state


def test_a_post_without_a_person_is_vacant_whatever_its_term() -> None:
    (post,) = posts(appointment("AP1", "dept_cdo", "DP0008"))

    assert post.state == "vacant"
    assert post.left is None


def test_one_person_in_two_posts_is_marked_at_both() -> None:
    found = posts(
        appointment("AP1", "dept_cdo", "DP0008", "PN-a"),
        appointment("AP2", "sharing_office_head", "DP0008", "PN-a"),
        appointment("AP3", "data_steward", "DP0008", "PN-b"),
    )

    assert [post.others for post in found] == [["岗位 AP2"], ["岗位 AP1"], []]


@pytest.mark.parametrize(
    ("attendances", "lacks"),
    [
        ([], ["专题班"]),
        ([{"appointment": "AP1", "attended": False}], ["专题班"]),
        ([{"appointment": "AP1", "attended": True, "result": "failed"}], ["专题班"]),
        ([{"appointment": "AP1", "attended": True, "result": "passed"}], []),
    ],
)
def test_a_training_for_the_role_is_lacking_until_it_was_passed(
    attendances: list[dict[str, Any]], lacks: list[str]
) -> None:
    training = {
        "name": "专题班",
        "audience_roles": ["dept_cdo"],
        "period": {"from": "2026-03-01", "until": "2026-03-02"},
        "attendances": attendances,
    }

    (post,) = posts(appointment("AP1", "dept_cdo", "DP0008", "PN-a"), trainings=(training,))

    assert post.lacks == lacks


def test_a_training_before_the_term_or_for_another_role_is_not_lacking() -> None:
    before = {"name": "早", "audience_roles": ["dept_cdo"], "period": {"until": "2024-03-02"}}
    other = {"name": "他", "audience_roles": ["data_steward"], "period": {"until": "2026-03-02"}}

    (post,) = posts(appointment("AP1", "dept_cdo", "DP0008", "PN-a"), trainings=(before, other))

    assert post.lacks == []


def test_departments_stand_in_their_order_and_towns_apart() -> None:
    found = organisation(
        [
            appointment("AP1", "dept_cdo", "DP0008", "PN-a"),
            appointment("AP2", "dept_cdo", "DP0045", "PN-b"),
            appointment("AP3", "data_steward", "DP0041", "PN-c"),
        ],
        [],
        DEPARTMENTS,
        on=ON,
    )

    assert [cell.department for cell in found.departments] == ["DP0011", "DP0008", "DP0041"]
    assert [cell.department for cell in found.towns] == ["DP0045"]
    assert [cell.without_cdo for cell in found.departments] == [True, False, False]


@pytest.fixture(scope="module")
def client(runtime: Runtime) -> Iterator[Client]:
    district.fill(runtime)
    fill(runtime)
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with served(runtime) as address, Client(base_url=address, headers=headers) as opened:
        yield opened


def fill(runtime: Runtime) -> None:
    """A vacant post, and one whose term ends soon, held by somebody with a name."""
    on = today(runtime.settings.zone)
    soon = (on + timedelta(days=7)).isoformat()
    with runtime.database.reading() as session:
        person = session.scalar(select(Account.person).where(Account.login == "renshe"))
    assert person is not None
    papers = {"document_number": "云府任〔2026〕5号", "reports_to": "AP00001"}
    ending = {"appointed_on": "2024-01-01", "term": {"from": "2024-01-01", "until": soon}}
    vacant = appointment("AP00901", "dept_cdo", "DP0008", **papers)
    held = appointment("AP00902", "dept_cdo", "DP0011", person, **papers, **ending)
    for document in (vacant, held):
        district.enter(runtime, on, "appointment", document, "current")


@pytest.fixture
def reader(client: Client) -> Iterator[Client]:
    signed_in(client, "minzheng")
    yield client
    client.cookies.clear()


def test_the_organisation_asks_a_stranger_to_sign_in(client: Client) -> None:
    assert client.get("/organisation").status_code == 401


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_organisation_is_well_made_in_both_languages(reader: Client, language: str) -> None:
    page = reader.get("/organisation", headers={"accept-language": language})

    assert page.status_code == 200
    assert well_made(page.text) == []


def test_vacancy_and_ending_term_are_said_in_words(reader: Client) -> None:
    page = shown(reader.get("/organisation").text)

    assert "1 个空缺" in page
    assert "1 个任期 60 天内届满" in page
    assert "余 7 天" in page
    assert "黄志强（示例）" in page


def test_the_table_shows_the_rows_that_the_sentence_opens(reader: Client) -> None:
    page = reader.get("/organisation?state=vacant").text
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]

    assert "AP00901" in table
    assert "AP00902" not in table


def test_the_file_holds_the_filtered_rows(reader: Client) -> None:
    answer = reader.get("/organisation/export.csv?state=vacant")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(lines) == 2
    assert "云府任〔2026〕5号" in lines[1]


def test_a_stranger_reads_posts_without_names_where_everything_is_open(
    client: Client, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "settings", runtime.settings.model_copy(update={"public_read": "all"}))

    page = client.get("/organisation").text

    assert "AP00902" in page
    assert "黄志强" not in page
    assert "在任" in shown(page)

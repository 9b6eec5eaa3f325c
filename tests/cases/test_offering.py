"""What pages offer while the desk is on: who edits proposes every change; nobody is led to a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import orjson
import pytest
from sqlmodel import select

from catalog.cases import proposals, service
from catalog.cases.proposals import Proposed
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import case_at, somebody
from tests.imports import door
from tests.imports.door import House

OWN = "DP0011"  # renshe, renshebm and juzhang work here


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    runtime.settings = runtime.settings.model_copy(update={"desk": "on"})
    with door.opened(runtime) as made:
        yield made


def registered(house: House, name: str, **more: object) -> str:
    document = factories.document("dataset", name) | {"department": OWN} | more
    document.pop("provider_code", None)
    factories.enter(house.runtime, Incoming("dataset", document))
    with house.runtime.database.reading() as session:
        found = session.scalars(select(Record.identifier).where(Record.name == document["name"])).one()
    return f"/datasets/{found}"


def links(page: str) -> set[str]:
    return set(re.findall(r'href="[^"]*/(edit|act/move|act/retire)"', page))


@pytest.mark.parametrize(
    ("login", "offered"),
    [("renshe", {"edit", "act/move", "act/retire"}), ("juzhang", set()), ("zhuguan", set()), ("minzheng", set())],
)  # fmt: skip
def test_only_who_may_propose_finds_the_buttons(house: House, login: str, offered: set[str]) -> None:
    record = registered(house, f"（按钮{login}）")

    assert links(house.visitor(login).page(record)) == offered
    answer = house.visitor(login).get(f"{record}/edit")
    assert answer.status_code == (200 if offered else 403)


def test_the_form_of_an_officer_who_is_also_head_hands_over(house: House) -> None:
    page = house.visitor("weijian").page("/datasets/new")

    assert 'value="submit"' in page
    assert 'value="save"' not in page


def test_a_status_is_proposed_and_shown_as_a_status(house: House) -> None:
    record = registered(house, "（暂停）")
    page = house.visitor("renshe").page(f"{record}/act/move")
    assert "批准之前登记的版本保持不变" in page

    answer = house.visitor("renshe").post(f"{record}/act/move", status="suspended", reason="系统升级，停两周")

    assert answer.status_code == 303, answer.text
    shown = house.visitor("renshe").page(answer.headers["location"])
    assert "系统升级，停两周" in shown
    assert "<del>已发布</del>" in shown
    assert "<ins>暂停</ins>" in shown
    assert len(re.findall(r'<th scope="row">', shown)) == 1
    case = case_at(house.runtime, answer.headers["location"])
    assert [row["verb"] for row in proposals.rows_of(case)] == ["move"]


def test_what_is_in_use_is_not_proposed_to_end_without_a_word(house: House) -> None:
    used = registered(house, "（被引用）").rpartition("/")[2]
    registered(house, "（引用）", related=[used])

    refused = house.visitor("renshe").post(f"/datasets/{used}/act/retire")
    insisted = house.visitor("renshe").post(
        f"/datasets/{used}/act/retire", override="true", reason="业务取消"
    )

    assert refused.status_code == 409
    assert insisted.status_code == 303
    assert proposals.rows_of(case_at(house.runtime, insisted.headers["location"]))[0]["verb"] == "retire"


def test_an_earlier_version_is_proposed_again(house: House) -> None:
    record = registered(house, "（恢复）")
    identifier = record.rpartition("/")[2]
    newer = factories.document("dataset", "（恢复）") | {
        "department": OWN,
        "note": "改过",
        "identifier": identifier,
    }
    newer.pop("provider_code", None)
    factories.enter(house.runtime, Incoming("dataset", newer))

    answer = house.visitor("renshe").post(f"{record}/act/restore", version="1")

    assert answer.status_code == 303, answer.text
    shown = house.visitor("renshe").page(answer.headers["location"])
    assert "<del>改过</del>" in shown


@pytest.mark.parametrize("path", ["/sharing-agreements/new", "/sharing-agreements/AG2026-0901/edit"])
def test_an_agreement_is_made_by_requests_and_never_in_a_form(house: House, path: str) -> None:
    answer = house.visitor("zhuguan").get(path)

    assert answer.status_code in (403, 404)
    if path.endswith("new"):
        assert "由共享申请订立" in answer.text


def test_a_proposal_takes_no_agreement_outside_an_initial_load(house: House) -> None:
    body = {
        "changes": [{"kind": "sharing-agreement", "document": {"name": "绕过申请的协议", "provider": OWN}}]
    }

    visitor = house.visitor("zhuguan")
    answer = visitor.client.post("/api/v1/cases/proposals", json=body, headers={"x-csrf": visitor.csrf})

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("by-cases-only")


def test_a_change_is_told_in_the_words_of_its_standard(house: House) -> None:
    document = factories.document("dataset", "（言语）") | {"department": OWN}
    malformed = document | {
        "name": "误填（言语）",
        "fields": ["姓名", {"name": "年龄"}],
        "assessments": "通过",
    }
    with house.runtime.database.writing() as session:
        officer = somebody("data_officer", OWN)
        both = [Proposed("dataset", document), Proposed("dataset", malformed)]
        number = proposals.open_proposal(session, both, by=officer).number
        service.comment(session, number, by=officer, text="此项请写全", pointer="/changes/0/fields/0")

    page = house.visitor("renshe").page(f"/cases/{number}")

    assert "有条件共享" in page
    assert "此项请写全" in page
    assert "<ins>通过</ins>" in page
    for raw in ("True", "False", "PN-", "· general"):
        assert raw not in page


def test_several_are_one_proposal(house: House) -> None:
    visitor = house.visitor("renshe")
    several = [registered(house, f"（多项{n}）").rpartition("/")[2] for n in range(3)]
    with house.runtime.database.reading() as session:
        chosen = [f"{one}.{session.get_one(Record, ('dataset', one)).seq}" for one in several]

    def post(**more: str) -> httpx.Response:
        said = {"csrf": visitor.csrf, "act": "move", "record": chosen, **more}
        return visitor.client.post("/datasets/selected", data=said, headers={"accept": "text/html"})

    assert "批准之前登记的版本保持不变" in post().text
    answer = post(step="do", status="suspended", note="业务系统停机")

    assert answer.status_code == 303, answer.text
    rows = proposals.rows_of(case_at(house.runtime, answer.headers["location"]))
    assert [(row["identifier"], row["verb"], row["status"]) for row in rows] == [
        (one, "move", "suspended") for one in several
    ]
    refused = house.visitor("zhuguan").client.post(
        "/datasets/selected",
        data={"csrf": house.visitor("zhuguan").csrf, "act": "move", "record": chosen},
        headers={"accept": "text/html"},
    )
    assert refused.status_code == 403


def test_a_file_of_agreements_is_handed_over_in_an_initial_load_only(house: House) -> None:
    visitor = house.visitor("gongxiang")
    agreement = factories.document("sharing-agreement", "（过去）")
    address = visitor.bring("协议.jsonl", orjson.dumps(agreement), kind="sharing-agreement")

    page = visitor.page(address)

    assert "现在没有开放的批次" in page
    assert f'action="{address}/submit"' not in page

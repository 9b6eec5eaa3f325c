"""The pages of a sharing request over HTTP: nothing typed is lost, everybody sees what is theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.runtime import Runtime
from tests.imports import door
from tests.imports.door import House
from tests.sharing import requesting as r

TYPED = {
    "dataset": r.DATASET,
    "department": r.CONSUMER,
    "scenario": "审核低保申请人的参保状态。",
    "item": "姓名",
}


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    r.fill(runtime)
    with door.opened(runtime) as made:
        yield made


def draft(house: House, **more: str) -> str:
    """The address of a new draft's case."""
    made = house.visitor("minzheng").post("/sharing-requests/new", act="save", **(TYPED | more))
    assert made.status_code == 303, made.text[:2000]
    return made.headers["location"]


def test_a_draft_is_kept_in_any_state_and_says_what_it_lacks(house: House) -> None:
    page = house.visitor("minzheng").page(draft(house))

    assert "审核低保申请人的参保状态。" in page
    assert "报送前还有 5 处需要补齐或者修改" in page
    assert "缺少「使用依据」" in page


def test_nothing_typed_is_lost_when_the_session_ends_or_the_form_is_old(house: House) -> None:
    gone = house.anonymous().post("/sharing-requests/new", **TYPED)
    old = house.visitor("minzheng").client.post(
        "/sharing-requests/new", data=TYPED | {"csrf": "x"}, headers={"accept": "text/html"}
    )

    named = house.visitor("minzheng").post(
        "/sharing-requests/new", act="save", **(TYPED | {"scope": "联系人手机13800138000"})
    )
    assert named.status_code == 422  # no personal data in a case
    assert "联系人手机13800138000" in named.text

    assert (gone.status_code, old.status_code) == (401, 403)
    assert TYPED["scenario"] in gone.text
    assert TYPED["scenario"] in old.text
    assert 'value="姓名" checked' in old.text


def test_a_missing_purpose_reaches_the_standards_team_and_nobody_else(house: House) -> None:
    address = draft(house, purpose_wanted="高效办成一件事：新生儿出生")

    assert "已申请新增用途“高效办成一件事：新生儿出生”" in house.visitor("minzheng").page(address)
    assert "高效办成一件事：新生儿出生" in house.visitor("biaozhun").page("/sharing-requests/purposes")
    assert "/sharing-requests/purposes" in house.visitor("biaozhun").page("/inbox")
    assert house.visitor("minzheng").get("/sharing-requests/purposes").status_code == 403


def test_who_may_not_ask_or_answer_is_told(house: House) -> None:
    address = draft(house)
    number = address.rpartition("/")[2]

    asks = f"/sharing-requests/new?dataset={r.DATASET}"
    assert asks in house.visitor("minzheng").page(f"/datasets/{r.DATASET}")
    assert asks not in house.visitor("renshe").page(f"/datasets/{r.DATASET}")
    assert house.visitor("reader").get(f"/sharing-requests/new?dataset={r.DATASET}").status_code == 403
    assert house.visitor("renshebm").get(f"/sharing-requests/{number}/answer").status_code == 404
    assert house.visitor("gongxiang").get(f"/sharing-requests/{number}/answer").status_code == 303
    assert house.visitor("weijian").get(f"/sharing-requests/{number}/edit").status_code == 404
    assert house.anonymous().get("/sharing-requests/new").status_code == 401


def test_an_answer_on_what_was_withdrawn_meanwhile_keeps_what_was_typed(house: House) -> None:
    every = {f"basis.0.{name}": value for name, value in (("title", "社会救助暂行办法"), ("rank", "law"))}
    filled = {
        "purpose": "P02",
        "scope": "社会救助科",
        "way": "1",
        "from": "2099-01-01",
        "until": "2099-12-31",
        **every,
    }
    address = draft(house, **filled)
    number = address.rpartition("/")[2]
    officer, giver = house.visitor("gongxiang"), house.visitor("renshebm")
    for who, verb in ((house.visitor("minzheng"), "prepare"), (officer, "file")):
        assert who.post(address, act=f"do:{verb}", seq=seq(house, number)).status_code == 303
    before = seq(house, number)
    assert officer.post(address, act="do:withdraw", seq=before).status_code == 303

    late = giver.post(
        f"/sharing-requests/{number}/answer",
        act="agree",
        seq=before,
        **{"effect.0": "refuse", "reason.0": "与用途无关。"},
    )

    assert late.status_code == 409
    assert f"/cases/{number}" in late.text


def seq(house: House, number: str) -> str:
    """The newest state of a case, as its page has it."""
    etag: str = house.visitor("zhuguan").client.get(f"/api/v1/cases/{number}").headers["etag"]
    return etag.strip('"').partition("-")[0]

"""A proposal through the pages: drafted, returned once with remarks on fields, mended in the form, published."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import orjson
import pytest
from sqlmodel import select

from catalog.cases import service
from catalog.cases.models import Case
from catalog.forms.names import to_form
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.standards import schemas
from tests import factories
from tests.cases.people import case_at
from tests.forms.browser import fields
from tests.imports import door
from tests.imports.door import House, Visitor

ASSESSED = {
    f"{name}.{part}": value
    for name in ("secrecy_assessment", "privacy_assessment")
    for part, value in (("result", "通过"), ("on", "2026-09-01"), ("number", "云人社密评〔2026〕3号"))
}


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    runtime.settings = runtime.settings.model_copy(update={"desk": "on"})
    with door.opened(runtime) as made:
        yield made


def dataset(name: str, **more: object) -> dict[str, object]:
    made = factories.document("dataset", name) | {"department": "DP0011"} | more
    made.pop("provider_code", None)
    return made


def acted(visitor: Visitor, address: str, act: str, **said: str) -> None:
    seq = re.search(r'name="seq" value="(\d+)"', visitor.page(address))
    assert seq
    answer = visitor.post(address, act=act, seq=seq[1], **said)
    assert answer.status_code == 303, answer.text[:3000]


def filled(visitor: Visitor, address: str, document: dict[str, object], act: str) -> str:
    beside = [
        pair for pair in fields(visitor.page(address))
        if not pair[0].startswith("/") and pair[0] not in ("reason", "_act")
    ]  # fmt: skip
    data: dict[str, list[str]] = {}
    for name, value in [*beside, *to_form(document, schemas.current("dataset").annotations),
                        ("reason", "首次编目"), ("_act", act)]:  # fmt: skip
        data.setdefault(name, []).append(value)
    answer = visitor.client.post(address, data=data, headers={"accept": "text/html"})
    assert answer.status_code == 303, answer.text[:3000]
    return answer.headers["location"].partition("#")[0]


def named(house: House, name: object) -> Record | None:
    with house.runtime.database.reading() as session:
        found = session.scalars(select(Record).where(Record.name == name)).first()
        if found:
            session.expunge(found)
        return found


def sent(house: House, address: str) -> None:
    acted(house.visitor("renshe"), address, "do:submit")
    acted(house.visitor("juzhang"), address, "do:consent")


def test_a_first_submission_is_drafted_returned_mended_and_published(house: House) -> None:
    renshe, zhuguan = house.visitor("renshe"), house.visitor("zhuguan")
    whole = dataset("（故事一）")
    address = filled(renshe, "/datasets/new", {key: whole[key] for key in ("name", "department")}, "submit")
    page = renshe.page(address)
    assert "发布前还缺" in page and "第十六条" in page

    where = f"{address}/changes/0/edit"
    assert filled(renshe, where, whole, "into") == address
    assert "发布前还缺" not in renshe.page(address)
    acted(renshe, address, "save", summary="首次编目", **ASSESSED)
    assert "云人社密评" in renshe.page(address)
    sent(house, address)
    assert renshe.get(where).status_code == 409

    acted(zhuguan, address, "comment", text="摘要须写明统计口径", pointer="/changes/0/summary")
    acted(zhuguan, address, "do:return", note="请补正摘要")
    assert "do:return" not in renshe.page(address)
    form = renshe.page(where)
    assert "摘要须写明统计口径" in form

    mended = whole | {"summary": "按常住地统计的参保人员情况，每月更新一次。"}
    filled(renshe, where, mended, "into")
    sent(house, address)
    page = zhuguan.page(address)
    since = page[page.index('id="since"') : page.index('id="parts"')]
    assert "按常住地统计" in since
    assert "do:return" not in page
    acted(zhuguan, address, "do:approve")

    assert case_at(house.runtime, address).state == "approved"
    assert named(house, whole["name"]) is not None


def test_an_update_has_two_days_and_a_version_registered_meanwhile_is_settled_by_field(house: House) -> None:
    renshe, zhuguan = house.visitor("renshe"), house.visitor("zhuguan")
    first = dataset("（故事一乙）")
    factories.enter(house.runtime, Incoming("dataset", first))
    record = named(house, first["name"])
    assert record
    edit = f"/datasets/{record.identifier}/edit"
    mine = filled(renshe, edit, first | {"summary": "甲方写的摘要，按月统计，供各部门使用。"}, "submit")
    acted(renshe, mine, "save", summary="更新", **ASSESSED)
    other = filled(renshe, edit, first | {"summary": "乙方写的摘要，按年统计，供各部门使用。"}, "submit")
    acted(renshe, other, "save", summary="更新", **ASSESSED)
    sent(house, other)
    assert case_at(house.runtime, other).due_on and "2 个工作日" in zhuguan.page(other)
    acted(zhuguan, other, "do:approve")

    page = renshe.page(mine)
    assert "甲方写的摘要" in page and "乙方写的摘要" in page
    bare = renshe.post(mine, act="settle:0", seq=str(case_at(house.runtime, mine).seq))
    assert bare.status_code == 422
    acted(renshe, mine, "settle:0", **{"choice:/summary": "theirs"})
    assert "甲方写的摘要" not in renshe.page(mine)


def test_three_hundred_rows_are_one_review_with_filters_and_pages(house: House) -> None:
    renshe, zhuguan = house.visitor("renshe"), house.visitor("zhuguan")
    rows = [dataset(f"（故事二{n:03}）") for n in range(300)]
    upload = renshe.bring("三百行.jsonl", b"\n".join(orjson.dumps(row) for row in rows), kind="dataset")
    until = time.monotonic() + 20
    while renshe.counts(upload)["created"] != 300:  # checked in the background
        assert time.monotonic() < until
        time.sleep(0.05)
    handed = renshe.post(f"{upload}/submit", note="三百行")
    assert handed.status_code == 303, handed.text[:3000]
    address = handed.headers["location"]
    acted(renshe, address, "save", **ASSESSED)
    sent(house, address)
    with house.runtime.database.reading() as session:
        waiting = session.scalars(
            select(Case).where(
                Case.awaits_role == "authority", Case.title == case_at(house.runtime, address).title
            )
        ).all()
    assert len(waiting) == 1

    started = time.perf_counter()
    page = zhuguan.page(f"{address}?page=6")
    assert time.perf_counter() - started < 1
    assert str(rows[299]["name"]) in page and str(rows[1]["name"]) not in page

    last = case_at(house.runtime, address)
    with house.runtime.database.reading() as session:
        changes = service.document_of(session.get_one(Case, last.number))["changes"]
    position = next(n for n, one in enumerate(changes) if one["name"] == rows[299]["name"])
    struck = zhuguan.post(
        address, act=f"strike:{position}", seq=str(last.seq), reason="与已有目录重复", page="6"
    )
    assert struck.headers["location"] == f"{address}?page=6"
    assert str(rows[299]["name"]) in zhuguan.page(f"{address}?show=struck")
    assert str(rows[1]["name"]) not in zhuguan.page(f"{address}?show=struck")
    acted(zhuguan, address, "do:approve")

    assert named(house, rows[298]["name"]) is not None
    assert named(house, rows[299]["name"]) is None

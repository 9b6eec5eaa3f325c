"""A breaking change of what an agreement has pinned asks its provider; nothing widens in silence."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from catalog.base.documents import Document
from catalog.cases import service
from catalog.cases.models import Case
from catalog.entitlements import service as service_
from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.snapshot import Snapshot
from catalog.registry.documents import whole
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.sharing import enforcement_view
from catalog.sharing.drifting import list_breaks
from tests import factories
from tests.cases.people import somebody
from tests.sharing import requesting as r

DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def agreement(runtime: Runtime) -> str:
    r.fill(runtime)
    number = r.filed(runtime, DAY)
    r.act(
        runtime, number, "agree", r.GIVER, DAY, values={"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    )
    r.act(runtime, number, "deliver", r.GIVER, DAY)
    r.act(runtime, number, "confirm", r.DRAFTER, DAY)
    return str(r.held(runtime, number)["agreement"])


def read(runtime: Runtime, kind: str, identifier: str) -> Document:
    with runtime.database.reading() as session:
        return whole(session, kind, identifier) or {}


def revised(runtime: Runtime, kind: str, identifier: str, **more: Any) -> None:
    factories.enter(runtime, Incoming(kind, read(runtime, kind, identifier) | more))


def told(runtime: Runtime, field: str, *, seq: int = 0) -> tuple[list[str], list[tuple[str, str, int]]]:
    """The reasons of the permission of a field, and what it is bound to; after entry ``seq``, or now."""

    async def work() -> Snapshot:
        kept = service_.snapshots(runtime.reads)
        snapshot = await (kept.at(seq) if seq else kept.now())
        await runtime.reads.close()
        return snapshot

    question = Question(r.CONSUMER, "P02", (Item("", r.DATASET, field),), "", DAY.isoformat())
    (answer,) = decide(asyncio.run(work()), question)
    assert answer.effect == "permit"
    return [one.code for one in answer.reasons], [pin[:3] for pin in answer.pinned]


def drifts(runtime: Runtime) -> list[Document]:
    with runtime.database.reading() as session:
        cases = session.scalars(select(Case).where(col(Case.type) == "drift").order_by(col(Case.number)))
        return [
            service.document_of(one) | {"number": one.number, "seq": one.seq, "awaits": one.awaits_department}
            for one in cases
        ]


def test_a_breaking_change_of_a_pinned_element_asks_the_provider_and_is_pinned_once_confirmed(
    runtime: Runtime, agreement: str
) -> None:
    before = {one["element"]: one["version"] for one in read(runtime, "sharing-agreement", agreement)["pins"]}
    revised(runtime, "data-element", "DE00002", note="只改备注。")
    assert drifts(runtime) == []

    revised(runtime, "data-element", "DE00002", definition="在户籍登记机关登记的姓名，含曾用名。")
    (found,) = drifts(runtime)
    assert (found["agreement"], found["identifier"], found["broken"]) == (agreement, "DE00002", "definition")
    with runtime.database.reading() as session:
        shown = enforcement_view.listed(session, agreement, r.GIVER, "zh", DAY)
        assert [one["number"] for one in shown] == [found["number"]]
        assert (
            enforcement_view.listed(session, agreement, somebody("sharing_officer", "DP0019"), "zh", DAY)
            == []
        )
    assert (found["awaits"], found["pinned"]) == (r.PROVIDER, before["DE00002"])
    pins = read(runtime, "sharing-agreement", agreement)["pins"]
    assert [(one["element"], one["version"]) for one in pins] == sorted(before.items())

    bound = ("data-element", "DE00002", before["DE00002"])
    assert told(runtime, "姓名") == (["agreement-permits", "pinned-changed"], [bound])
    assert told(runtime, "首次参保日期")[0] == ["agreement-permits"]

    r.act(runtime, found["number"], "keep", r.GIVER, DAY, note="含义不影响使用。")
    assert told(runtime, "姓名") == (["agreement-permits"], [(*bound[:2], found["version"])])
    assert told(runtime, "姓名", seq=found["seq"])[0] == ["agreement-permits", "pinned-changed"]
    pins = {one["element"]: one["version"] for one in read(runtime, "sharing-agreement", agreement)["pins"]}
    assert pins == before | {"DE00002": found["version"]}


def test_a_code_taken_out_breaks_and_one_added_only_where_it_is_sensitive() -> None:
    old = {"codes": [{"code": "1", "label": "参保"}, {"code": "2", "label": "停保"}]}
    more = {"codes": [*old["codes"], {"code": "3", "label": "终止"}]}
    renamed = {"codes": [{"code": "1", "label": "在保"}, {"code": "2", "label": "停保"}]}
    ended = {"codes": [old["codes"][0] | {"valid_until": "2026-12-31"}, old["codes"][1]]}

    assert list_breaks(old, more, flagged=False) == []
    assert list_breaks(old, more, flagged=True) == ["3"]
    assert list_breaks(more, old, flagged=False) == ["3"]
    assert list_breaks(old, renamed, flagged=False) == list_breaks(old, ended, flagged=False) == ["1"]


def test_a_change_of_the_code_list_behind_a_pinned_element_asks_too(runtime: Runtime, agreement: str) -> None:
    element = read(runtime, "data-element", "DE00222")
    code_list = element["value_domain"]["code_list"]
    codes = read(runtime, "code-list", code_list)["codes"]
    revised(runtime, "code-list", code_list, codes=[codes[0] | {"valid_until": "2026-12-31"}, *codes[1:]])

    asked = [one for one in drifts(runtime) if one["identifier"] == code_list]
    assert [one["broken"] for one in asked] == [codes[0]["code"]]
    reasons, pins = told(runtime, "参保状态代码")
    assert reasons == ["agreement-permits", "pinned-changed"]
    assert ("code-list", code_list, asked[0]["pinned"]) in pins

    r.act(runtime, asked[0]["number"], "keep", r.GIVER, DAY, note="停用代码不影响使用。")
    (pin,) = (
        one for one in read(runtime, "sharing-agreement", agreement)["pins"] if one["element"] == "DE00222"
    )
    assert (pin["code_list"], pin["list_version"]) == (code_list, asked[0]["version"])
    assert asked[0]["pinned"] < asked[0]["version"]

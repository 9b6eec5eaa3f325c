"""A breaking change of what an agreement has pinned asks its provider; nothing widens in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from catalog.base.documents import Document
from catalog.cases import service
from catalog.cases.models import Case
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


def drifts(runtime: Runtime) -> list[Document]:
    with runtime.database.reading() as session:
        cases = session.scalars(select(Case).where(col(Case.type) == "drift").order_by(col(Case.number)))
        return [
            service.document_of(one) | {"number": one.number, "awaits": one.awaits_department}
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
    assert read(runtime, "sharing-agreement", agreement)["pins"] == [
        {"element": element, "version": version} for element, version in sorted(before.items())
    ]

    r.act(runtime, found["number"], "keep", r.GIVER, DAY, note="含义不影响使用。")
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

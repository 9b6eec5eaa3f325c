"""Saved views: a name for an address, for oneself or for one's department."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from catalog.base.errors import InvalidDocument, NotFound, WrongState
from catalog.identity.actors import CONSOLE, Actor
from catalog.registry import views
from catalog.registry.views import SavedView
from catalog.runtime import Runtime

ANN = replace(CONSOLE, person="PN-ann", department="DP0007")
BEN = replace(CONSOLE, person="PN-ben", department="DP0007")
COY = replace(CONSOLE, person="PN-coy", department="DP0011")
NONE = replace(CONSOLE, person="PN-dan", department=None)


def save(runtime: Runtime, by: Actor, name: str, address: str = "/datasets?status=published", *, shared: bool = False) -> SavedView:  # fmt: skip
    with runtime.database.writing() as session:
        view = views.save(session, name=name, address=address, shared=shared, by=by)
        session.flush()
        session.expunge(view)
        return view


def seen(runtime: Runtime, *by: Actor) -> list[set[str]]:
    async def look() -> list[set[str]]:
        found = [{view.name for view in await views.visible(runtime.reads, one)} for one in by]
        await runtime.reads.close()
        return found

    return asyncio.run(look())


def test_a_view_is_seen_by_its_owner_and_a_shared_one_by_the_department(runtime: Runtime) -> None:
    save(runtime, ANN, "我的")
    save(runtime, ANN, "大家的", shared=True)
    save(runtime, NONE, "无单位", shared=True)

    assert seen(runtime, ANN, BEN, COY, NONE) == [{"我的", "大家的"}, {"大家的"}, set(), {"无单位"}]


def test_the_same_name_again_replaces_the_address(runtime: Runtime) -> None:
    first = save(runtime, COY, "一", "/datasets?page=3&status=published&lang=en")
    again = save(runtime, COY, "一", "/search?q=身份")

    assert first.address == "/datasets?status=published"
    assert (again.id, again.address) == (first.id, "/search?q=%E8%BA%AB%E4%BB%BD")


@pytest.mark.parametrize(
    "address", ["https://example.org/datasets", "//example.org/datasets", "/sign-out", "javascript:alert(1)", "", "/datasets" + "?q=" + "a" * 3000]
)  # fmt: skip
def test_only_lists_and_searches_are_kept(runtime: Runtime, address: str) -> None:
    with pytest.raises(InvalidDocument):
        save(runtime, ANN, "坏", address)


@pytest.mark.parametrize("name", ["", "  ", "长" * 61])
def test_a_view_has_a_short_name(runtime: Runtime, name: str) -> None:
    with pytest.raises(InvalidDocument):
        save(runtime, ANN, name)


def test_nobody_changes_or_deletes_the_view_of_another(runtime: Runtime) -> None:
    view = save(runtime, ANN, "别动", shared=True)

    with pytest.raises(NotFound), runtime.database.writing() as session:
        views.change(session, view.id, name="动了", shared=False, by=BEN)
    with pytest.raises(NotFound), runtime.database.writing() as session:
        views.remove(session, view.id, by=BEN)

    with runtime.database.writing() as session:
        views.remove(session, view.id, by=ANN)
    with runtime.database.reading() as session:
        assert session.get(SavedView, view.id) is None


def test_one_person_keeps_so_many_views(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 1)
    dora = replace(COY, person="PN-dora")
    save(runtime, dora, "一")

    with pytest.raises(WrongState):
        save(runtime, dora, "二")

"""Workbooks against the register: nothing edited changes nothing, k edits change k records, stale is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import factories
import openpyxl
import pytest

from catalog.identity.actors import CONSOLE
from catalog.kinds import BY_NAME
from catalog.registry import bulk, exported
from catalog.registry.documents import whole
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime

COUNT = 3


@pytest.fixture(scope="module", autouse=True)
def filled(runtime: Runtime) -> Iterator[None]:
    """Some records of every kind."""
    factories.anchor(runtime)
    for kind in BY_NAME:
        factories.enter(
            runtime, *(Incoming(kind, factories.document(kind, f"样表{n}")) for n in range(COUNT))
        )
    yield


def export(runtime: Runtime, kind: str, *, internal: bool = True) -> bytes:
    with runtime.database.reading() as session:
        return exported.book(session, kind, ids(runtime, kind), internal=internal)


def ids(runtime: Runtime, kind: str) -> list[str]:
    with runtime.database.reading() as session:
        found = [
            one.document["identifier"]
            for one in exported.written(session, kind, internal=True)
            if "样表" in one.document["name"]
        ]
    return found


def tried(
    runtime: Runtime, kind: str, data: bytes, *, dry_run: bool = True, name: str = "a.xlsx"
) -> dict[str, Any]:
    return bulk.import_bytes(
        runtime, kind=kind, data=data, filename=name, by=CONSOLE, dry_run=dry_run, note="测试"
    )


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("read", "created", "revised", "unchanged", "refused"))


def edited(data: bytes, *changes: tuple[str, int, Any]) -> bytes:
    """The main sheet with cells changed: heading, row from 1 below the headings, value."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    for heading, row, value in changes:
        column = next(cell.column for cell in page[1] if str(cell.value).rstrip(" *") == heading)
        page.cell(row + 1, column).value = value
    return _saved(book)


def _saved(book: Any) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("kind", BY_NAME)
def test_an_export_that_nobody_edited_changes_nothing(runtime: Runtime, kind: str, internal: bool) -> None:
    report = tried(runtime, kind, export(runtime, kind, internal=internal), dry_run=False)

    assert counts(report) == (COUNT, 0, 0, COUNT, 0)


@pytest.mark.parametrize("kind", BY_NAME)
def test_an_edited_note_changes_one_record_and_loses_nothing(runtime: Runtime, kind: str) -> None:
    before = documents(runtime, kind)
    data = edited(export(runtime, kind, internal=False), ("备注", 2, "改过的备注"))

    report = tried(runtime, kind, data, dry_run=False)

    assert counts(report) == (COUNT, 0, 1, COUNT - 1, 0), report["items"]
    changed = sorted(before)[1]
    assert documents(runtime, kind) == before | {changed: before[changed] | {"note": "改过的备注"}}


def documents(runtime: Runtime, kind: str) -> dict[str, Any]:
    with runtime.database.reading() as session:
        return {one: whole(session, kind, one) for one in ids(runtime, kind)}


def test_an_emptied_cell_deletes_the_value_and_a_removed_column_does_not(runtime: Runtime) -> None:
    data = edited(export(runtime, "system"), ("备注", 1, "先有备注"), ("系统简介", 1, "先有简介"))
    assert counts(tried(runtime, "system", data, dry_run=False))[2] == 1
    first = ids(runtime, "system")[0]

    book = openpyxl.load_workbook(io.BytesIO(export(runtime, "system")))
    page = book.worksheets[0]
    places = {str(cell.value).rstrip(" *"): cell.column for cell in page[1]}
    page.cell(2, places["备注"]).value = None
    page.delete_cols(places["系统简介"])
    report = tried(runtime, "system", _saved(book), dry_run=False)

    assert counts(report)[2] == 1
    after = documents(runtime, "system")[first]
    assert "note" not in after and after["summary"] == "先有简介"


def test_a_row_that_changed_in_the_register_since_is_refused_as_stale(runtime: Runtime) -> None:
    data = export(runtime, "system")
    first, second = ids(runtime, "system")[:2]
    with runtime.database.reading() as session:
        document = whole(session, "system", first)
    assert document is not None
    factories.enter(runtime, Incoming("system", document | {"note": "别人改的"}))

    mine = tried(runtime, "system", edited(data, ("备注", 1, "我改的")))
    other = tried(runtime, "system", edited(data, ("备注", 2, "我改的")))

    assert [(i["identifier"], [v["rule"] for v in i["violations"]]) for i in mine["items"]] == [
        (first, ["stale"])
    ]
    assert [(i["identifier"], i["action"]) for i in other["items"]] == [(second, "revised")]


def test_a_new_row_is_a_new_record_and_names_lead_to_departments(runtime: Runtime) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(runtime, "system")))
    page = book.worksheets[0]
    places = {str(cell.value).rstrip(" *"): cell.column for cell in page[1]}
    source = [cell.value for cell in page[2]]
    source[0] = None
    source[places["系统名称"] - 1] = "另一个系统"
    source[places["主管单位"] - 1] = "广州市白云区民政局"
    page.append(source)

    report = tried(runtime, "system", _saved(book))

    assert counts(report) == (COUNT + 1, 1, 0, COUNT, 0), report["items"][0]["violations"]


def test_a_violation_names_its_sheet_row_column_and_heading(runtime: Runtime) -> None:
    data = edited(export(runtime, "system"), ("安全保护等级", 2, "九"))

    report = tried(runtime, "system", data)

    found = [
        v for item in report["items"] for v in item["violations"] if v["pointer"] == "#/protection_grade"
    ]
    source = found[0]["source"]
    assert (source["sheet"], source["row"], source["heading"]) == ("信息系统", 3, "安全保护等级")
    assert openpyxl.load_workbook(io.BytesIO(data))["信息系统"][f"{source['column']}3"].value == "九"

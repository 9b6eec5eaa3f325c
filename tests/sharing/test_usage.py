"""Records of use and attestations: every door, what is not covered, what is owed, and how long they stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import col, select

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, WrongState
from catalog.base.settings import Settings
from catalog.identity.actors import CONSOLE
from catalog.ledger.models import Entry
from catalog.notices.reminding import reminders
from catalog.registry import archive
from catalog.registry.documents import whole
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.sharing import attesting, usage
from catalog.sharing.attesting_terms import periods
from catalog.sharing.changing import KIND
from tests import factories
from tests.cases.people import somebody
from tests.imports import door
from tests.imports.door import House
from tests.sharing import requesting as r
from tests.sharing.test_living import registered

TODAY = clock.today(Settings().zone)
STRANGER = somebody("sharing_officer", "DP0019")


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    r.fill(runtime)
    with door.opened(runtime) as made:
        yield made


@pytest.fixture(scope="module")
def agreement(house: House) -> str:
    """In force since 2024, so that duties have been owed since."""
    system = factories.document("system", "（民政）") | {"identifier": "SY0001"}
    factories.enter(house.runtime, Incoming("system", system))
    made = registered(house.runtime, r.opened(house.runtime, TODAY))
    period = {"from": "2024-03-01", "until": (TODAY + timedelta(days=400)).isoformat()}
    revised(house.runtime, made, period=period, consumer_system="SY0001")
    return made


def revised(runtime: Runtime, agreement: str, status: str | None = None, **more: Any) -> None:
    with runtime.database.reading() as session:
        document = whole(session, KIND, agreement) or {}
    factories.enter(runtime, Incoming(KIND, document | more, status))


def line(**more: Any) -> dict[str, Any]:
    return {"system": "SY0001", "period": TODAY.isoformat(), "kind": "calls", "amount": 12} | more


def record(runtime: Runtime, agreement: str, *rows: Any, by: Any = r.GIVER) -> usage.Recorded:
    with runtime.database.writing() as session:
        return usage.record(session, agreement, list(rows), by=by, on=TODAY)


def entries(runtime: Runtime, verb: str) -> int:
    with runtime.database.reading() as session:
        return len(session.scalars(select(Entry.seq).where(col(Entry.verb) == f"{KIND}.{verb}")).all())


def test_a_batch_is_one_entry_and_sent_again_changes_nothing(house: House, agreement: str) -> None:
    runtime = house.runtime
    days = [(TODAY - timedelta(days=n)).isoformat() for n in range(40)]
    rows = [line(period=day, kind=kind) for day in days for kind in ("calls", "rows")]
    before = entries(runtime, "used")

    first = record(runtime, agreement, *rows)
    again = record(runtime, agreement, *rows)
    third = record(runtime, agreement, line(amount=13), line(period=days[1]), by=r.DRAFTER)

    assert (first.recorded, first.unchanged, first.flagged) == (80, 0, [])
    assert (again.recorded, again.corrected, again.unchanged, again.entry) == (0, 0, 80, None)
    assert (third.corrected, third.unchanged) == (1, 1)
    assert entries(runtime, "used") == before + 2
    with runtime.database.reading() as session:
        months = usage.months(session, agreement)
    assert sum(one["calls"] for one in months) == 40 * 12 + 1
    assert sum(one["rows"] for one in months) == 40 * 12


def test_use_beyond_what_was_agreed_is_told_apart_by_what_it_breaks(house: House, agreement: str) -> None:
    done = record(
        house.runtime, agreement,
        line(period="2023-12", kind="files"), line(system="SY0002", kind="files"), line(purpose="P01", kind="files"),
        line(fields=[r.WITHHELD[0]], period="2026-01", kind="files"), line(system="SY0003", amount=0, kind="files"),
    )  # fmt: skip

    assert sorted(tuple(one["faults"]) for one in done.flagged) == [
        ("fields",), ("purpose",), ("system",), ("term",),
    ]  # fmt: skip
    page = house.visitor("renshe").page(f"/sharing-agreements/{agreement}")
    assert "4 条记录超出约定" in page


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (line(period=(TODAY + timedelta(days=1)).isoformat()), "usage-future"),
        (line(period="2026-02-30"), "usage-period"),
        (line(amount=-1), "usage-amount"),
        (line(amount=True), "usage-amount"),
        (line(system="张三 13800000000"), "usage-system"),
        (line(purpose="P99"), "usage-purpose"),
        (line(fields=["别的数据集的项"]), "usage-field"),
        (line(kind="bytes"), "enum"),
        (line(name="张三"), "parameter-unknown"),
        ({"system": "SY0001"}, "usage-needs"),
        ("SY0001", "type"),
    ],
)
def test_a_wrong_line_refuses_the_whole_batch(house: House, agreement: str, row: Any, rule: str) -> None:
    before = entries(house.runtime, "used")
    with pytest.raises(InvalidDocument) as refused:
        record(house.runtime, agreement, line(period="2026-02"), row)
    assert rule in {one.rule for one in refused.value.violations}
    assert {one.pointer.split("/")[2] for one in refused.value.violations} == {"1"}
    assert entries(house.runtime, "used") == before


def test_only_the_two_sides_and_the_bureau_report_and_read(house: House, agreement: str) -> None:
    with pytest.raises(NotPermitted):
        record(house.runtime, agreement, line(), by=STRANGER)
    assert record(house.runtime, agreement, line(period="2026-03"), by=r.BUREAU).recorded == 1
    assert house.visitor("weijian").get(f"/sharing-agreements/{agreement}/usage").status_code == 404
    assert (
        house.visitor("weijian").client.get(f"/api/v1/sharing-agreements/{agreement}/usage").status_code
        == 404
    )
    assert 'id="usage"' not in house.visitor("weijian").page(f"/sharing-agreements/{agreement}")


def test_page_api_and_file_record_the_same(house: House, agreement: str) -> None:
    visitor, path = house.visitor("minzheng"), f"/sharing-agreements/{agreement}/usage"
    typed = visitor.post(
        path, system="SY0001", period="2025-01", kind="rows", amount="7", purpose="P02", fields=""
    )
    assert typed.status_code == 303 and "recorded=1" in typed.headers["location"]

    table = "系统,日期,计量,数量,用途,数据项\nSY0001,2025-01,数据条数,7,P02,\nSY0001,2025-02,rows,8,,姓名、公民身份号码\n"
    sent = visitor.client.post(
        path,
        data={"csrf": visitor.csrf, "upload": "yes"},
        files={"file": ("用量.csv", table.encode("gb18030"))},
    )
    assert "recorded=1&corrected=0&unchanged=1" in sent.headers["location"]

    wrong = visitor.post(path, system="SY0001", period="2099-01", kind="rows", amount="许多")
    assert wrong.status_code == 422 and "还没有到" in wrong.text and 'value="许多"' in wrong.text

    listed = visitor.client.get(f"/api/v1{path}?from=2025-01&until=2025-02").json()
    assert [(one["period"], one["amount"], one["side"]) for one in listed["items"]] == [
        ("2025-01", 7, "consumer"), ("2025-02", 8, "consumer"),
    ]  # fmt: skip
    held = visitor.get(f"{path}.csv").content.decode("utf-8-sig")
    assert held.splitlines()[0].startswith("使用系统,日期或者月份,计量,数量")
    back = visitor.client.post(
        path, data={"csrf": visitor.csrf, "upload": "yes"}, files={"file": ("again.csv", held.encode())}
    )
    assert "recorded=0&corrected=0" in back.headers["location"]
    assert visitor.get(f"{path}.xlsx").content.startswith(b"PK")


def test_periods_end_with_the_term_and_are_due_a_while_after() -> None:
    found = list(periods("7", date(2024, 8, 15), date(2026, 3, 31), on=date(2026, 12, 1), days=30))
    assert [(one.name, one.last) for one in found] == [
        ("2024H2", date(2024, 12, 31)), ("2025H1", date(2025, 6, 30)),
        ("2025H2", date(2025, 12, 31)), ("2026H1", date(2026, 3, 31)),
    ]  # fmt: skip
    assert found[-1].due == date(2026, 4, 30)
    assert [one.name for one in periods("5", date(2026, 2, 1), date(9999, 12, 31), on=date(2026, 7, 1), days=0)] == [
        "2026Q1", "2026Q2",
    ]  # fmt: skip


def test_an_overdue_attestation_shows_everywhere_until_it_is_given_once(house: House, agreement: str) -> None:
    runtime, year = house.runtime, str(TODAY.year - 1)
    page = f"/sharing-agreements/{agreement}"
    assert f"{year} 已逾期" in house.visitor("minzheng").page(page)
    assert agreement in house.visitor("renshe").page("/attestations")
    assert "项履约承诺逾期" in house.visitor("zhuguan").page("/late")
    key = f"remind:{agreement}:use_record:{year}:late"
    with runtime.database.reading() as session:
        assert key in {one.cause.key for one in reminders(session, TODAY)}

    said = {
        "obligation": "use_record",
        "period": year,
        "kind": "fulfilled",
        "statement": "已逐次留痕并归档。",
    }
    assert house.visitor("renshe").client.post(f"/api/v1{page}/attestations", json=said).status_code == 403
    paper = {"file": ("自查.pdf", b"%PDF-1.4\n%%EOF\n")}
    visitor = house.visitor("minzheng")
    given = visitor.client.post(f"{page}/attestations", data={"csrf": visitor.csrf, **said}, files=paper)
    assert given.status_code == 303, given.text[:500]
    with runtime.database.reading() as session:
        assert key not in {one.cause.key for one in reminders(session, TODAY)}
    assert f"{year} 已逾期" not in visitor.page(page)
    file = f"{page}/attestations/use_record/{year}"
    assert visitor.get(file).content == paper["file"][1]
    assert house.visitor("weijian").get(file).status_code == 404

    with runtime.database.writing() as session, pytest.raises(WrongState):
        attesting.attest(session, agreement, said, by=r.SIGNER, on=TODAY)
    told = said | {"period": "2024", "statement": "经办人电话 13800001111"}
    with runtime.database.writing() as session, pytest.raises(InvalidDocument) as refused:
        attesting.attest(session, agreement, told, by=r.SIGNER, on=TODAY)
    assert [one.rule for one in refused.value.violations] == ["attest-personal"]


def test_records_stay_three_years_after_the_end_and_both_tables_travel(
    house: House, agreement: str, tmp_path: Path
) -> None:
    runtime = house.runtime
    for status in ("expired", "terminated"):
        ended = {"period": {"from": "2024-03-01", "until": "2024-12-31"}}
        assert usage.kept_until(ended, status, 3) == "2027-12-31"
    longer = {
        "period": {"until": "2024-02-29"},
        "termination": {"on": "2024-02-29"},
        "retention_until": "2030-01-01",
    }
    assert usage.kept_until(longer, "terminated", 3) == "2030-01-01"
    assert usage.kept_until(longer | {"retention_until": "2025-01-01"}, "terminated", 3) == "2027-03-01"
    assert usage.kept_until({"period": {"until": "2020-01-01"}}, "active", 3) == ""
    with pytest.raises(ValidationError):
        Settings(usage_years=2)

    counts = archive.export(runtime, tmp_path / "whole.jsonl", by=CONSOLE)
    assert counts["agreement_usage"] > 80 and counts["attestation"] == 1
    with runtime.database.writing() as session:
        assert usage.prune(session, by=CONSOLE, on=TODAY.replace(year=TODAY.year + 90, day=1), years=3) == {}
        with pytest.raises(NotPermitted):
            usage.prune(session, by=r.GIVER, on=TODAY, years=3)
    with runtime.database.reading() as session:
        document = whole(session, KIND, agreement) or {}
        until = usage.kept_until(document, "expired", 3)
    revised(runtime, agreement, "expired")
    with runtime.database.writing() as session:
        day = date.fromisoformat(until)
        assert usage.prune(session, by=CONSOLE, on=day, years=3) == {}
        gone = usage.prune(session, by=CONSOLE, on=day + timedelta(days=1), years=3)
        assert gone[agreement] > 80 and usage.total(session, agreement) == 0
    assert entries(runtime, "pruned") == 1

"""Initial load: within a dated window past records enter as in force; outside of it nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import orjson
import pytest
from sqlmodel import select

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, WrongState
from catalog.cases import proposals, service, windows
from catalog.cases.models import Case
from catalog.cases.proposals import Proposed
from catalog.cases.windows import open_window
from catalog.ledger.models import Entry
from catalog.registry.models import Record
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import somebody
from tests.imports import door
from tests.imports.door import House

HOME = "DP0008"
OFFICER = somebody("data_officer", HOME)
SHARING = somebody("sharing_officer", HOME)
HEAD = somebody("department_head", HOME)
BUREAU = somebody("authority")
ASSESSED = {"result": "通过", "on": "2026-09-01"}
FULL = {"summary": "存量目录", "secrecy_assessment": ASSESSED, "privacy_assessment": ASSESSED}


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    runtime.settings = runtime.settings.model_copy(update={"desk": "on"})
    with door.opened(runtime) as made:
        yield made


@pytest.fixture(scope="module")
def on(runtime: Runtime) -> date:
    return clock.today(runtime.settings.zone)


def window(runtime: Runtime, on: date, number: str) -> str:
    with runtime.database.writing() as session:
        return open_window(
            session, by=BUREAU, document=number, start=on.isoformat(),
            until=(on + timedelta(days=30)).isoformat(), on=on,
        ).number  # fmt: skip


def walked(runtime: Runtime, number: str, on: date, officer: object = OFFICER) -> None:
    for verb, by in (("submit", officer), ("consent", HEAD), ("approve", BUREAU)):
        with runtime.database.writing() as session:
            read = session.get_one(Case, number).seq
            service.do(session, number, verb, by=by, read=read, on=on, database=runtime.database)


def drafted(runtime: Runtime, on: date, opened: str, *proposed: Proposed, by: object = OFFICER) -> str:
    with runtime.database.writing() as session:
        case = proposals.open_proposal(session, proposed, by=by, window=opened, on=on)
        service.save(session, case.number, by=by, read=case.seq, values=FULL)
        return case.number


def test_past_datasets_and_agreements_enter_as_in_force_and_are_marked(house: House, on: date) -> None:
    runtime = house.runtime
    opened = window(runtime, on, "云政数〔2026〕1号")
    documents = [factories.document("dataset", f"（存{n}）") for n in range(3)]
    number = drafted(runtime, on, opened, *(Proposed("dataset", one) for one in documents))
    walked(runtime, number, on)
    agreement = factories.document("sharing-agreement", "（存）")
    by = somebody("sharing_officer", agreement.get("department") or agreement.get("provider"))
    with runtime.database.reading() as session:
        rows = {row.name: row for row in session.scalars(select(Record).where(Record.kind == "dataset"))}
        marked = session.scalars(
            select(Entry).where(Entry.kind == "dataset", Entry.note == f"{number} 存量 云政数〔2026〕1号")
        ).all()
        (approved,) = [entry for entry in service.timeline(session, number) if entry.verb == "case.approved"]
    assert {rows[one["name"]].status for one in documents} == {"published"}
    assert len(marked) == 3
    assert orjson.loads(approved.data or "{}")["past"] == "云政数〔2026〕1号"

    kept = drafted(runtime, on, opened, Proposed("sharing-agreement", agreement), by=by)
    with runtime.database.writing() as session:
        case = session.get_one(Case, kept)
        assert case.track == "past"
        service.do(session, kept, "submit", by=by, read=case.seq, on=on, database=runtime.database)


def test_outside_the_window_and_for_other_kinds_nothing_enters(house: House, on: date) -> None:
    runtime = house.runtime
    opened = window(runtime, on, "云政数〔2026〕2号")
    number = drafted(runtime, on, opened, Proposed("dataset", factories.document("dataset", "（迟）")))
    late = on + timedelta(days=31)
    with pytest.raises(WrongState) as refused:
        walked(runtime, number, late)
    assert refused.value.slug == "case-window-closed"
    with runtime.database.writing() as session:
        case = session.get_one(Case, opened)
        service.do(session, opened, "close", by=BUREAU, read=case.seq, on=on, database=runtime.database)
    with pytest.raises(WrongState) as refused:
        walked(runtime, number, on)
    assert refused.value.slug == "case-window-closed"
    with pytest.raises(WrongState):
        drafted(runtime, on, opened, Proposed("dataset", factories.document("dataset", "（迟二）")))
    another = window(runtime, on, "云政数〔2026〕3号")
    with pytest.raises(InvalidDocument) as wrong:
        drafted(runtime, on, another, Proposed("topic", factories.document("topic", "（错）")), by=BUREAU)
    assert wrong.value.violations[0].rule in ("case-window-kind",)


def test_only_the_bureau_opens_a_window_and_not_one_that_ends_before_it_begins(
    house: House, on: date
) -> None:
    with pytest.raises(NotPermitted), house.runtime.database.writing() as session:
        open_window(session, by=OFFICER, document="一号", start=on.isoformat(), until=on.isoformat(), on=on)
    zhuguan = house.visitor("zhuguan")
    days = {"from": on.isoformat(), "until": (on - timedelta(days=1)).isoformat()}
    assert zhuguan.post("/initial-loads", document="云政数〔2026〕4号", **days).status_code == 422
    days["until"] = on.isoformat()
    assert zhuguan.post("/initial-loads", document="云政数〔2026〕4号", **days).status_code == 303
    assert "云政数〔2026〕4号" in zhuguan.page("/initial-loads")
    with house.runtime.database.reading() as session:
        assert "云政数〔2026〕4号" in {one.document for one in windows.taking(session, on)}


def test_an_upload_is_handed_over_as_records_of_the_past(house: House, on: date) -> None:
    renshe = house.visitor("renshe")
    opened = window(house.runtime, on, "云政数〔2026〕5号")
    rows = [factories.document("dataset", f"（传{n}）") | {"department": "DP0011"} for n in range(2)]
    for row in rows:
        row.pop("provider_code", None)
    upload = renshe.bring("存量.jsonl", b"\n".join(orjson.dumps(row) for row in rows), kind="dataset")
    assert renshe.counts(upload)["created"] == 2
    assert "云政数〔2026〕5号" in renshe.page(upload)

    handed = renshe.post(f"{upload}/submit", note="存量目录", window=opened)

    assert handed.status_code == 303
    number = handed.headers["location"].rpartition("/")[2]
    with house.runtime.database.reading() as session:
        case = session.get_one(Case, number)
        assert case.track == "past"
        assert service.document_of(case)["window"] == opened
    assert "存量导入" in renshe.page(f"/cases/{number}")

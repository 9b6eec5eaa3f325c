"""Two who do the same at once: exactly one wins, the other is told what happened; numbers are never given twice."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from catalog.base.errors import WrongState
from catalog.base.settings import Settings
from catalog.cases import proposals, service
from catalog.cases.models import Case
from catalog.cases.proposals import Proposed
from catalog.identity.actors import Actor
from catalog.runtime import Runtime, open_runtime
from tests import factories
from tests.cases.people import somebody

ON = date(2026, 9, 30)
OFFICER = somebody("data_officer", "DP0008")
HEAD = somebody("department_head", "DP0008")
BUREAU = [somebody("authority", name=name) for name in ("甲", "乙")]
ASSESSED = {"result": "通过", "on": "2026-09-01"}
FULL = {"summary": "新增目录", "secrecy_assessment": ASSESSED, "privacy_assessment": ASSESSED}


@pytest.fixture(scope="module")
def register(runtime: Runtime) -> Runtime:
    factories.anchor(runtime)
    return runtime


def opened(runtime: Runtime, name: str) -> str:
    with runtime.database.writing() as session:
        document = factories.document("dataset", name)
        return proposals.open_proposal(session, [Proposed("dataset", document)], by=OFFICER).number


def submitted(runtime: Runtime, name: str) -> tuple[str, int]:
    number = opened(runtime, name)
    with runtime.database.writing() as session:
        case = service.get(session, number, OFFICER)
        service.save(session, number, by=OFFICER, read=case.seq, values=FULL)
        for verb, by in (("submit", OFFICER), ("consent", HEAD)):
            service.do(session, number, verb, by=by, read=case.seq, on=ON, database=runtime.database)
        return number, case.seq


def tried(runtime: Runtime, number: str, read: int, verb: str, by: Actor) -> tuple[str, str]:
    """What came of it: "done", or the refusal with what it says has happened."""
    try:
        with runtime.database.writing() as session:
            service.do(session, number, verb, by=by, read=read, on=ON, note="理由", database=runtime.database)
    except WrongState as refused:
        return refused.slug, str(refused.values.get("happened", ""))
    return "done", ""


def _elsewhere(url: str, folder: str, number: str, read: int, who: int, gate: Barrier, told: Any) -> None:
    runtime = open_runtime(Settings(data_dir=Path(folder), database_url=url))
    gate.wait(30)
    told.put(tried(runtime, number, read, "approve", BUREAU[who]))
    runtime.close()


def entries(runtime: Runtime, number: str) -> list[str]:
    with runtime.database.reading() as session:
        return [entry.verb for entry in service.timeline(session, number)]


def test_of_two_threads_one_wins_and_the_other_hears_what_happened(register: Runtime) -> None:
    number, read = submitted(register, "（竞一）")

    with ThreadPoolExecutor(2) as pool:
        verbs = zip(("approve", "return"), BUREAU, strict=True)
        found = sorted(pool.map(lambda one: tried(register, number, read, *one), verbs))

    assert [slug for slug, _ in found] == ["case-moved", "done"]
    happened = found[0][1]
    assert happened in ("case.approved", "case.returned")
    assert entries(register, number).count(happened) == 1
    assert len(entries(register, number)) == 5


def test_of_two_processes_one_wins_and_the_other_hears_what_happened(register: Runtime) -> None:
    number, read = submitted(register, "（竞二）")
    context = multiprocessing.get_context("spawn")
    gate, told = context.Barrier(2), context.Queue()
    settings = register.settings
    racing = [
        context.Process(
            target=_elsewhere,
            args=(settings.database_url, str(settings.data_dir), number, read, who, gate, told),
        )
        for who in (0, 1)
    ]
    for one in racing:
        one.start()
    found = sorted(told.get(timeout=60) for _ in racing)
    for one in racing:
        one.join(30)

    assert found == [("case-moved", "case.approved"), ("done", "")]
    assert entries(register, number).count("case.approved") == 1


def test_twenty_openings_at_once_are_twenty_numbers(register: Runtime) -> None:
    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(lambda n: opened(register, f"（号{n}）"), range(20)))

    assert len(set(numbers)) == 20
    with register.database.reading() as session:
        assert all(session.get(Case, number) for number in numbers)

"""机构改革, replayed: what holds moves to the heir, what is finished stays, and old names still lead on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text as sql

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.errors import InvalidDocument
from catalog.departments.reorganise import Reorganisation, carry_out, work_out
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.desk import proof

HEALTH = "DP0019"
PAPER = "穗云编〔2026〕12号"
pytestmark = pytest.mark.usefixtures("_anchored")


@pytest.fixture(scope="module")
def _anchored(runtime: Runtime) -> None:
    factories.anchor(runtime)


def department(runtime: Runtime, identifier: str, name: str, **more: Any) -> str:
    document = factories.document("department") | {"identifier": identifier, "name": name} | more
    factories.enter(runtime, Incoming("department", document))
    return identifier


def worked_out(runtime: Runtime, *acts: dict[str, Any]) -> Reorganisation:
    with runtime.database.reading() as session:
        return work_out(session, {"document": PAPER, "on": "2026-09-30", "acts": list(acts)})


def done(runtime: Runtime, *acts: dict[str, Any]) -> Reorganisation:
    found = worked_out(runtime, *acts)
    refused = [
        (one.pointer, one.rule, one.found) for c in found.changes.of("refused") for one in c.violations
    ]
    assert refused == []
    carry_out(runtime.database, found, by=CONSOLE)
    return found


def document(runtime: Runtime, kind: str, identifier: str) -> dict[str, Any]:
    with runtime.database.reading() as session:
        return whole(session, kind, identifier) or {}


def record(runtime: Runtime, kind: str, identifier: str) -> Record:
    with runtime.database.reading() as session:
        found = session.get_one(Record, (kind, identifier))
        session.expunge(found)
        return found


def led(runtime: Runtime, value: str) -> set[str]:
    """Where a name or code leads now."""
    statement = "SELECT identifier FROM alias WHERE kind = 'department' AND value = :value AND to_seq = :now"
    with runtime.database.reading() as session:
        return set(session.scalars(sql(statement), {"value": value, "now": FOREVER}))


def test_the_bureau_of_data_is_renamed(runtime: Runtime) -> None:
    old, new = "政务服务数据管理局（重演）", "政务服务和数据管理局（重演）"
    place = department(runtime, "DP8201", old)
    dataset = factories.document("dataset", "改名前") | {"identifier": "DS008201", "department": place}
    factories.enter(runtime, Incoming("dataset", dataset))

    done(runtime, {"rename": place, "to": new})

    renamed = document(runtime, "department", place)
    assert renamed["name"] == new
    assert renamed["former_names"][-1] == {"name": old, "until": "2026-09-30"}
    assert renamed["document_number"] == PAPER
    assert record(runtime, "department", place).status == "active"
    assert record(runtime, "dataset", "DS008201").department == place
    assert led(runtime, old) == {place}
    assert proof(runtime).broken is None


@pytest.fixture(scope="module")
def merged(runtime: Runtime, _anchored: None) -> Reorganisation:
    """计生 → 卫健: a bureau with everything that a department can own."""
    old = department(runtime, "DP8301", "人口和计划生育局（重演）")
    department(runtime, "DP8302", "计划生育服务站（重演）", parent=old)
    with_old = {"department": old}
    factories.enter(
        runtime,
        Incoming("system", factories.document("system", "计生") | with_old | {"identifier": "SY8301"}),
        Incoming("system", factories.document("system", "老计生") | with_old | {"identifier": "SY8302"}, "retired"),
        Incoming("dataset", factories.document("dataset", "计生") | with_old | {"identifier": "DS008301"}),
        Incoming("appointment", factories.document("appointment", "计生") | with_old | {"identifier": "AP08301"}),
        Incoming("sharing-agreement", factories.document("sharing-agreement", "计生")
                 | {"provider": old, "dataset": "DS008301", "identifier": "AG2026-8301"}),
        Incoming("sharing-agreement", factories.document("sharing-agreement", "计生要")
                 | {"consumer": old, "identifier": "AG2026-8302"}),
        Incoming("sharing-agreement", factories.document("sharing-agreement", "计生旧")
                 | {"provider": old, "dataset": "DS008301", "identifier": "AG2026-8303"}, "expired"),
    )  # fmt: skip
    on = clock.today(runtime.settings.zone)
    with runtime.database.writing() as session:
        person = persons.create(session, name="示例", basis="test", by=CONSOLE)
        password = passwords.secure(factories.PASSWORD)
        accounts.create(
            session, login="jisheng", person=person, password=password, department=old, by=CONSOLE
        )
        accounts.grant(session, login="jisheng", role="data_officer", department=old, by=CONSOLE, on=on)
        tokens.issue(
            session, login="jisheng", name="接口", scope=frozenset({"read"}), days=9, department=old, on=on,
            by=CONSOLE,
        )  # fmt: skip
    return done(runtime, {"merge": [old], "into": HEALTH})


@pytest.mark.parametrize(
    ("kind", "identifier", "field"),
    [
        ("system", "SY8301", "department"),
        ("dataset", "DS008301", "department"),
        ("appointment", "AP08301", "department"),
        ("sharing-agreement", "AG2026-8301", "provider"),
        ("sharing-agreement", "AG2026-8302", "consumer"),
        ("department", "DP8302", "parent"),
    ],
)
@pytest.mark.usefixtures("merged")
def test_what_holds_moves_to_the_heir(runtime: Runtime, kind: str, identifier: str, field: str) -> None:
    assert document(runtime, kind, identifier)[field] == HEALTH


@pytest.mark.usefixtures("merged")
def test_a_dataset_states_the_credit_code_of_its_heir(runtime: Runtime) -> None:
    heir = document(runtime, "department", HEALTH)

    assert document(runtime, "dataset", "DS008301")["provider_code"] == heir["credit_code"]


@pytest.mark.parametrize(
    ("kind", "identifier", "field"),
    [("system", "SY8302", "department"), ("sharing-agreement", "AG2026-8303", "provider")],
)
@pytest.mark.usefixtures("merged")
def test_finished_documents_keep_the_old_department(
    runtime: Runtime, kind: str, identifier: str, field: str
) -> None:
    assert document(runtime, kind, identifier)[field] == "DP8301"


@pytest.mark.parametrize("table", ["account", "role_grant", "token"])
@pytest.mark.usefixtures("merged")
def test_people_roles_and_tokens_move_too(runtime: Runtime, table: str) -> None:
    with runtime.database.reading() as session:
        places = set(session.scalars(sql(f"SELECT department FROM {table}")))

    assert HEALTH in places
    assert "DP8301" not in places


@pytest.mark.usefixtures("merged")
def test_the_old_bureau_is_dissolved_and_names_its_heir(runtime: Runtime) -> None:
    old = document(runtime, "department", "DP8301")

    assert record(runtime, "department", "DP8301").status == "dissolved"
    assert (old["successors"], old["dissolved_on"]) == ([HEALTH], "2026-09-30")
    assert "DP8301" in document(runtime, "department", HEALTH)["predecessors"]


def test_the_whole_act_is_closed_by_one_entry(runtime: Runtime, merged: Reorganisation) -> None:
    with runtime.database.reading() as session:
        rows = session.execute(
            sql("SELECT data, note FROM entry WHERE verb = 'department.reorganised' AND data LIKE '%DP8301%'")
        ).fetchall()

    assert len(rows) == 1
    assert f'"moved":{len(merged.moves)}' in rows[0][0]
    assert PAPER in rows[0][1]
    assert proof(runtime).broken is None


def test_a_split_gives_each_heir_what_is_named(runtime: Runtime) -> None:
    old = department(runtime, "DP8401", "城乡建设局（重演）")
    one, two = (
        department(runtime, "DP8402", "住建局（重演）"),
        department(runtime, "DP8403", "城管局（重演）"),
    )
    factories.enter(
        runtime,
        Incoming(
            "system", factories.document("system", "住房") | {"department": old, "identifier": "SY8401"}
        ),
        Incoming(
            "system", factories.document("system", "城管") | {"department": old, "identifier": "SY8402"}
        ),
    )

    done(runtime, {"split": old, "into": [one, two], "move": {two: ["SY8402"]}})

    assert record(runtime, "system", "SY8401").department == one
    assert record(runtime, "system", "SY8402").department == two
    assert document(runtime, "department", old)["successors"] == [one, two]


def test_a_dissolved_department_leaves_all_to_its_heir(runtime: Runtime) -> None:
    old = department(runtime, "DP8501", "物价局（重演）")
    system = factories.document("system", "物价") | {"department": old, "identifier": "SY8501"}
    factories.enter(runtime, Incoming("system", system))

    done(runtime, {"dissolve": old, "into": "DP0012"})

    assert record(runtime, "system", "SY8501").department == "DP0012"
    assert record(runtime, "department", old).status == "dissolved"


def test_working_a_plan_out_writes_nothing(runtime: Runtime) -> None:
    old = department(runtime, "DP8601", "试算局（重演）")
    system = factories.document("system", "试算") | {"department": old, "identifier": "SY8601"}
    factories.enter(runtime, Incoming("system", system))
    before = runtime.feed.last()

    found = worked_out(runtime, {"dissolve": old, "into": "DP0012"})

    assert [(move.kind, move.identifier, move.before, move.after) for move in found.moves] == [
        ("system", "SY8601", old, "DP0012")
    ]
    assert runtime.feed.last() == before
    assert record(runtime, "department", old).status == "active"


@pytest.mark.parametrize(
    ("plan", "pointer"),
    [
        ({}, "/document"),
        ({"document": PAPER}, "/on"),
        ({"document": PAPER, "on": "soon"}, "/on"),
        ({"document": PAPER, "on": date(2026, 9, 30)}, "/acts/0"),
        ({"document": PAPER, "on": "2026-09-30", "acts": ["x"]}, "/acts/0"),
        ({"document": PAPER, "on": "2026-09-30", "acts": {"rename": "DP0002"}}, "/acts"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"rename": "DP9999", "to": "x"}]}, "/acts/0/rename"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"rename": "DP0002"}]}, "/acts/0/to"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"merge": ["DP0002"], "into": "DP0002"}]}, "/acts/0/into"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"merge": [], "into": "DP0002"}]}, "/acts/0/merge"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"split": "DP0005", "into": []}]}, "/acts/0/into"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"dissolve": "DP0033"}]}, "/acts/0/into"),
        ({"document": PAPER, "on": "2026-09-30", "acts": [{"dissolve": "DP0033", "rename": "DP0033"}]}, "/acts/0"),
        ({"document": PAPER, "on": "2026-09-30",
          "acts": [{"split": "DP0005", "into": ["DP0006"], "move": {"DP0007": ["SY0901"]}}]}, "/acts/0/move/DP0007"),
        ({"document": PAPER, "on": "2026-09-30",
          "acts": [{"split": "DP0005", "into": ["DP0006"], "move": ["SY0901"]}]}, "/acts/0/move"),
    ],
)  # fmt: skip
def test_a_plan_that_can_not_be_is_refused_where_it_errs(
    runtime: Runtime, plan: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidDocument) as refused, runtime.database.reading() as session:
        work_out(session, plan)

    assert [one.pointer for one in refused.value.violations] == [pointer]

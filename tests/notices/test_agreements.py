"""Who hears that an agreement changes: systems of the consumer, the group robot, the people of both sides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, delete, select

from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.notices import channels, deriving, hooks
from catalog.notices.models import Delivery, Notice, Webhook
from catalog.notices.reminding import remind
from catalog.notices.worker import round_
from catalog.registry.documents import whole
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.sharing import enforcement
from tests import factories
from tests.notices.outside import Receiver, receiver
from tests.notices.test_notices import settled
from tests.sharing import requesting as r

DAY = date(2026, 12, 1)
TAKER, STRANGER = "SY0911", "SY0912"
MISUSE = {"ground": "third-party", "facts": "转给第三方使用。", "rectify_by": "2026-12-18"}  # a Friday
ORDER = {"disposal_order": {"demand": "删除全部数据。", "until": "2027-01-20"}}  # a Wednesday
SERVICES = [
    {"name": "参保查询接口", "platform": "一网共享平台（示例）", "interface_number": "YWGX-0009（示例）"}
]


@pytest.fixture(scope="module")
def office(runtime: Runtime) -> Runtime:
    """The dataset, a system of the consumer, one of another department, and a sharing officer on each side."""
    r.fill(runtime)
    systems = ((TAKER, r.CONSUMER), (STRANGER, "DP0019"))
    factories.enter(runtime, *(
        Incoming("system", factories.document("system", f"{name}（示例）")
                 | {"identifier": name, "department": place})
        for name, place in systems
    ))  # fmt: skip
    secret = passwords.secure(factories.PASSWORD)
    with runtime.database.writing() as session:
        for login, place in (("asker", r.CONSUMER), ("giver", r.PROVIDER)):
            key = persons.create(session, name=f"{login}（示例）", basis="test", by=CONSOLE)
            accounts.create(session, login=login, person=key, password=secret, department=place, by=CONSOLE)
            accounts.grant(
                session,
                login=login,
                role="sharing_officer",
                department=place,
                by=CONSOLE,
                on=date(2026, 1, 1),
            )
    return runtime


@pytest.fixture
def agreement(office: Runtime) -> str:
    """An agreement in force, and nothing left to tell."""
    number = r.filed(office, DAY)
    answer = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    r.act(office, number, "agree", r.GIVER, DAY, values=answer)
    r.act(office, number, "deliver", r.GIVER, DAY)
    r.act(office, number, "confirm", r.DRAFTER, DAY)
    quiet(office)
    return str(r.held(office, number)["agreement"])


@pytest.fixture
def outside() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def quiet(office: Runtime) -> None:
    while deriving.follow(office):
        pass
    with office.database.writing() as session:
        for table in (Delivery, Notice, Webhook):
            session.execute(delete(table))


def hook(office: Runtime, server: Receiver, system: str, *kinds: str) -> hooks.Registered:
    with office.database.writing() as session:
        return hooks.add(
            session, system=system, address=server.address, kinds=kinds, private=True, by=CONSOLE
        )


def misused(office: Runtime, agreement: str) -> str:
    with office.database.writing() as session:
        return enforcement.open_enforcement(
            session, agreement=agreement, track="misuse", values=MISUSE, by=r.BUREAU, on=DAY,
            database=office.database,
        ).number  # fmt: skip


def heard(office: Runtime, server: Receiver) -> list[dict[str, Any]]:
    """The events that came since the last time."""
    server.got.clear()
    round_(office)
    return [one for _, body in server.got for one in json.loads(body)["events"]]


def changed(office: Runtime, kind: str, identifier: str, **more: Any) -> None:
    with office.database.reading() as session:
        document = whole(session, kind, identifier) or {}
    factories.enter(office, Incoming(kind, document | more), by=CONSOLE)


def test_the_consumers_system_hears_of_every_change_of_its_agreement_whatever_it_asked_for(
    office: Runtime, agreement: str, outside: Receiver
) -> None:
    made = hook(office, outside, TAKER, "topic")
    with receiver() as elsewhere:
        hook(office, elsewhere, STRANGER, "topic")
        number = misused(office, agreement)
        suspended = heard(office, outside)
        report = {"rectification": {"measures": "收回数据。", "done_on": "2026-12-05"}}
        r.act(office, number, "report", r.SIGNER, date(2026, 12, 6), values=report)
        r.act(office, number, "resume", r.GIVER, date(2026, 12, 8))
        resumed = heard(office, outside)
        changed(office, "data-element", "DE00002", definition="在户籍登记机关登记的姓名，含曾用名。")
        drifted = heard(office, outside)
        changed(office, "dataset", r.DATASET, services=SERVICES)
        served = heard(office, outside)
        assert elsewhere.got == []

    assert {(one["kind"], one["identifier"]) for one in suspended} == {("sharing-agreement", agreement)}
    assert [one["status"] for one in suspended if "status" in one] == ["suspended"]
    assert all(one["agreements"] == [agreement] for one in suspended)
    assert [one["status"] for one in resumed if "status" in one] == ["active"]
    assert [(one["kind"], one["agreements"]) for one in drifted] == [("case", [agreement])]
    # where the data and the key to them are had
    assert [(one["kind"], one["identifier"]) for one in served] == [("dataset", r.DATASET)]
    assert agreement in served[0]["agreements"]
    headers, body = outside.got[0]
    signed = channels.signature(made.secret, headers["x-catalog-timestamp"], body)
    assert headers["x-catalog-signature"] == signed


def test_who_asked_for_agreements_hears_of_others_without_their_status(
    office: Runtime, agreement: str, outside: Receiver
) -> None:
    hook(office, outside, STRANGER, "sharing-agreement")
    misused(office, agreement)
    found = heard(office, outside)
    assert {one["identifier"] for one in found} == {agreement}
    assert not any({"status", "agreements"} & one.keys() for one in found)


def test_both_sides_and_the_group_robot_are_told_of_a_suspension(
    office: Runtime, agreement: str, outside: Receiver
) -> None:
    misused(office, agreement)
    round_(settled(office, robot_url=outside.address, public_url="https://data.example.gov.cn"))

    said = [json.loads(body)["markdown"]["content"] for _, body in outside.got]
    assert any(f"/sharing-agreements/{agreement}" in one for one in said)
    with office.database.reading() as session:
        rows = session.scalars(select(Notice).where(col(Notice.message) == "agreement-suspended")).all()
    assert len({one.person for one in rows}) == 2


def test_the_term_to_rectify_and_the_term_to_dispose_are_reminded_once_at_each_step(
    office: Runtime, agreement: str
) -> None:
    number = misused(office, agreement)

    def on(*days: str) -> list[list[object]]:
        lines = [remind(office, on=date.fromisoformat(day)).lines for day in days]
        return [[one["message"] for one in found if one["href"] == f"/cases/{number}"] for found in lines]

    steps = [[], ["case-soon"], [], ["case-today"], ["case-late"], []]
    assert on("2026-12-15", "2026-12-16", "2026-12-17", "2026-12-18", "2026-12-19", "2026-12-24") == steps

    r.act(office, number, "terminate", r.BUREAU, date(2026, 12, 21), note="逾期未整改。", values=ORDER)
    assert on("2027-01-15", "2027-01-18", "2027-01-19", "2027-01-20", "2027-01-21", "2027-01-25") == steps

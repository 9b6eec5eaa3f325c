"""Notices on a real register, with a real mail server and a real receiver: derived once, sent, retried, replayed."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import json
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select, update

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted
from catalog.cases import service
from catalog.cases.models import Case
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.identity.models import Person
from catalog.ledger.models import Meta
from catalog.notices import channels, delivering, deriving, hooks, urging
from catalog.notices.models import Delivery, Notice, Webhook
from catalog.notices.outgoing import Undelivered
from catalog.notices.pages import replay_dead
from catalog.notices.posting import choose
from catalog.notices.reminding import remind
from catalog.notices.worker import round_
from catalog.runtime import Runtime
from tests import factories
from tests.cases.clocked import BUREAU, OFFICER, PROVIDER, done, filed, without_slices
from tests.cases.people import FROM, TO, somebody
from tests.notices.outside import MailServer, Receiver, mail_server, receiver

SYSTEM = "SY0901"


@pytest.fixture(scope="module")
def people(runtime: Runtime) -> dict[str, str]:
    """The sharing officers of both sides and the bureau's chief, by key; only the provider's has an e-mail address."""
    factories.anchor(runtime)
    made: dict[str, str] = {}
    secret = passwords.secure(factories.PASSWORD)
    with runtime.database.writing() as session:
        for login, role, place, email_ in (
            ("giver", "sharing_officer", TO, "giver@example.gov.cn"),
            ("asker", "sharing_officer", FROM, None),
            ("chief", "authority", None, None),
        ):
            key = persons.create(session, name=f"{login}（示例）", email=email_, basis="test", by=CONSOLE)
            accounts.create(session, login=login, person=key, password=secret, department=place, by=CONSOLE)
            accounts.grant(session, login=login, role=role, department=place, by=CONSOLE, on=date(2026, 1, 1))
            made[login] = key
    return made


@pytest.fixture(autouse=True)
def _engine_alone() -> Iterator[None]:
    with without_slices():
        yield


@pytest.fixture
def quiet(runtime: Runtime, people: dict[str, str]) -> Runtime:
    """The register with nothing left to tell."""
    while deriving.follow(runtime):
        pass
    with runtime.database.writing() as session:
        for table in (Delivery, Notice, Webhook):
            session.execute(delete(table))
    return runtime


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def outside() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def settled(runtime: Runtime, **more: Any) -> Runtime:
    """The same register under other settings."""
    return dataclasses.replace(runtime, settings=runtime.settings.model_copy(update=more))


def mailing(runtime: Runtime, server: MailServer) -> Runtime:
    more = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_from": "catalog@example.gov.cn"}
    return settled(runtime, **more)


def today(runtime: Runtime) -> date:
    return clock.today(runtime.settings.zone)


def rows(runtime: Runtime, table: Any) -> list[Any]:
    with runtime.database.reading() as session:
        found = list(session.scalars(select(table).order_by(col(table.key))))
        session.expunge_all()
    return found


def soon(runtime: Runtime) -> None:
    """The next attempts are due."""
    with runtime.database.writing() as session:
        session.execute(update(Delivery).values(next_at=""))


def test_whom_a_case_waits_for_finds_it_and_gets_one_mail(
    quiet: Runtime, people: dict[str, str], post_office: MailServer
) -> None:
    case = filed(quiet, today(quiet))

    round_(mailing(quiet, post_office))
    round_(mailing(quiet, post_office))

    mine = [one for one in rows(quiet, Notice) if one.person == people["giver"]]
    assert [(one.kind, one.href) for one in mine] == [("waits", f"/cases/{case.number}")]
    (taken,) = post_office.taken
    letter = email.message_from_string(taken, policy=email.policy.default)
    assert letter["To"] == "giver@example.gov.cn"
    assert case.number in letter.get_content()
    assert letter["Message-ID"] == f"<{rows(quiet, Delivery)[0].key}@example.gov.cn>"


def test_without_a_mail_server_each_mail_is_one_file(quiet: Runtime, people: dict[str, str]) -> None:
    filed(quiet, today(quiet))

    round_(quiet)

    (sent,) = rows(quiet, Delivery)
    place = quiet.settings.data_dir / "outbox" / f"{sent.key}.eml"
    assert sent.state == "sent"
    assert b"To: giver@example.gov.cn" in place.read_bytes()


def test_who_chose_no_mail_still_finds_the_notice(quiet: Runtime, people: dict[str, str]) -> None:
    with quiet.database.writing() as session:
        choose(session, people["giver"], [])

    filed(quiet, today(quiet))
    round_(quiet)

    assert people["giver"] in {one.person for one in rows(quiet, Notice)}
    assert rows(quiet, Delivery) == []
    with quiet.database.writing() as session:
        choose(session, people["giver"], ["waits", "urged", "answered", "agreement", "remind"])


def test_a_crash_before_the_end_of_a_transaction_tells_nobody_and_loses_nothing(
    quiet: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(quiet, today(quiet))
    merge = Session.merge

    def crash(session: Session, row: Any, **more: Any) -> Any:
        if isinstance(row, Meta):
            raise RuntimeError("power cut")
        return merge(session, row, **more)

    monkeypatch.setattr(Session, "merge", crash)
    with pytest.raises(RuntimeError):
        deriving.follow(quiet)
    monkeypatch.undo()

    assert (rows(quiet, Notice), rows(quiet, Delivery)) == ([], [])
    with without_slices():
        round_(quiet)
    assert (len(rows(quiet, Notice)), len(rows(quiet, Delivery))) == (2, 1)


def test_a_crash_after_sending_repeats_the_same_message_under_the_same_key(
    quiet: Runtime, outside: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hook(quiet, outside)
    filed(quiet, today(quiet))
    while deriving.follow(quiet):
        pass
    mark = delivering._mark

    def crash(*_: Any) -> str:
        raise RuntimeError("power cut")

    monkeypatch.setattr(delivering, "_mark", crash)
    with pytest.raises(RuntimeError):
        delivering.deliver(quiet)
    monkeypatch.setattr(delivering, "_mark", mark)
    delivering.deliver(quiet)

    keys = {headers["x-catalog-delivery"] for headers, _ in outside.got}
    assert len(outside.got) >= 1
    assert len(keys) == 1
    assert {one.state for one in rows(quiet, Delivery)} == {"sent"}


def test_only_one_process_delivers_at_a_time(quiet: Runtime, outside: Receiver) -> None:
    _hook(quiet, outside)
    filed(quiet, today(quiet))
    while deriving.follow(quiet):
        pass
    others: list[Any] = []

    with delivering._turn(quiet) as mine:
        thread = threading.Thread(target=lambda: others.append(delivering.deliver(quiet)))
        thread.start()
        thread.join()

    assert (mine, others, outside.got) == (True, [None], [])


def test_several_processes_follow_the_ledger_and_nobody_is_told_twice(
    quiet: Runtime, post_office: MailServer
) -> None:
    there = mailing(quiet, post_office)
    for _ in range(3):
        filed(quiet, today(quiet))
    threads = [threading.Thread(target=round_, args=(there,)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    round_(there)

    assert len(post_office.taken) == 3
    assert len({email.message_from_string(one)["Message-ID"] for one in post_office.taken}) == 3


def _hook(runtime: Runtime, outside: Receiver, *kinds: str) -> hooks.Registered:
    with runtime.database.writing() as session:
        return hooks.add(
            session, system=SYSTEM, address=outside.address, kinds=kinds, private=True, by=CONSOLE
        )


def test_a_webhook_is_signed_and_carries_verbs_without_content(quiet: Runtime, outside: Receiver) -> None:
    made = _hook(quiet, outside, "case")
    case = filed(quiet, today(quiet))

    round_(quiet)

    ((headers, body),) = outside.got
    expected = channels.signature(made.secret, headers["x-catalog-timestamp"], body)
    said = json.loads(body)
    assert headers["x-catalog-signature"] == expected
    assert headers["x-catalog-signature"] != channels.signature(
        "another", headers["x-catalog-timestamp"], body
    )
    assert said["delivery"] == headers["x-catalog-delivery"]
    assert [one["verb"] for one in said["events"]] == ["case.opened", "case.prepared", "case.filed"]
    assert {tuple(sorted(one)) for one in said["events"]} == {("at", "identifier", "kind", "seq", "verb")}
    assert case.title not in body.decode()


def test_a_redirect_is_a_failure_and_is_not_followed(quiet: Runtime, outside: Receiver) -> None:
    outside.answers = 307
    _hook(quiet, outside, "case")
    filed(quiet, today(quiet))

    round_(quiet)

    hooked = [one for one in rows(quiet, Delivery) if one.channel == "webhook"]
    assert [(one.state, one.attempts, one.reason) for one in hooked] == [("waiting", 1, "HTTP 307")]
    assert len(outside.got) == 1


def test_what_fails_waits_longer_each_time_is_given_up_and_replayed(
    quiet: Runtime, post_office: MailServer
) -> None:
    post_office.open = False
    there = mailing(quiet, post_office)
    filed(quiet, today(quiet))
    waits = []
    for _ in range(delivering.ATTEMPTS):
        before = clock.now()
        round_(there)
        (held,) = rows(quiet, Delivery)
        waits.append((clock.parse_stamp(held.next_at) - before).total_seconds() if held.next_at else 0)
        soon(quiet)
    assert held.state == "dead"
    assert "451" in held.reason
    assert waits[:3] == sorted(waits[:3])
    assert waits[0] > 55

    post_office.open = True
    with quiet.database.writing() as session:
        assert replay_dead(session, CONSOLE) == 1
    round_(there)

    assert [one.state for one in rows(quiet, Delivery)] == ["sent"]
    assert len(post_office.taken) == 1


def test_a_robot_hears_of_each_step_once_and_without_the_title(quiet: Runtime, outside: Receiver) -> None:
    case = filed(quiet, today(quiet))

    round_(settled(quiet, robot_url=outside.address, public_url="https://data.example.gov.cn"))

    said = [json.loads(body) for _, body in outside.got]
    assert [one["msgtype"] for one in said] == ["markdown", "markdown"]  # to be signed, to be answered
    content = said[0]["markdown"]["content"] + said[1]["markdown"]["content"]
    assert f"https://data.example.gov.cn/cases/{case.number}" in content
    assert case.title not in content


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("http://127.0.0.1:9/x", "webhook-private"),
        ("http://169.254.169.254/latest", "webhook-private"),
        ("http://[::1]/x", "webhook-private"),
        ("http://[64:ff9b::7f00:1]/x", "webhook-private"),  # NAT64
        ("http://[2002:7f00:1::]/x", "webhook-private"),  # 6to4
        ("http://[::7f00:1]/x", "webhook-private"),
        ("http://224.0.0.1/x", "webhook-private"),  # everybody
        ("ftp://example.com/x", "webhook-address"),
        ("https://user@example.com/x", "webhook-address"),
        ("http://", "webhook-address"),
    ],
)
def test_an_address_inside_or_none_at_all_is_refused(quiet: Runtime, address: str, rule: str) -> None:
    with pytest.raises(InvalidDocument) as refused, quiet.database.writing() as session:
        hooks.add(session, system=SYSTEM, address=address, by=CONSOLE)

    assert [one.rule for one in refused.value.violations] == [rule]


def test_an_address_that_turns_private_later_is_not_called(quiet: Runtime, outside: Receiver) -> None:
    with pytest.raises(Undelivered):
        channels.Hook("secret", private=False).send(channels.Message("ND-1", outside.address, "", "{}"))

    assert outside.got == []


def test_only_the_administrator_keeps_webhooks(quiet: Runtime) -> None:
    with pytest.raises(NotPermitted), quiet.database.writing() as session:
        hooks.add(session, system=SYSTEM, address="https://example.com/", by=somebody("authority"))


def test_reminding_twice_sends_once_and_the_numbers_add_up(quiet: Runtime, people: dict[str, str]) -> None:
    case = filed(quiet, date(2026, 9, 30))  # due on 2026-10-20, a Tuesday

    dry = remind(quiet, on=date(2026, 10, 16), dry=True)
    first = remind(quiet, on=date(2026, 10, 16))
    again = remind(quiet, on=date(2026, 10, 16))
    on_the_day = remind(quiet, on=date(2026, 10, 20))
    late = remind(quiet, on=date(2026, 10, 21))
    later = remind(quiet, on=date(2026, 11, 2))

    def steps(done: Any) -> list[str]:
        return [one["message"] for one in done.lines if one["href"] == f"/cases/{case.number}"]

    assert (dry.sent, dry.lines) == (first.sent, first.lines)
    assert [steps(one) for one in (first, again, on_the_day, late, later)] == [
        ["case-soon"], [], ["case-today"], ["case-late"], [],
    ]  # fmt: skip
    assert again.sent == 0
    for one in (dry, first, again, on_the_day, late, later):
        assert one.read == one.sent + one.already + one.skipped


def test_agreements_are_reminded_at_sixty_thirty_seven_days_and_after(
    quiet: Runtime, people: dict[str, str]
) -> None:
    with quiet.database.reading() as session:
        from catalog.registry.documents import whole

        until = date.fromisoformat(
            (whole(session, "sharing-agreement", "AG2026-0901") or {})["period"]["until"]
        )

    def on(days: int) -> list[str]:
        day = date.fromordinal(until.toordinal() - days)
        lines = remind(quiet, on=day).lines
        return [one["reminder"] for one in lines if one["href"] == "/sharing-agreements/AG2026-0901"]  # type: ignore[misc]

    key = f"remind:AG2026-0901:{until}"
    steps = [on(days) for days in (61, 60, 59, 30, 7, 6, -1, -2)]
    assert steps == [[], [f"{key}:60"], [], [f"{key}:30"], [f"{key}:7"], [], [f"{key}:past"], []]


def test_next_years_calendar_is_asked_for_from_december(quiet: Runtime, people: dict[str, str]) -> None:
    def asked(day: date) -> list[str]:
        return [str(one["reminder"]) for one in remind(quiet, on=day).lines if one["message"] == "calendar"]

    assert [asked(date(2031, 11, 30)), asked(date(2031, 12, 1)), asked(date(2031, 12, 2))] == [
        [], ["remind:calendar:2032"], [],
    ]  # fmt: skip


def test_pressing_is_recorded_told_and_put_into_words_once_a_day(
    quiet: Runtime, people: dict[str, str]
) -> None:
    case = filed(quiet, date(2026, 9, 30))
    on = max(today(quiet), date(2026, 11, 2))

    def press(numbers: list[str], by: Any) -> urging.Urged:
        with quiet.database.writing() as session:
            return urging.urge(session, numbers, by=by, on=on, settings=quiet.settings)

    with pytest.raises(NotPermitted):
        press([case.number], PROVIDER)
    fresh = filed(quiet, on)
    first, again = press([case.number, fresh.number], BUREAU), press([case.number], BUREAU)

    assert (first.sent, first.told, first.passed_over) == (1, 1, [fresh.number])
    assert (again.sent, again.already) == ((0, 1) if on == today(quiet) else (1, 0))
    with quiet.database.reading() as session:
        verbs = [one.verb for one in service.timeline(session, case.number)]
        found = [one for one in urging.late(session, BUREAU, on) if one.case.number == case.number]
        assert session.get_one(Case, case.number).seq == service.timeline(session, case.number)[-1].seq
    text = urging.letter(found, {TO: "区民政局"}, on, "区政务服务和数据管理局")
    assert verbs.count("case.urged") == first.sent + again.sent
    assert text.startswith("区民政局：")
    assert f"共享申请（{case.number}）“一件事”，现为“待答复”：答复有条件共享申请" in text
    assert "（《政务数据共享条例》第二十一条第一款）应于2026年10月20日前完成" in text
    urged = [one for one in rows(quiet, Notice) if one.kind == "urged"]
    assert {one.person for one in urged} == {people["giver"]}


def test_an_answer_reaches_who_asked_and_never_who_answered(quiet: Runtime) -> None:
    case = filed(quiet, today(quiet))
    round_(quiet)

    done(quiet, case.number, "ask-supplement", PROVIDER, today(quiet))
    round_(quiet)

    told = {(one.person, one.kind) for one in rows(quiet, Notice) if one.kind != "waits"}
    assert (OFFICER.person, "answered") in told
    assert PROVIDER.person not in {person for person, _ in told}


def test_a_message_that_no_channel_can_bear_holds_up_no_other(
    quiet: Runtime, people: dict[str, str], post_office: MailServer
) -> None:
    with quiet.database.writing() as session:
        session.execute(
            update(Person).where(col(Person.person) == people["asker"]).values(email="a\nBcc: all@example.cn")
        )
    filed(quiet, today(quiet))

    round_(mailing(quiet, post_office))

    assert sorted(one.state for one in rows(quiet, Delivery)) == ["sent", "waiting"]
    assert len(post_office.taken) == 1
    with quiet.database.writing() as session:
        session.execute(update(Person).where(col(Person.person) == people["asker"]).values(email=None))

"""The desk with 100,000 open cases of all types: milliseconds until the inbox, the late list and the brief are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text as sql

from benches import figure, load, median, percentile
from benches.http import served
from catalog.base import clock
from catalog.base.db import insert_rows
from catalog.cases.models import NEVER
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.runtime import Runtime
from catalog.standards.lifecycles import all_lifecycles

_CASES = 100_000
_REQUESTS = 60
_PAGES = (  # figure, who asks, its address, how often
    ("inbox_page", "officer", "/inbox", _REQUESTS),
    ("inbox_page", "bureau", "/inbox", _REQUESTS),
    ("late_page", "bureau", "/late", _REQUESTS),
    ("brief_page", "bureau", "/reports/brief", 5),
)
_ROLES = {"officer": ("data_officer", "DP0008"), "bureau": ("authority", None)}
_COLUMNS = (
    "number", "type", "track", "state", "title", "from_department", "to_department", "awaits_side",
    "awaits_role", "awaits_department", "due_on", "provisional", "sort_on", "closed", "shown", "document",
    "digest", "seq", "clock", "done", "opened_by", "opened_at", "changed_at",
)  # fmt: skip


def inbox_page(runtime: Runtime, database: str) -> Iterator[dict[str, Any]]:
    """The inbox of a data officer of one department; inbox, late list and monthly brief of the bureau, which has the most."""
    with runtime.database.writing() as session:
        insert_rows(session, "desk_case", _COLUMNS, list(_cases()))
    if database == "postgresql":  # what its autovacuum does within a minute
        with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
            one.execute(sql("VACUUM ANALYZE desk_case"))
    headers = {who: _signed_in(runtime, f"bench-{who}", *post) for who, post in _ROLES.items()}
    for name, who, address, times in _PAGES:
        with served(runtime) as (port, _):
            load.latencies(port, lambda _, page=address: page, count=2, headers=headers[who])
            empty = median(load.latencies(port, lambda _: "/bench/empty"))
            taken = load.latencies(port, lambda _, page=address: page, count=times, headers=headers[who])
        p99 = round(percentile(taken, 0.99), 2)
        yield figure(
            name, median(taken), "ms", size=_CASES, database=database, baseline=empty, p99_ms=p99, who=who
        )  # fmt: skip


def _cases() -> Iterator[tuple[Any, ...]]:
    stands = [
        (cycle, track, state, awaited)
        for cycle in all_lifecycles()
        for track in cycle.tracks
        for state in cycle.states
        if (awaited := cycle.awaited(state, track))
    ]
    for number in range(_CASES):
        cycle, track, state, awaited = stands[number % len(stands)]
        home, other = f"DP{number % 68 + 1:04d}", f"DP{(number + 7) % 68 + 1:04d}"
        due = (date(2026, 1, 5) + timedelta(days=number % 300)).isoformat() if number % 3 else None
        department = {"from": home, "to": other, "bureau": ""}[awaited.side]
        yield (
            f"{cycle.prefix}2026-{number:06d}", cycle.type, track, state, f"事项{number}", home, other,
            awaited.side, awaited.role, department, due, False, due or NEVER, False, True, "{}", "", number,
            "{}", "[]", "PN-0000000000000000", "2026-01-05T00:00:00.000000Z", "2026-01-05T00:00:00.000000Z",
        )  # fmt: skip


def _signed_in(runtime: Runtime, login: str, role: str, department: str | None) -> str:
    on = clock.today(runtime.settings.zone)
    with runtime.database.writing() as session:
        person = persons.create(session, name=login, basis="bench", by=CONSOLE)
        secret = passwords.secure("Bench-password-1")
        accounts.create(
            session, login=login, person=person, password=secret, department=department, by=CONSOLE
        )
        accounts.grant(session, login=login, role=role, department=department, by=CONSOLE, on=on)
        issued = tokens.issue(
            session, login=login, name="bench", scope=frozenset({"read", "write"}), days=1, on=on, by=CONSOLE
        )
    return f"Authorization: Bearer {issued.secret}\r\nAccept: text/html\r\n"

"""The form of a dataset with sixty fields: milliseconds until a signed-in officer has the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benches import figure, load, median, percentile
from benches.http import served
from catalog.base import clock
from catalog.forms import service
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.kinds import BY_NAME
from catalog.runtime import Runtime

_FIELDS = 60
_REQUESTS = 60


def form_page(runtime: Runtime, size: int, database: str) -> Iterator[dict[str, Any]]:
    """A draft of sixty fields, opened as a form: judged as a whole and shown with every control."""
    path, headers = _begun(runtime)
    with served(runtime) as (port, _):
        load.latencies(port, lambda _: path, count=5, headers=headers)
        empty = median(load.latencies(port, lambda _: "/bench/empty"))
        times = load.latencies(port, lambda _: path, count=_REQUESTS, headers=headers)
    yield figure(
        "form_page",
        median(times),
        "ms",
        size=size,
        database=database,
        baseline=empty,
        p99_ms=round(percentile(times, 0.99), 2),
        fields=_FIELDS,
    )


def _begun(runtime: Runtime) -> tuple[str, str]:
    """The address of the draft, and the headers of who may open it."""
    on = clock.today(runtime.settings.zone)
    rows = [
        {"name": f"数据项{n}", "column": f"c{n}", "data_type": "character", "format": "an..30", "key": "no"}
        for n in range(_FIELDS)
    ]
    document = {"name": "六十个数据项", "department": "DP0008", "fields": rows}
    with runtime.database.writing() as session:
        person = persons.create(session, name="bench", basis="bench", by=CONSOLE)
        secret = passwords.secure("Bench-password-1")
        accounts.create(session, login="bench", person=person, password=secret, department="DP0008", by=CONSOLE)  # fmt: skip
        accounts.grant(session, login="bench", role="data_officer", department="DP0008", by=CONSOLE, on=on)
        scope = frozenset({"read", "write", "internal"})
        issued = tokens.issue(session, login="bench", name="bench", scope=scope, days=1, on=on, by=CONSOLE)
        made = service.save(
            session, kind=BY_NAME["dataset"], document=document, by=CONSOLE, department="DP0008"
        )
        draft = made.id
    return f"/drafts/{draft}", f"Authorization: Bearer {issued.secret}\r\nAccept: text/html\r\n"

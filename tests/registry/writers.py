"""A writer that runs beside others: in a thread, or in a process of its own."""

from __future__ import annotations

from catalog.base import clock
from catalog.base.errors import Busy, Stale
from catalog.base.settings import Settings
from catalog.identity.actors import CONSOLE
from catalog.registry import access, verbs
from catalog.registry.models import Record
from catalog.runtime import Runtime, open_runtime
from tests import factories

SHARED = ("department", "DP0030")


def write_apart(data_dir: str, url: str, name: str, count: int) -> list[int]:
    """The same as ``write``, on a register opened for it."""
    runtime = open_runtime(Settings(data_dir=data_dir, database_url=url, write_wait_seconds=20))
    try:
        return write(runtime, name, count)
    finally:
        runtime.close()


def write(runtime: Runtime, name: str, count: int) -> list[int]:
    """Register ``count`` departments and revise the shared one as often; the numbers of the entries."""
    seqs = []
    for number in range(count):
        seqs.append(_register(runtime, f"{name}{number}"))
        seqs.append(_revise(runtime, f"{name}{number}"))
    return seqs


def _register(runtime: Runtime, name: str) -> int:
    on = clock.today(runtime.settings.zone)
    permit = access.permit(CONSOLE, runtime.settings, reason="并行")
    document = factories.document("department", name)
    return verbs.register(
        runtime.database, kind="department", document=document, by=CONSOLE, on=on, permit=permit
    ).seq


def _revise(runtime: Runtime, note: str) -> int:
    on = clock.today(runtime.settings.zone)
    permit = access.permit(CONSOLE, runtime.settings, reason="并行")
    kind, identifier = SHARED
    while True:
        with runtime.database.reading() as session:
            read = session.get_one(Record, SHARED).seq
            document = verbs.whole(session, kind, identifier) or {}
        try:
            return verbs.revise(
                runtime.database, kind=kind, identifier=identifier, document=document | {"note": note},
                read=read, by=CONSOLE, on=on, permit=permit,
            ).seq  # fmt: skip
        except (Stale, Busy):
            continue

"""The work on uploads: checks and registrations, beside the requests, in a child process where they are large."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import update
from sqlmodel import Session, col

from catalog.base import clock
from catalog.base.errors import Busy, CatalogError, Malformed, NotPermitted, WrongState
from catalog.base.settings import Settings
from catalog.identity.actors import Actor
from catalog.imports import check, findings, profiles, reading, service
from catalog.imports.correct import parsed
from catalog.imports.models import Upload
from catalog.kinds import Kind, Verb
from catalog.registry import rights
from catalog.registry.brought import Known
from catalog.registry.plan import Permit
from catalog.runtime import Runtime, open_runtime

CHILD_FROM_BYTES = 300_000  # packed in a workbook that is some thousands of rows
_TICK = 0.7  # seconds between two words about progress
_ALIVE = 15.0
_running: set[asyncio.Task[None]] = set()
_log = logging.getLogger(__name__)


def preparing(actor: Actor) -> Permit:
    """Who may prepare: whoever edits or approves the kind for the owner; registering asks anew."""

    def asked(kind: Kind, verb: Verb, department: str | None) -> None:
        if not rights.may_prepare(actor, kind, department or ""):
            roles = sorted({*kind.editors, *kind.approvers})
            raise NotPermitted(kind=kind.name, verb=verb, department=department, roles=roles)

    return asked


async def start(runtime: Runtime, identifier: str, actor: Actor, *, wait: float = 2.0) -> None:
    """Begin to check an upload; returns when it is done or ``wait`` seconds have passed, whichever is first."""
    task = asyncio.create_task(asyncio.to_thread(_check_somewhere, runtime, identifier, actor))
    _running.add(task)
    task.add_done_callback(_running.discard)
    await asyncio.wait({task}, timeout=wait)


def _check_somewhere(runtime: Runtime, identifier: str, actor: Actor) -> None:
    with runtime.database.reading() as session:
        upload = session.get(Upload, identifier)
        large = upload is not None and upload.size >= CHILD_FROM_BYTES
    if large:
        apart(runtime, _check_apart, identifier, actor)
    else:
        check_now(runtime, identifier, actor)


def apart(runtime: Runtime, work: Callable[..., Any], identifier: str, actor: Actor, *more: Any) -> Any:
    """Do large work in a child process, and say from time to time that it lives."""
    traveller = replace(actor, reach=dict(actor.reach))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as child:
        future = child.submit(work, runtime.settings, identifier, traveller, *more)
        while not wait_for([future], timeout=_ALIVE).done:
            _touch(runtime, identifier)
        return future.result()


def _check_apart(settings: Settings, identifier: str, actor: Actor) -> None:
    runtime = open_runtime(settings)
    try:
        check_now(runtime, identifier, actor)
    finally:
        runtime.close()


def check_now(runtime: Runtime, identifier: str, actor: Actor) -> None:
    """Check an upload here and keep what was found; a file that cannot be read is kept with the reason."""
    try:
        with runtime.database.reading() as session:
            upload = session.get(Upload, identifier)
            if upload is None or upload.state not in ("received", "checking"):
                return
            told = _Told(runtime, identifier)
            file = reading.opened(service.content(session, upload), upload.filename, upload.kind)
            kept = profiles.fitting(session, upload, [one.fingerprint for one in file.layouts])
            if len(kept) < len(file.layouts):
                _unmapped(runtime, identifier)
                return
            judged = judged_now(
                session, upload, actor, on=clock.today(runtime.settings.zone), progress=told, file=file
            )
            found = check.findings(session, judged, upload.kind)
        found.report["profile"] = max((one.saved_at for one in kept.values()), default="")
        found.report["passed"] = check.passed(file.notices)
        _keep(runtime, identifier, found)
    except CatalogError as error:
        _failed(runtime, identifier, error)
    except Exception:
        _log.exception("a check failed")
        _failed(runtime, identifier, CatalogError("internal"))


def judged_now(
    session: Session,
    upload: Upload,
    actor: Actor,
    *,
    on: date,
    permit: Permit | None = None,
    progress: check.Progress = lambda done, total: None,
    file: reading.Opened | None = None,
) -> check.Judged:
    """The upload judged against the register as it stands, by the profiles that are kept."""
    file = file or reading.opened(service.content(session, upload), upload.filename, upload.kind)
    kept = profiles.fitting(session, upload, [one.fingerprint for one in file.layouts])
    if len(kept) < len(file.layouts):
        raise WrongState("upload-moved", found="mapping", possible=["mapping"])
    return check.judge(
        session,
        file.rows(profiles.parsed(kept), Known(session)),
        kind=upload.kind,
        on=on,
        permit=permit or preparing(actor),
        corrections=parsed(upload.corrections),
        choices=orjson.loads(upload.choices),
        progress=progress,
    )


def _keep(runtime: Runtime, identifier: str, found: check.Findings) -> None:
    with runtime.database.writing() as session:
        upload = session.get(Upload, identifier)
        if upload is None or upload.state not in ("received", "checking"):
            return
        findings.replace_all(session, identifier, found)
        now = clock.stamp(clock.now())
        upload.report = orjson.dumps(found.report).decode()
        upload.done = upload.total = found.report["read"]
        upload.profile = upload.profile or ("kept" if found.report.get("profile") else None)
        upload.state, upload.failure, upload.changed_at, upload.touched_at = "checked", None, now, now
        session.add(upload)


def _unmapped(runtime: Runtime, identifier: str) -> None:
    """The file has a layout that nobody has mapped yet."""
    with runtime.database.writing() as session:
        upload = session.get(Upload, identifier)
        if upload is not None and upload.state in ("received", "checking"):
            upload.state, upload.profile = "mapping", "asked"
            upload.changed_at = upload.touched_at = clock.stamp(clock.now())
            session.add(upload)


def _failed(runtime: Runtime, identifier: str, error: CatalogError) -> None:
    said = {"slug": error.slug, "values": error.values, "malformed": isinstance(error, Malformed)}
    with runtime.database.writing() as session:
        upload = session.get(Upload, identifier)
        if upload is not None and upload.state in ("received", "checking"):
            upload.failure = orjson.dumps(said, default=str).decode()
            upload.state = "failed"
            upload.changed_at = upload.touched_at = clock.stamp(clock.now())
            session.add(upload)


class _Told:
    """Progress, said not too often; a busy register is not disturbed for it."""

    def __init__(self, runtime: Runtime, identifier: str) -> None:
        self._runtime, self._identifier, self._last = runtime, identifier, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._last >= _TICK:
            self._last = time.monotonic()
            _touch(self._runtime, self._identifier, done=done, total=total)


def _touch(runtime: Runtime, identifier: str, **values: int) -> None:
    statement = (
        update(Upload)
        .where(col(Upload.id) == identifier, col(Upload.state).in_(("received", "checking")))
        .values(**values, touched_at=clock.stamp(clock.now()))
    )
    try:
        with runtime.database.writing() as session:
            session.execute(statement)
    except Busy:
        return


def begin(session: Session, upload: Upload, **values: Any) -> None:
    """Set an upload to be checked anew, in the caller's transaction; raises ``WrongState`` while one runs."""
    if upload.state == "checking" and not service.interrupted(upload):
        raise WrongState("upload-moved", found=upload.state, possible=["wait"])
    service.change(session, upload, expect=(upload.state,), state="checking", done=0, total=0, **values)  # type: ignore[arg-type]

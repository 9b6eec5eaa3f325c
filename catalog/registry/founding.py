"""Founding a register: tables, the facts of a new ledger, the standards in force, the seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import yaml

from catalog.base import clock, files
from catalog.base.errors import InvalidDocument, WrongState
from catalog.exchange import read
from catalog.identity import demo
from catalog.identity.actors import CONSOLE
from catalog.identity.models import Person
from catalog.kinds import KINDS
from catalog.ledger import chain
from catalog.ledger.models import Meta
from catalog.migrations import upgrade
from catalog.registry import standards
from catalog.registry.apply import apply
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime, initialised, seal

SEED = replace(CONSOLE, person="seed", login="seed", name="seed", door="seed")
Progress = Callable[[str, int], None]


def found(
    runtime: Runtime, *, demo: bool, algorithm: chain.Algorithm = "sha256", progress: Progress | None = None
) -> dict[str, int]:
    """Make a new register and load the standards; with ``demo`` the synthetic district too.

    Returns how many records of each kind came in. Raises ``WrongState`` where a register exists already.
    """
    found_empty(runtime, algorithm=algorithm)
    standards.adopt(runtime.database, [kind.name for kind in KINDS], by=SEED, note="founding")
    return load_seed(runtime, demo=demo, progress=progress)


def found_empty(runtime: Runtime, *, algorithm: chain.Algorithm = "sha256") -> None:
    """Make the tables and the facts of a new ledger, nothing else."""
    if initialised(runtime.database):
        raise WrongState("already-initialised", database=runtime.database.engine.url.render_as_string())
    upgrade(runtime.database)
    with runtime.database.writing() as session:
        seal(session, algorithm_version=chain.VERSIONS[algorithm])


def load_seed(runtime: Runtime, *, demo: bool, progress: Progress | None = None) -> dict[str, int]:
    """Bring the records of ``standards/seed.yaml`` in, by the one plan for every way in.

    The demo comes second, so that it revises what the standards have registered.
    """
    counts: dict[str, int] = {}
    for incoming in (seed_documents(demo=False), seed_documents(demo=True) if demo else iter(())):
        for kind, count in _load(runtime, list(incoming)).items():
            counts[kind] = counts.get(kind, 0) + count
    if progress:
        for kind, count in counts.items():
            progress(kind, count)
    return counts


def _load(runtime: Runtime, incoming: list[Incoming]) -> dict[str, int]:
    on = clock.today(runtime.settings.zone)
    with runtime.database.reading() as session:
        changes = plan(session, incoming, on=on)
    refused = changes.of("refused")
    if refused:
        raise InvalidDocument(
            [found for change in refused for found in change.violations if found.severity == "error"]
        )
    apply(runtime.database, changes, by=SEED, on=on, note="seed")
    counts: dict[str, int] = {}
    for change in changes.of("created"):
        counts[change.kind.name] = counts.get(change.kind.name, 0) + 1
    return counts


def seed_documents(*, demo: bool) -> Iterator[Incoming]:
    """The documents of the standards, or those of the demo, in the order of ``standards/seed.yaml``."""
    root = files.standards()
    for group in yaml.safe_load((root / "seed.yaml").read_text(encoding="utf-8")):
        if bool(group.get("demo")) != demo:
            continue
        for path in (path for pattern in group["files"] for path in sorted(root.glob(pattern))):
            for row in read(path.read_bytes(), path.name, kind=group["kind"]):
                if row.violations:
                    raise InvalidDocument(list(row.violations), file=path.name)
                yield Incoming(group["kind"], row.document, row.status or group.get("status"), row.source)


def load_demo_people(runtime: Runtime) -> None:
    """The synthetic officials that the demo's documents point at, and the demo accounts."""
    path = files.standards() / "demo" / "persons.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    at = clock.stamp(clock.now())
    with runtime.database.writing() as session:
        session.add(Meta(key="demo", value=at))
        for row in rows:
            session.add(Person(**row, created_at=at))
        session.flush()
        demo.create(session, host=runtime.settings.host, on=clock.today(runtime.settings.zone))

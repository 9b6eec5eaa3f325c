"""Entitlement decisions: in process on 10,000 agreements, and over HTTP with the durable log."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

from benches import figure, http, load, median
from catalog.base import clock
from catalog.entitlements import service
from catalog.entitlements.compiling import compiled, dataset_of, grants_of
from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.snapshot import Parts, Snapshot
from catalog.entitlements.wording import rendered
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.runtime import Runtime

_AGREEMENTS, _DATASETS, _DEPARTMENTS, _QUESTIONS, _BATCH = 10_000, 20_000, 60, 20_000, 1_000
_ON = "2026-05-05"


def in_process(size: int) -> Iterator[dict[str, Any]]:
    """Explained decisions a second: one by one, and whole batches from JSON to JSON."""
    chance = random.Random(1)
    begin = time.perf_counter()
    snapshot = _snapshot(chance, size)
    seconds = time.perf_counter() - begin
    questions = _questions(snapshot, chance)
    singles = []
    for _ in range(5):
        begin = time.perf_counter()
        for question in questions:
            decide(snapshot, question)
        singles.append(_QUESTIONS / (time.perf_counter() - begin))
    yield figure("decide", median(singles), "decisions/s", size=size, database="none",
                 best=round(max(singles)), agreements=_AGREEMENTS, compiled_s=round(seconds, 2))  # fmt: skip
    items = [{"dataset": one.items[0].dataset, "field": one.items[0].field} for one in questions]
    bodies = [
        orjson.dumps({"consumer": "DP0001", "purpose": "P01", "items": items[start : start + _BATCH]})
        for start in range(0, _QUESTIONS, _BATCH)
    ]
    batches = []
    for _ in range(6):
        begin = time.perf_counter()
        for body in bodies:
            question = service.question_of(orjson.loads(body))[0]._replace(on=_ON)
            answers = decide(snapshot, question)
            _, marks = rendered(snapshot, question, answers)
            hashlib.sha256(marks).hexdigest()
        batches.append(_QUESTIONS / (time.perf_counter() - begin))
    yield figure("decide_batch", median(batches[1:]), "decisions/s", size=size, database="none",
                 best=round(max(batches)), batch=_BATCH)  # fmt: skip


def _snapshot(chance: random.Random, size: int) -> Snapshot:
    datasets = {
        f"DS{n:06d}": dataset_of(
            {
                "department": f"DP{n % _DEPARTMENTS:04d}",
                "share": {"class": "2"},
                "fields": [
                    {"name": f"数据项{k}", "element": f"DE{chance.randrange(size):06d}"} for k in range(8)
                ],
            },
            "published",
        )
        for n in range(_DATASETS)
    }
    agreements = {
        f"AG2026-{n:05d}": grants_of(
            f"AG2026-{n:05d}",
            {
                "consumer": f"DP{chance.randrange(_DEPARTMENTS):04d}",
                "dataset": f"DS{chance.randrange(_DATASETS):06d}",
                "purposes": ["P01", "P02"],
                "way": "1",
                "period": {"from": "2026-01-01", "until": "2026-12-31"},
                "items": [{"clause": f"第{k}项", "field": f"数据项{k}", "mask": "last4"} for k in range(5)],
                "obligations": [{"type": "deletion", "detail": "用后删除"}, {"type": "use_record"}],
            },
            "active" if n % 10 else "suspended",
        )
        for n in range(_AGREEMENTS)
    }
    parts = Parts(
        departments={f"DP{n:04d}": "active" for n in range(_DEPARTMENTS)},
        purposes={"P01": ("", "9999-12-31"), "P02": ("", "9999-12-31")},
        ways=frozenset("123"),
        elements=frozenset(f"DE{n:06d}" for n in range(size)),
        datasets=datasets,
        agreements=agreements,
    )
    return compiled(parts, seq=1, digest="")


def _questions(snapshot: Snapshot, chance: random.Random) -> list[Question]:
    """Every other one about something agreed, the rest about anything."""
    agreed = [(consumer, place) for consumer, places in snapshot.agreed.items() for place in places]
    made = []
    for n in range(_QUESTIONS):
        consumer, (dataset, field) = chance.choice(agreed)
        if n % 2:
            consumer, dataset = (
                f"DP{chance.randrange(_DEPARTMENTS):04d}",
                f"DS{chance.randrange(_DATASETS):06d}",
            )
        made.append(Question(consumer, "P01", (Item(dataset=dataset, field=field),), "1", _ON))
    return made


def over_http(runtime: Runtime, size: int, database: str) -> Iterator[dict[str, Any]]:
    """Decisions a second through the API, each durable in the log before its answer leaves."""
    headers = f"Authorization: Bearer {_key(runtime)}\r\n"
    body = orjson.dumps({"consumer": "DP0008", "purpose": "P01", "items": [{"element": "DE00001"}]})
    with http.served(runtime) as (port, _):
        load.requests_a_second(port, lambda _: "/api/v1/decisions", seconds=1, headers=headers, body=body)
        base, value = [], []
        for _ in range(3):
            base.append(load.requests_a_second(port, lambda _: "/bench/empty", seconds=2, connections=32))
            value.append(
                load.requests_a_second(
                    port, lambda _: "/api/v1/decisions", seconds=2, connections=32, headers=headers, body=body
                )
            )
        yield figure(
            "decide_http", median(value), "requests/s", size=size, database=database, baseline=median(base)
        )


def _key(runtime: Runtime) -> str:
    """The token of an officer of the asking department."""
    on = clock.today(runtime.settings.zone)
    with runtime.database.writing() as session:
        person = persons.create(session, name="计时（示例）", basis="bench", by=CONSOLE)
        accounts.create(session, login="bench", person=person, password=passwords.secure("Bench-horse-1"),
                        department="DP0008", by=CONSOLE)  # fmt: skip
        accounts.grant(session, login="bench", role="data_officer", department="DP0008", by=CONSOLE,
                       on=on - timedelta(days=1))  # fmt: skip
        issued = tokens.issue(
            session, login="bench", name="bench", scope=frozenset({"read"}), days=30, on=on, by=CONSOLE
        )
    return issued.secret

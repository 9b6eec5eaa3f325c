"""Validation, the bulk path, reading as of then, and the memory that a register takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from benches import figure, median, registers
from catalog.runtime import Runtime
from catalog.standards import reference, schemas


def validate(size: int) -> Iterator[dict[str, Any]]:
    """Documents a second against a schema; baseline the reference implementation, and the bare gate."""
    documents = list(registers.elements(min(size, 20_000)))
    few = documents[:300]
    begin = time.perf_counter()
    for document in few:
        reference.check("data-element", document, "recorded")
    slow = len(few) / (time.perf_counter() - begin)
    gate = schemas.engine(schemas.compiled("data-element", "recorded"))
    bare, ours = [], []
    for _ in range(5):
        begin = time.perf_counter()
        assert all(gate.is_valid(document) for document in documents)
        bare.append(len(documents) / (time.perf_counter() - begin))
        begin = time.perf_counter()
        assert not any(schemas.check("data-element", document, "recorded") for document in documents)
        ours.append(len(documents) / (time.perf_counter() - begin))
    value = median(ours)
    yield figure(
        "validate",
        value,
        "documents/s",
        size=len(documents),
        database="none",
        baseline=slow,
        to_gate=round(value / median(bare), 3),
    )


def bulk_register(runtime: Runtime, size: int, database: str) -> Iterator[dict[str, Any]]:
    """Documents a second through plan and apply: validated, chained, linked, committed."""
    seconds, _ = registers.fill(runtime, size)
    yield figure("bulk_register", size / seconds, "documents/s", size=size, database=database)


def as_of(runtime: Runtime, size: int, database: str) -> Iterator[dict[str, Any]]:
    """A filtered list of 20 as the register had it, in milliseconds."""

    async def work() -> float:
        last = await runtime.reads.last()
        times = []
        for number in range(60):
            department = f"DP{2 + number % 33:04d}"
            begin = time.perf_counter()
            rows = await runtime.reads.listed(
                "data-element", status=["recorded"], department=[department], limit=20, seq=last - number
            )
            times.append((time.perf_counter() - begin) * 1000)
            assert rows
        await runtime.reads.close()
        return median(times)

    yield figure("as_of", asyncio.run(work()), "ms", size=size, database=database)

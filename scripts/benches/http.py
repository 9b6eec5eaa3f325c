"""What a reader of the server waits for, always beside an empty endpoint of the same server in the same run."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from benches import figure, load, median, percentile, registers
from catalog.runtime import Runtime

_QUERIES = (
    "DE100500",
    "公民身份",
    "统一信用代码",
    "参保状态",
    "三元里参保人员1",
    "jmsfzh",
    "低保",
    "法定代表人",
    "婚姻状况",
    "街道1234",
)
_FEW = 1_000  # the target of search over HTTP is set for questions with at most so many hits


@contextmanager
def served(runtime: Runtime) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """One serving process on the register; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = runtime.settings
    environment = os.environ | {
        "CATALOG_DATA_DIR": str(settings.data_dir), "CATALOG_DATABASE_URL": settings.database_url,
        "CATALOG_PUBLIC_READ": "all", "PYTHONPATH": str(Path(__file__).parent.parent),
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", "benches.server:application", "--port", str(port),
               "--log-level", "warning", "--no-access-log"]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _await(port)
        yield port, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _await(port: int) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).read()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def figures(
    runtime: Runtime, size: int, database: str, wanted: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    """All HTTP figures of one serving process."""
    chance = random.Random(3)
    chosen = [f"DE{100_000 + chance.randrange(size)}" for _ in range(4096)]
    paths: dict[str, Callable[[int], str]] = {
        "record_http": lambda n: f"/api/v1/data-elements/{chosen[n % 4096]}",
        "list_page": lambda n: f"/data-elements?page={1 + n % 5}",
        "detail_page": lambda n: f"/data-elements/{chosen[n % 4096]}",
    }
    with served(runtime) as (port, process):
        _caught_up(port)
        questions = [text for text in _QUERIES if 0 < _hits(port, text) <= _FEW]
        paths["search_http"] = lambda n: f"/api/v1/search?q={quote(questions[n % len(questions)])}"
        for path in paths.values():
            load.latencies(port, path, count=20)
        for name, path in paths.items():
            if not wanted(name):
                continue
            base, value = [], []
            for _ in range(3):
                base.append(load.requests_a_second(port, lambda _: "/bench/empty", seconds=2))
                value.append(load.requests_a_second(port, path, seconds=2))
            times = load.latencies(port, path)
            yield figure(
                name,
                median(value),
                "requests/s",
                size=size,
                database=database,
                baseline=median(base),
                latency_ms=round(median(times), 2),
                p99_ms=round(percentile(times, 0.99), 2),
            )
        if wanted("search_after_write"):
            yield _search_after_write(runtime, port, size, database)
        if wanted("reads_during_bulk"):
            yield _reads_during_bulk(port, chosen, size, database)
        if wanted("memory"):
            kib = int(
                next(
                    line
                    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
                    if line.startswith("VmRSS")
                ).split()[1]
            )
            yield figure("memory", kib / 1024, "MiB", size=size, database=database)


def _hits(port: int, text: str) -> int:
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/search?limit=1&q={quote(text)}").read()
    return int(orjson.loads(answer)["total"])


def _caught_up(port: int) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        state = orjson.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/ready").read())
        if state["indexed_to"] >= state["last"]:
            return
        time.sleep(0.2)
    raise TimeoutError("the index did not catch up")


def _search_after_write(runtime: Runtime, port: int, size: int, database: str) -> dict[str, Any]:
    """Milliseconds from a committed entry to the answer that finds it, the index following by itself."""
    from catalog.base import clock
    from catalog.registry import founding, verbs

    times = []
    for number in range(15):
        document = next(registers.elements(1, start=5_000_000 + number))
        verbs.register(
            runtime.database,
            kind="data-element",
            document=document,
            by=founding.SEED,
            on=clock.today(runtime.settings.zone),
            permit=lambda *_: None,
        )
        begin = time.perf_counter()
        runtime.index.notify(0)
        address = f"http://127.0.0.1:{port}/api/v1/search?q={document['identifier']}"
        while not orjson.loads(urllib.request.urlopen(address).read())["total"]:
            pass
        times.append((time.perf_counter() - begin) * 1000)
    return figure(
        "search_after_write", median(times), "ms", size=size, database=database, worst=round(max(times), 1)
    )


def _reads_during_bulk(port: int, chosen: list[str], size: int, database: str) -> dict[str, Any]:
    """The 99th percentile of record reads while 20,000 documents are validated in a bulk call of the same server."""
    body = b"\n".join(orjson.dumps(document) for document in registers.elements(20_000, start=6_000_000))
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/data-elements:validate",
        data=body,
        headers={"content-type": "application/x-ndjson"},
    )
    finished = threading.Event()

    def work() -> None:
        try:
            report = orjson.loads(urllib.request.urlopen(request, timeout=300).read())
            assert report["created"] == 20_000, report["items"][:1]
        finally:
            finished.set()

    worker = threading.Thread(target=work)
    worker.start()
    times: list[float] = []
    while not finished.is_set():
        times += load.latencies(port, lambda n: f"/api/v1/data-elements/{chosen[n]}", count=20)
        time.sleep(0.01)
    worker.join()
    return figure(
        "reads_during_bulk",
        percentile(times, 0.99),
        "ms",
        size=size,
        database=database,
        median=round(median(times), 2),
        reads=len(times),
    )


def cold_start(runtime: Runtime, size: int, database: str) -> Iterator[dict[str, Any]]:
    """Seconds from starting ``catalog serve`` to its first page."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        with served(runtime) as (port, _):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            times.append(time.perf_counter() - begin)
    yield figure("cold_start", median(times), "s", size=size, database=database)

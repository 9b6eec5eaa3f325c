"""Registers to measure on: founded anew, filled with synthetic elements by the bulk path."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from catalog.base import clock
from catalog.base.settings import Settings
from catalog.registry import founding
from catalog.registry.apply import apply
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime, open_runtime

_WORDS = "参保人员单位缴费基数婚姻登记机关养老保险失业就业创业培训工伤生育低保残疾企业信用处罚许可证照户籍人口住房教育"
_STREETS = "三元里松洲景泰同德黄石棠景新市同和京溪永平均禾石井金沙云城鹤龙白云湖嘉禾石门人和太和钟落潭江高"


@contextmanager
def register(database: str, *, address: str | None) -> Iterator[Runtime]:
    """A founded register with the real standards, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="catalog-bench-"))
    url = ""
    if database == "postgresql":
        assert address, "scripts/bench starts a cluster"
        name = f"bench_{folder.name[-8:]}".lower().replace("-", "_")
        administer(address, f"CREATE DATABASE {name}")
        url = address.replace("/postgres?", f"/{name}?")
    runtime = open_runtime(Settings(data_dir=folder, database_url=url, public_read="all"), empty=True)
    founding.found(runtime, demo=False)
    try:
        yield runtime
    finally:
        runtime.close()
        shutil.rmtree(folder, ignore_errors=True)


def administer(address: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    engine = create_engine(
        address.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def elements(size: int, *, start: int = 0, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Synthetic data elements, valid for the profile ``recorded``; the same ones in every run."""
    chance = random.Random(seed + start)
    for number in range(start, start + size):
        place = chance.randrange(len(_STREETS) - 3)
        start_word = chance.randrange(len(_WORDS) - 8)
        name = f"{_STREETS[place : place + 3]}{_WORDS[start_word : start_word + chance.randint(4, 8)]}{number}名称"
        yield {
            "identifier": f"DE{100_000 + number}",
            "name": name,
            "name_en": f"Bench element {number}",
            "definition": f"{_WORDS[start_word : start_word + 6]}中用于说明{_STREETS[place : place + 2]}情况的称呼",
            "object_class": "人员",
            "property": _WORDS[start_word : start_word + 2],
            "representation": "name",
            "data_type": "string",
            "format": "an..100",
            "value_domain": {"type": "free"},
            "category": "01",
            "department": f"DP{chance.randint(2, 34):04d}",
            "synonyms": [f"{_WORDS[start_word : start_word + 4]}名{number}"],
        }


def fill(runtime: Runtime, size: int) -> tuple[float, int]:
    """Register ``size`` elements by the bulk path; the seconds it took and the last entry."""

    on, last, seconds = clock.today(runtime.settings.zone), 0, 0.0
    for start in range(0, size, 100_000):
        documents = list(elements(min(100_000, size - start), start=start))
        begin = time.perf_counter()
        with runtime.database.reading() as session:
            changes = plan(session, [Incoming("data-element", document) for document in documents], on=on)
        assert not changes.of("refused"), changes.of("refused")[0].violations
        last = apply(runtime.database, changes, by=founding.SEED, on=on)[-1]
        seconds += time.perf_counter() - begin
    return seconds, last

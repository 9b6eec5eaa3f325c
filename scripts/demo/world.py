"""What the synthetic district stands on: the seeded standards, a day to look from, chance with a fixed seed."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import chinese_calendar

Document = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
STANDARDS = ROOT / "standards"
SEED = "baiyun-demo-1"
TODAY = date(2026, 11, 20)
"""The Friday from which the demo looks: nothing that has happened lies after it."""
PLATFORM = "一网共享平台（示例）"
NOTE = "演示数据（示例），由脚本生成，不反映真实业务。"

WORK = [f"DP{number:04d}" for number in range(2, 33)]
INSTITUTIONS = [f"DP{number:04d}" for number in range(35, 45)]
STREETS = [f"DP{number:04d}" for number in range(45, 69)]


def chance(*key: object) -> Random:
    """Chance that depends on ``key`` alone, so that one more row changes no other."""
    return Random(":".join(map(str, (SEED, *key))))


def token(*key: object, length: int = 16) -> str:
    """``length`` hexadecimal digits that depend on ``key`` alone."""
    return hashlib.sha256(":".join(map(str, (SEED, *key))).encode()).hexdigest()[:length]


@cache
def seeded(folder: str) -> dict[str, Document]:
    """The seeded documents of one folder of ``standards/`` by identifier."""
    rows: list[Document] = []
    for path in sorted((STANDARDS / folder).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        rows.extend(content if isinstance(content, list) else [content])
    return {row["identifier"]: row for row in (row.get("document", row) for row in rows)}


def department(identifier: str) -> Document:
    """One seeded department."""
    return seeded("departments")[identifier]


def short(identifier: str) -> str:
    """What people call a department."""
    return str(department(identifier)["short_name"])


def element(number: int | str) -> Document:
    """The seeded data element with this number."""
    return seeded("elements")[f"DE{int(number):05d}"]


@cache
def purposes() -> dict[str, str]:
    """The purposes of use (CL0105) by code."""
    return {code["code"]: code["label"] for code in seeded("codelists")["CL0105"]["codes"]}


def table(name: str) -> list[dict[str, str]]:
    """The rows of ``scripts/demo/<name>.psv``."""
    with (Path(__file__).parent / f"{name}.psv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))


@cache
def english() -> dict[str, str]:
    """The English name of every dataset and system by its Chinese name."""
    return {row["name"]: row["name_en"] for row in table("english")}


def workday(day: date, by: int) -> date:
    """The working day ``by`` working days after (before, if negative) ``day``."""
    step = timedelta(days=1 if by >= 0 else -1)
    while by:
        day += step
        if chinese_calendar.is_workday(day):
            by -= 1 if by > 0 else -1
    return day


def write(path: Path, rows: list[Document]) -> None:
    """One JSON document a line, keys in the order in which the district wrote them."""
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="\n")

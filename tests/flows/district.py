"""A small district for the pages: a system, a dataset in two versions, a topic, an appointment, accounts."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

from catalog.base import files
from catalog.base.clock import today
from catalog.identity import demo
from catalog.registry.apply import apply
from catalog.registry.documents import whole
from catalog.registry.founding import SEED
from catalog.registry.models import Record
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime

PASSWORD = demo.PASSWORD
DATASET = "DS000101"
HOSTILE = "<script>alert('信息')</script>"


def fill(runtime: Runtime) -> None:
    """Register everything; each call of ``_enter`` is one plan, as a file would be."""
    on = today(runtime.settings.zone)
    dataset = _suite("dataset/valid/conditional-sharing-complete.json")
    enter(runtime, on, "system", _system(), "in_service")
    enter(runtime, on, "dataset", dataset, "published")
    enter(runtime, on, "dataset", revised(dataset), "published")
    enter(runtime, on, "topic", topic(), "published")
    enter(runtime, on, "appointment", _suite("appointment/valid/district-cdo-complete.json"), "current")
    with runtime.database.writing() as session:
        demo.create(session, host="127.0.0.1", on=on)


def revised(dataset: dict[str, Any]) -> dict[str, Any]:
    """The second version: another summary, a hostile note, an address that is no web address."""
    changed = copy.deepcopy(dataset)
    changed["summary"] = dataset["summary"].replace("每日更新", "实时更新")
    changed["update_cycle"] = "1"
    changed["note"] = HOSTILE
    changed["services"][0]["document"] = "javascript:alert(1)"
    return changed


def topic() -> dict[str, Any]:
    """A topic of two sections and three slots, of which one has a source, one only an element."""
    return {
        "identifier": "TP-PERSON",
        "name": "一人一册",
        "subject": "person",
        "key_element": "DE00001",
        "department": "DP0002",
        "summary": "围绕一个自然人所需的数据。",
        "purposes": ["P01"],
        "legal_basis": [
            {
                "title": "政务数据共享条例",
                "article": "第二十五条",
                "rank": "administrative_regulation",
                "number": "国务院令第809号",
            }
        ],
        "sections": [
            {
                "code": "basic",
                "name": "基本信息",
                "lead_department": "DP0007",
                "slots": [
                    {"code": "id", "name": "公民身份号码", "element": "DE00001", "dataset": DATASET,
                     "field": "公民身份号码", "default_mask": "keep_ends"},
                    {"code": "name", "name": "姓名", "element": "DE00002", "default_mask": "surname"},
                ],
            },
            {
                "code": "civil",
                "name": "民政",
                "lead_department": "DP0008",
                "slots": [{"code": "birth", "name": "出生日期", "element": "DE00009"}],
            },
        ],
    }  # fmt: skip


def rename(runtime: Runtime, kind: str, identifier: str, name: str) -> None:
    """Revise a record's name."""
    with runtime.database.reading() as session:
        document = whole(session, kind, identifier)
        record = session.get(Record, (kind, identifier))
        assert document is not None
        assert record is not None
        status = record.status
    enter(runtime, today(runtime.settings.zone), kind, {**document, "name": name}, status)


def _system() -> dict[str, Any]:
    return {
        "identifier": "SY0004",
        "name": "白云区婚姻登记系统",
        "department": "DP0008",
        "level": "4",
        "category": "business",
        "summary": "办理婚姻登记",
    }


def _suite(name: str) -> dict[str, Any]:
    path: Path = files.standards() / "suite" / name
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["document"]
    return document


def enter(runtime: Runtime, on: date, kind: str, document: dict[str, Any], status: str) -> None:
    """Register one document, as a file would be."""
    with runtime.database.reading() as session:
        changes = plan(session, [Incoming(kind, document, status)], on=on)
    assert not changes.of("refused"), changes.of("refused")[0].violations
    apply(runtime.database, changes, by=SEED, on=on, note="district")

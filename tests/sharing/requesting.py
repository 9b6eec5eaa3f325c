"""What tests of sharing requests share: 社保参保信息 of 人社 in the register, the people of both sides, their acts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from catalog.base import files
from catalog.base.documents import Document
from catalog.cases import service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.sharing import requests
from tests import factories
from tests.cases.people import somebody

CONSUMER, PROVIDER = "DP0008", "DP0011"
DATASET, ABROAD, CLOSED, FREE, PAUSED = "DS000911", "DS000912", "DS000913", "DS000914", "DS000915"
ASKED = ["公民身份号码", "姓名", "参保状态代码", "首次参保日期", "社会保险缴费基数金额", "来源单位"]
GRANTED, WITHHELD = ASKED[:4], ASKED[4:]
FILLED: Document = {
    "items": ASKED,
    "purpose": "P02",
    "legal_basis": [
        {"title": "社会救助暂行办法", "article": "第五十八条", "rank": "administrative_regulation"}
    ],
    "scenario": "审核低保申请人的参保状态。",
    "scope": "区民政局社会救助科，白云区范围。",
    "way": "1",
    "period": {"from": "2026-10-08", "until": "2027-10-07"},
}
ANSWER: list[Document] = [
    {"item": "公民身份号码", "effect": "mask", "mask": "keep_ends"},
    *({"item": name, "effect": "permit"} for name in GRANTED[1:]),
    {"item": WITHHELD[0], "effect": "refuse", "ground": "need", "reason": "超出社会救助审核所需。"},
    {"item": WITHHELD[1], "effect": "refuse", "ground": "need", "reason": "系统字段，与用途无关。"},
]
ASSESSED = {"number": "个保评估〔2026〕12号", "done_on": "2026-09-20"}

DRAFTER = somebody("data_officer", CONSUMER)
SIGNER = somebody("sharing_officer", CONSUMER)
GIVER = somebody("sharing_officer", PROVIDER)
BUREAU = somebody("authority")


def fill(runtime: Runtime) -> None:
    """The dataset in five kinds: conditional, returned from outside, not shared, unconditional, not published."""
    rows = (files.standards() / "demo" / "datasets.jsonl").read_text(encoding="utf-8").splitlines()
    plain: Document = json.loads(rows[0])["document"]
    for name in (
        "upstream",
        "systems",
        "related",
        "contact",
        "official_codes",
        "aliases",
        "resource_code",
        "services",
    ):
        plain.pop(name, None)
    plain["approval"].pop("person", None)
    closed = {
        "class": "3", "reason": "法律明确规定不能共享。",
        "legal_basis": [{"title": "某法", "article": "第九条", "rank": "law"}],
    }  # fmt: skip
    abroad = {"catalogue_id": "示例-2AEB886E34", "level": "2", "provider": "广东省人力资源和社会保障厅"}
    made = [
        {"identifier": DATASET, "origin": "1"},
        {"identifier": ABROAD, "name": "参保信息（回流）", "origin": "2", "upstream": abroad},
        {"identifier": CLOSED, "name": "参保信息（不予共享）", "origin": "1", "share": closed},
        {
            "identifier": FREE,
            "name": "参保信息（无条件）",
            "origin": "1",
            "share": {"class": "1", "ways": ["1", "2"]},
        },
    ]
    paused = Incoming(
        "dataset", plain | {"identifier": PAUSED, "origin": "1", "name": "参保信息（暂停）"}, "suspended"
    )
    factories.enter(runtime, *(Incoming("dataset", plain | more, "published") for more in made), paused)


def opened(runtime: Runtime, on: date, *, by: Actor = DRAFTER, dataset: str = DATASET, **more: Any) -> str:
    """The number of a new request."""
    with runtime.database.writing() as session:
        values = FILLED | {"period": {"from": on.isoformat(), "until": "2027-10-07"}} | more.pop("values", {})
        return requests.open_request(session, by=by, dataset=dataset, values=values, on=on, **more).number


def act(runtime: Runtime, number: str, verb: str, by: Actor, on: date, **more: Any) -> Case:
    """One verb, as the one who has read the newest state."""
    with runtime.database.writing() as session:
        read = service.get(session, number, by).seq
        case = service.do(session, number, verb, by=by, read=read, on=on, database=runtime.database, **more)
        session.expunge(case)
        return case


def filed(runtime: Runtime, on: date, **more: Any) -> str:
    """The number of a request that waits for its answer."""
    number = opened(runtime, on, **more)
    act(runtime, number, "prepare", DRAFTER, on)
    act(runtime, number, "file", SIGNER, on)
    return number


def held(runtime: Runtime, number: str) -> Document:
    """The case document."""
    with runtime.database.reading() as session:
        return service.document_of(service.get(session, number, BUREAU))

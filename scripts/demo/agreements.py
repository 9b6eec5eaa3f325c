"""Who shares what with whom: agreements in every status, with the facts of Decree 809 art. 20 to 22."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

from demo import systems
from demo.appointments import HEAD, holder
from demo.bases import BASES, DECREE
from demo.people import People
from demo.world import (
    NOTE,
    PLATFORM,
    STREETS,
    Document,
    chance,
    department,
    element,
    purposes,
    short,
    table,
    workday,
)

_KEYS = ("DE00001", "DE00067", "DE00217", "DE00375", "DE00417")
_MASKED = "仅用于本协议列明的用途核验，页面展示后不落库、不导出。"
_TYPES = {"agreement": "共享协议", "authorization": "授权书", "commitment": "使用承诺书"}
_WAYS = {"1": "查询核验", "2": "批量交换", "3": "文件下载"}


@cache
def _numbers() -> dict[str, str]:
    """The identifier of every agreement by its key in the table: by year of its first day, in that order."""
    turns: Counter[str] = Counter()
    given: dict[str, str] = {}
    for row in sorted(table("agreements"), key=lambda row: (row["from"], row["key"])):
        year = row["from"][:4]
        turns[year] += 1
        given[row["key"]] = f"AG{year}-{turns[year]:04d}"
    return given


def rows(datasets: list[Document], people: People) -> list[Document]:
    """Envelopes of every agreement, by identifier; ``datasets`` are the envelopes of the datasets."""
    by_name = {one["document"]["name"]: one["document"] for one in datasets}
    made = [
        {"status": row["status"], "document": _document(row, by_name[row["dataset"]], people)}
        for row in table("agreements")
    ]
    return sorted(made, key=lambda one: str(one["document"]["identifier"]))


def _document(row: dict[str, str], dataset: Document, people: People) -> Document:
    number, provider, consumer = _numbers()[row["key"]], dataset["department"], row["consumer"]
    more = dict(part.partition("=")[::2] for part in _parts(row["more"]))
    legacy = "legacy" in more
    document_type = "authorization" if legacy else "commitment" if row["way"] == "3" else "agreement"
    items = _items(row, dataset)
    document: Document = {
        "identifier": number,
        "name": f"{dataset['name']}{_TYPES[document_type]}（{short(consumer)}）",
        "document_type": document_type,
        "request_number": f"GXSQ-{number[2:]}（示例）",
        "legacy": legacy,
        "provider": provider,
        "consumer": consumer,
        "dataset": dataset["identifier"],
        "items": items,
        "purposes": row["purposes"].split(),
        "legal_basis": [*(BASES[one] for one in row["purposes"].split()), DECREE],
        "scenario": f"{row['scenario']}。",
        "scope": f"限{short(consumer)}承担相应职责的经办和审核岗位，在白云区范围内使用。",
        "period": {"from": row["from"], "until": row["until"]},
        "conditions": dataset["use_conditions"],
        "way": row["way"],
        "obligations": _obligations(row),
        "pins": [{"element": one["element"], "version": 1} for one in items],
        "retention_until": f"{int(row['until'][:4]) + 3}{row['until'][4:]}",
    }
    if document["retention_until"].endswith("02-29"):
        document["retention_until"] = document["retention_until"][:-2] + "28"
    system = systems.of(consumer)
    if system:
        document["consumer_system"] = system
    if row["way"] != "1":
        document["frequency"] = dataset["update_cycle"] if dataset["update_cycle"] != "1" else "2"
    if "upstream" in dataset:
        document["upstream_catalogue_id"] = dataset["upstream"]["catalogue_id"]
    personal = any(element(one["element"][2:]).get("personal") for one in items)
    document |= _facts(row, dataset, legacy=legacy, personal=personal, people=people)
    for name in ("predecessor", "successor"):
        if name in more:
            document[name] = _numbers()[more[name]]
    document |= _ended(more)
    document["note"] = NOTE
    return document


def _parts(more: str) -> list[str]:
    """The parts of the last column: a new part begins with a name and an equals sign, or is a bare word."""
    parts: list[str] = []
    for word in more.split():
        if "=" in word or word == "legacy":
            parts.append(word)
        else:
            parts[-1] += word
    return parts


def _items(row: dict[str, str], dataset: Document) -> list[Document]:
    bound = {one["element"]: one for one in dataset["fields"]}
    items: list[Document] = []
    for turn, word in enumerate(row["items"].split(), start=1):
        number, _, asked = word.partition("=")
        field = bound[f"DE{int(number):05d}"]
        usual = "full" if field["element"] in _KEYS else field.get("mask", "full")
        mask = asked or ("full" if usual in ("hidden", "surname", "year_only") else usual)
        item = {
            "clause": f"第三条第{turn}项",
            "field": field["name"],
            "element": field["element"],
            "mask": mask,
        }
        if mask == "full" and field.get("mask", "full") == "hidden":
            item["conditions"] = _MASKED
        items.append(item)
    return items


def _obligations(row: dict[str, str]) -> list[Document]:
    labels = "、".join(purposes()[one] for one in row["purposes"].split())
    made = [
        {"type": "purpose_only", "detail": f"只用于{labels}，不得挪作他用。"},
        {"type": "no_onward_transfer", "detail": "不得以任何方式向第三方提供（条例第二十五条）。"},
        {"type": "use_record", "detail": "记录使用场景、过程、成效、存储和销毁情况，保存不少于三年。"},
        {"type": "security_measures", "detail": "按不低于提供部门的标准采取安全保护措施，最小授权。"},
    ]
    if row["way"] != "1":
        made.append({"type": "deletion", "detail": "批次核验完成后三十日内删除明细数据。"})
    if chance("report", row["key"]).random() < 0.5:
        made.append({"type": "use_report", "detail": "每半年向提供部门反馈一次使用成效。"})
    return made


def _facts(
    row: dict[str, str], dataset: Document, *, legacy: bool, personal: bool, people: People
) -> Document:
    """Request, consents, answer and delivery, each within its limit of working days."""
    if legacy:
        return {}
    draw = chance("facts", row["key"])
    delivered = workday(date.fromisoformat(row["from"]), -1)
    answered = workday(delivered, -draw.randint(2, 14))
    received = workday(answered, -(1 if dataset["share"]["class"] == "1" else draw.randint(2, 9)))
    requested = workday(received, -draw.randint(0, 1))
    asked = workday(requested, -draw.randint(1, 3))
    facts: Document = {
        "requested_on": requested.isoformat(),
        "received_on": received.isoformat(),
        "answered_on": answered.isoformat(),
        "delivered_on": delivered.isoformat(),
        "consents": {
            "requester": _consent(row["consumer"], asked, people),
            "provider": _consent(dataset["department"], workday(answered, -draw.randint(0, 1)), people),
        },
        "external": {
            "platform": PLATFORM,
            "number": f"YWGX-SQ-{_numbers()[row['key']][2:]}（示例）",
            "filed_on": requested.isoformat(),
            "result": f"已同意，以{_WAYS[row['way']]}方式提供",
        },
    }
    if personal:
        done = workday(asked, -draw.randint(1, 5))
        number = f"影响评估〔{done.year}〕{draw.randint(100, 999)}号（示例）"
        facts["impact_assessment"] = {"number": number, "done_on": done.isoformat()}
    return facts


def _consent(where: str, on: date, people: People) -> Document:
    office = str(department(where)["sharing_office"]).split("（")[0]
    consent: Document = {"post": f"{office}负责人（政务数据共享工作机构负责人）", "on": on.isoformat()}
    if where in STREETS:
        consent["post"] = f"{office}负责人（政务数据共享工作岗）"
    person = holder(where, HEAD, people)
    return {"post": consent["post"], "person": person, "on": consent["on"]} if person else consent


def _ended(more: dict[str, str]) -> Document:
    made: Document = {}
    if "suspension" in more:
        start, reason, due = more["suspension"].split("/")
        made["suspension"] = {"from": start, "reason": reason, "rectify_by": due}
    if "termination" in more:
        on, reason = more["termination"].split("/")
        made["termination"] = {"on": on, "reason": reason}
    if "disposal" in more:
        on, method = more["disposal"].split("/")
        made["disposal"] = {"on": on, "method": method}
    return made

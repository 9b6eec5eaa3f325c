"""A sharing agreement made of a request and its answer: Decree No. 809 art. 20 to 22, 25, 27, 29. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalog.base.documents import Document
from catalog.datasets.sharing import CONDITIONAL

_POST = "政务数据共享工作机构负责人"
_ABROAD = "区外提供单位（经上级平台答复）"
_PLATFORM = "省一网共享平台"
_SAME = {"frequency": "frequency", "impact_assessment": "impact_assessment", "system": "consumer_system"}
_YEARS = 3  # art. 29(2): records of use
_YEARLY = "6"  # CL0103: how often the consumer attests that it keeps them
_GRAVE = 3  # general level from which the safeguards are an obligation of their own


def composed(
    document: Document,
    *,
    number: str,
    name: str,
    provider: str,
    consumer: str,
    dataset: Document,
    pins: Mapping[str, int],
    list_pins: Mapping[str, tuple[str, int]],
    purpose: str,
) -> Document:
    """The agreement of case ``number``; ``purpose`` is what the purpose is called.

    ``pins`` are versions of elements, ``list_pins`` the code list of an element with its version.
    """
    dates, signers, upstream = (
        document.get("dates", {}),
        document.get("signers", {}),
        document.get("upstream"),
    )
    asked_on = (upstream or {}).get("filed_on") or dates["filed"]
    answered_on = (upstream or {}).get("answered_on") or dates["answered"]
    fields = {one.get("name"): one for one in dataset.get("fields", ())}
    items = _items(document, fields)
    made: Document = {
        "name": name,
        "document_type": "agreement",
        "request_number": number,
        "legacy": False,
        "provider": provider,
        "consumer": consumer,
        "dataset": document["dataset"],
        "items": items,
        "purposes": [document["purpose"]],
        "legal_basis": document["legal_basis"],
        "scenario": document["scenario"],
        "scope": document["scope"],
        "period": document["period"],
        "way": document["way"],
        "obligations": _obligations(purpose, [fields[one["field"]] for one in items]),
        "retention_until": _later(document["period"]["until"], _YEARS),
        "consents": {
            "requester": _consent(_POST, signers.get("requester"), dates["filed"]),
            "provider": _consent(_ABROAD, None, answered_on)
            if upstream
            else _consent(_POST, signers.get("provider"), answered_on),
        },
        "requested_on": asked_on,
        "received_on": asked_on,
        "answered_on": answered_on,
    }
    if conditions := conditions_of(dataset):
        made["conditions"] = conditions
    wanted = {one["element"] for one in items if "element" in one}
    if pinned := [_pin(one, pins[one], list_pins) for one in sorted(wanted) if one in pins]:
        made["pins"] = pinned
    for part, place in _SAME.items():
        if document.get(part):
            made[place] = document[part]
    return made | _abroad(upstream, dataset)


def _pin(element: str, version: int, lists: Mapping[str, tuple[str, int]]) -> Document:
    pin: Document = {"element": element, "version": version}
    if element in lists:
        pin["code_list"], pin["list_version"] = lists[element]
    return pin


def _items(document: Document, fields: Mapping[Any, Document]) -> list[Document]:
    found: list[Document] = []
    for one in document["answer"]:
        if one["effect"] == "refuse":
            continue
        field = fields[one["item"]]
        item = {"clause": f"第三条第{len(found) + 1}项", "field": one["item"]}
        if field.get("element"):
            item["element"] = field["element"]
        item["mask"] = one["mask"] if one["effect"] == "mask" else "full"
        found.append(item | ({"conditions": one["conditions"]} if one.get("conditions") else {}))
    return found


def conditions_of(dataset: Document) -> str:
    """The share conditions that the catalogue itself states (art. 15(2)); nobody may add others (art. 15(1))."""
    share = dataset.get("share", {})
    said = []
    if share.get("class") == CONDITIONAL:
        said = [
            f"{label}：{share[part].rstrip('。')}。"
            for part, label in (
                ("scope", "共享范围"),
                ("purpose", "使用用途"),
                ("other_conditions", "其他条件"),
            )
            if share.get(part)
        ]
    return "".join([*said, dataset.get("use_conditions", "")])


def _obligations(purpose: str, granted: list[Document]) -> list[Document]:
    made = [
        {"type": "purpose_only", "detail": f"只用于{purpose}，不得挪作他用。"},
        {"type": "no_onward_transfer", "detail": "未经提供部门同意，不得扩大使用范围或者向第三方提供（条例第二十五条）。"},
        {"type": "use_record", "every": _YEARLY, "detail": "记录使用场景、过程、成效、存储和销毁情况，保存不少于三年（条例第二十九条）。"},
        {"type": "deletion", "detail": "使用目的已实现、无法实现或者不再必要的，按提供部门要求妥善处置（条例第二十七条）。"},
    ]  # fmt: skip
    if any(one.get("sensitive") or one.get("general_level", 0) >= _GRAVE for one in granted):
        made.append(
            {"type": "security_measures", "detail": "按不低于提供部门的标准采取安全保护措施，最小授权。"}
        )
    return made


def _consent(post: str, person: str | None, on: str) -> Document:
    made: Document = {"post": post, "on": on}
    return made | {"person": person} if person and person.startswith("PN-") else made


def _abroad(upstream: Mapping[str, str] | None, dataset: Document) -> Document:
    """What the upper platform gave: its number, and the catalogue entry there."""
    made: Document = {}
    catalogue = (upstream or {}).get("catalogue") or dataset.get("upstream", {}).get("catalogue_id")
    if catalogue:
        made["upstream_catalogue_id"] = catalogue
    if upstream:
        made["external"] = {
            "platform": upstream.get("platform") or _PLATFORM,
            "number": upstream["number"],
            "filed_on": upstream["filed_on"],
            "result": upstream["result"],
        }
    return made


def _later(day: str, years: int) -> str:
    found = date.fromisoformat(day)
    try:
        return found.replace(year=found.year + years).isoformat()
    except ValueError:  # 29 February
        return found.replace(year=found.year + years, day=28).isoformat()

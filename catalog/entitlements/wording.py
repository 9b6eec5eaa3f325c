"""Answers as they leave: reasons and next steps in both languages, the service that provides, and how to get its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from catalog.base.i18n import text
from catalog.entitlements.decide import Item, Question
from catalog.entitlements.snapshot import Answer, Reason, Snapshot

_KEPT = 32_768  # answers whose words are kept, of one snapshot for one purpose
_API = "1"  # CL0102: 服务接口
_ASK = frozenset({
    "no-agreement", "no-agreement-unconditional", "field-not-agreed", "purpose-not-agreed", "way-not-agreed",
    "field-hidden", "agreement-expired", "agreement-terminated", "agreement-superseded",
})  # fmt: skip
"""Denials that a sharing request may lift."""


class Said(NamedTuple):
    """An answer in bytes: for the digest, as the answer on a field, and as the rest of the answer on an element."""

    answer: Answer
    mark: bytes
    item: bytes
    rest: bytes


def rendered(snapshot: Snapshot, question: Question, answers: Sequence[Answer]) -> tuple[bytes, bytes]:
    """The JSON of all items, and what the digest of the whole answer is made of."""
    purpose, way = question.purpose, question.way
    known = _known(snapshot, purpose, way)
    items, marks = [], []
    for (element, dataset, field), answer in zip(question.items, answers, strict=True):
        said = known.get(id(answer))
        if said is None or said.answer is not answer:
            said = known[id(answer)] = _said(snapshot, answer, purpose, way)
        marks.append(said.mark)
        if element:
            items.append(b'{"element":' + orjson.dumps(element) + said.rest)
        elif said.item:
            items.append(said.item)
        else:
            items.append(orjson.dumps({"dataset": dataset, "field": field})[:-1] + said.rest)
    return b"[" + b",".join(items) + b"]", b"\n".join(marks)


def answer_bytes(snapshot: Snapshot, item: Item, answer: Answer, purpose: str, way: str) -> bytes:
    """The JSON of one decision."""
    return rendered(snapshot, Question("", purpose, (item,), way, ""), [answer])[0][1:-1]


def _known(snapshot: Snapshot, purpose: str, way: str) -> dict[int, Said]:
    """What was put into words before, by the identity of the answer (kept with it, so that none takes its place)."""
    if purpose not in snapshot.purposes:
        return {}
    known: dict[int, Said] = snapshot.told.setdefault((purpose, way in ("", _API)), {})
    if len(known) > _KEPT:
        known.clear()
    return known


def _said(snapshot: Snapshot, answer: Answer, purpose: str, way: str) -> Said:
    body: dict[str, Any] = {
        "effect": answer.effect,
        "reasons": [reason(one) for one in answer.reasons],
        "agreement": answer.agreement or None,
        "clause": answer.clause or None,
        "obligations": [one._asdict() for one in answer.obligations],
        "valid_until": answer.valid_until or None,
    }
    if answer.pinned:
        body["pinned"] = [
            {"kind": one.kind, "identifier": one.identifier, "version": one.version} for one in answer.pinned
        ]
    if services := provided(snapshot, answer) if way in ("", _API) else []:
        body["services"] = services
    if address := request_address(answer, purpose):
        body["request"] = address
    place = {"dataset": answer.dataset, "field": answer.field} if answer.dataset else {}
    source = {"source": place} if place else {}
    rest = orjson.dumps(source | body)
    item = orjson.dumps(place | body) if place else b""
    marked = (
        answer if answer.pinned else answer[:-1]
    )  # an answer without pins keeps the digest that it always had
    return Said(answer, orjson.dumps(marked, default=tuple), item, b"," + rest[1:])


def request_address(answer: Answer, purpose: str) -> str:
    """Where a request for what is denied begins; empty where no request would help."""
    if answer.effect == "permit" or not answer.dataset or answer.reasons[0].code not in _ASK:
        return ""
    named = {"dataset": answer.dataset, "field": answer.field, "purpose": purpose}
    return f"/sharing-requests/new?{urlencode(named)}"


def reason(one: Reason) -> dict[str, str]:
    """A reason with its texts, and what to do next."""
    made = {"code": one.code}
    if one.about:
        made["about"] = one.about
    for language in ("zh", "en"):
        made[language] = text(f"entitlement.{one.code}", language, about=one.about)
        made[f"next_{language}"] = text(f"entitlement.{one.code}-next", language, about=one.about)
    return made


def provided(snapshot: Snapshot, answer: Answer) -> list[dict[str, Any]]:
    """The interfaces that give a field permitted by an agreement, and how to get a key for each; nothing internal."""
    permits = answer.effect == "permit" and answer.agreement
    dataset = snapshot.datasets.get(answer.dataset) if permits else None
    return [_service(one) for one in dataset.services if _gives(one, answer.field)] if dataset else []


def _gives(service: Mapping[str, Any], field: str) -> bool:
    returns: Sequence[str] = service.get("returns", ())
    return not returns or field in returns


def _service(service: Mapping[str, Any]) -> dict[str, Any]:
    shown = {
        name: service[name] for name in ("name", "platform", "interface_number", "method") if name in service
    }
    values = {"platform": service.get("platform", "—"), "number": service.get("interface_number", "—")}
    return shown | {
        f"key_{language}": text("entitlement.key", language, **values) for language in ("zh", "en")
    }

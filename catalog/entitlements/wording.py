"""Answers as they leave: reasons and next steps in both languages, the service that provides, and how to get its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from catalog.base.i18n import text
from catalog.entitlements.decide import Item
from catalog.entitlements.snapshot import Answer, Reason, Snapshot

_KEPT = 65_536
_API = "1"  # CL0102: 服务接口


def answer_bytes(snapshot: Snapshot, item: Item, answer: Answer, way: str) -> bytes:
    """The JSON of one decision."""
    told = said(answer)
    element, dataset, field = item
    asked = {"element": element} if element else {"dataset": dataset, "field": field}
    services: bytes = b""
    if answer.agreement and way in ("", _API):
        found = provided(snapshot, answer)
        services = b',"services":' + orjson.dumps(found) if found else b""
    return orjson.dumps(asked)[:-1] + b"," + (told.source if element else b"") + told.body + services + b"}"


class Said(NamedTuple):
    """An answer in bytes: for the digest, where its data come from, and the rest of its JSON without braces."""

    mark: bytes
    source: bytes
    body: bytes


@lru_cache(maxsize=_KEPT)
def said(answer: Answer) -> Said:
    """What is the same for everybody who gets this answer."""
    source = {"source": {"dataset": answer.dataset, "field": answer.field}} if answer.dataset else {}
    body = {
        "effect": answer.effect,
        "reasons": [reason(one) for one in answer.reasons],
        "agreement": answer.agreement or None,
        "clause": answer.clause or None,
        "obligations": [one._asdict() for one in answer.obligations],
        "valid_until": answer.valid_until or None,
    }
    mark = orjson.dumps(answer, default=tuple)
    return Said(mark, orjson.dumps(source)[1:-1] + b"," if source else b"", orjson.dumps(body)[1:-1])


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

"""Answers as they leave: reasons and next steps in both languages, the service that provides, and how to get its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from catalog.base.i18n import text
from catalog.entitlements.decide import Item
from catalog.entitlements.snapshot import Answer, Reason, Snapshot

_KEPT = 65_536
_API = "1"  # CL0102: 服务接口


def answer_bytes(snapshot: Snapshot, item: Item, answer: Answer, way: str) -> bytes:
    """The JSON of one decision."""
    asked = {"element": item.element} if item.element else {"dataset": item.dataset, "field": item.field}
    services: bytes = b""
    if answer.agreement and way in ("", _API):
        found = provided(snapshot, answer)
        services = b',"services":' + orjson.dumps(found) if found else b""
    return orjson.dumps(asked)[:-1] + b"," + _body(answer, bool(item.element)) + services + b"}"


@lru_cache(maxsize=_KEPT)
def _body(answer: Answer, sourced: bool) -> bytes:
    """What is the same for everybody who gets this answer, without its braces."""
    made: dict[str, Any] = {"effect": answer.effect, "reasons": [reason(one) for one in answer.reasons]}
    if sourced and answer.dataset:
        made["source"] = {"dataset": answer.dataset, "field": answer.field}
    made |= {
        "agreement": answer.agreement or None,
        "clause": answer.clause or None,
        "obligations": [one._asdict() for one in answer.obligations],
        "valid_until": answer.valid_until or None,
    }
    return orjson.dumps(made)[1:-1]


def reason(one: Reason) -> dict[str, str]:
    """A reason with its texts, and what to do next."""
    said = {"code": one.code}
    if one.about:
        said["about"] = one.about
    for language in ("zh", "en"):
        said[language] = text(f"entitlement.{one.code}", language, about=one.about)
        said[f"next_{language}"] = text(f"entitlement.{one.code}-next", language, about=one.about)
    return said


def provided(snapshot: Snapshot, answer: Answer) -> list[dict[str, Any]]:
    """The interfaces that give a field permitted by an agreement, and how to get a key for each; nothing internal."""
    permits = answer.effect == "permit" and answer.agreement
    dataset = snapshot.datasets.get(answer.dataset) if permits else None
    return [_service(one) for one in dataset.services if _gives(one, answer.field)] if dataset else []


def _gives(service: Mapping[str, Any], field: str) -> bool:
    returns: Sequence[str] = service.get("returns", ())
    return not returns or field in returns


def _service(service: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        name: service[name] for name in ("name", "platform", "interface_number", "method") if name in service
    }
    values = {"platform": service.get("platform", "—"), "number": service.get("interface_number", "—")}
    return said | {
        f"key_{language}": text("entitlement.key", language, **values) for language in ("zh", "en")
    }

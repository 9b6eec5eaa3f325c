"""What the page of an enforcement shows of its own, and what an agreement's page shows of its enforcements."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.i18n import Language
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.registry.models import Record
from catalog.sharing import drift, enforcement
from catalog.sharing.changing import KIND

_TYPES = (enforcement.TYPE, drift.TYPE)
_TERMS = {"rectifying": ("rectify_by",), "disposing": ("disposal_order", "until")}


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """The agreement with its status, the day that is awaited, and until when a new request is barred."""
    held = service.document_of(case)
    record = session.get(Record, (KIND, held.get("agreement", "")))
    until = awaited(case)
    return {
        "agreement": (record.identifier, record.name, record.status) if record else None,
        "until": until, "late": bool(until) and until < on.isoformat(),
        "barred_until": held.get("barred_until", ""), "shows": ["agreement", "barred_until"],
    }  # fmt: skip


def awaited(case: Case) -> str:
    """The day until which the consumer must rectify or dispose; empty where nothing of that is owed."""
    said: Any = service.document_of(case)
    for step in _TERMS.get(case.state, ("",)):
        said = said.get(step, "") if isinstance(said, dict) else ""
    return said if isinstance(said, str) else ""


def listed(
    session: Session, agreement: str, actor: Actor, language: Language, on: date
) -> list[dict[str, Any]]:
    """Enforcements and drifts of an agreement that the reader may open, newest first."""
    made = []
    for case in enforcement.about(session, agreement, _TYPES):
        if not rights.sees(actor, case):
            continue
        cycle, until = rights.cycle(case), awaited(case)
        state = cycle.states[case.state]
        made.append({
            "number": case.number, "type": case.type, "track": cycle.tracks[case.track]["zh" if language == "zh" else "en"],
            "state": state.zh if language == "zh" else state.en, "closed": case.closed, "until": until,
            "late": bool(until) and until < on.isoformat(), "at": case.opened_at,
        })  # fmt: skip
    return made

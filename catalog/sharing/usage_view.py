"""What the page of an agreement shows of its use and of the attestations of its duties."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.identity.actors import Actor
from catalog.registry.pages_record import Opened
from catalog.runtime import Runtime
from catalog.sharing import attesting, enforcement, usage
from catalog.sharing.usage_files import faults_said

_MONTHS = 12
_RHYTHMS, _DUTIES = "CL0103", "CL0118"


async def became(found: Opened) -> dict[str, Any] | None:
    """``{"months", "flagged", "suspend", "duties", "reports", "attests", …}``; None for whoever may not see it."""
    actor: Actor = found.request.state.actor
    document = found.document
    if "as_of" in found.request.query_params or not usage.may_see(actor, document):
        return None
    runtime, language = found.runtime, found.language
    on = clock.today(runtime.settings.zone)
    shown = await asyncio.to_thread(_read, runtime, found.row.identifier, actor, language, on)
    wanted = {(_DUTIES, duty.type) for duty in shown["duties"]}
    wanted |= {(_RHYTHMS, duty.every) for duty in shown["duties"] if duty.every}
    labels = await found.words.codes(wanted, language)
    shown["duties"] = [
        {
            "type": duty.type, "name": labels.get((_DUTIES, duty.type), duty.type), "detail": duty.detail,
            "every": labels.get((_RHYTHMS, duty.every), ""), "given": duty.given,
            "owed": [(one.state, one.period.name, one.period.due.isoformat()) for one in duty.owed],
        }
        for duty in shown["duties"]
    ]  # fmt: skip
    return shown


def _read(runtime: Runtime, identifier: str, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    with runtime.database.reading() as session:
        record, document, bounds = usage.agreed(session, identifier)
        number, some = usage.flagged(session, identifier, bounds)
        months = usage.months(session, identifier)
        what = sorted({one for _, broken in some for one in broken})
        return {
            "months": months[:_MONTHS],
            "more": max(0, len(months) - _MONTHS),
            "total": usage.total(session, identifier),
            "flagged": number,
            "some": [(row, faults_said(broken, language)) for row, broken in some],
            "suspend": _suspend(session, record.status, document, identifier, actor, what, language)
            if number
            else "",
            "kept": usage.kept_until(document, record.status, runtime.settings.usage_years),
            "duties": attesting.duties(
                session, identifier, document, on=on, days=runtime.settings.attest_days
            ),
            "reports": bool(usage.side_of(actor, document)),
            "attests": attesting.may_attest(actor, document),
        }


def _suspend(
    session: Session, status: str, document: dict[str, Any], identifier: str, actor: Actor, what: list[str],
    language: Language,
) -> str:  # fmt: skip
    """Where the provider or the bureau suspends the agreement, the facts filled in; empty for others."""
    provider, consumer = document.get("provider", ""), document.get("consumer", "")
    busy = any(not one.closed for one in enforcement.about(session, identifier))
    if busy or "misuse" not in enforcement.possible(actor, status, provider, consumer):
        return ""
    reason = text("usage.suspend-reason", language, what=faults_said(what, language))
    ground = "purpose" if "purpose" in what else "scope"
    said = urlencode({"track": "misuse", "ground": ground, "facts": reason})
    return f"/sharing-agreements/{identifier}/enforcement?{said}"

"""What the verbs do to a case's clock: start, pause, resume, stop. Which day is due is counted elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session

from catalog.base.documents import canonical
from catalog.cases.models import Case
from catalog.standards.lifecycles import Tick


def tick(case: Case, ticks: Iterable[Tick], *, session: Session, on: date) -> None:
    """Move the clock of ``case`` by what a verb says; ``on`` is the day of receipt."""
    held: dict[str, Any] = orjson.loads(case.clock)
    day = on.isoformat()
    for one in ticks:
        if one.act == "start":
            held = {"rule": one.rule, "start": day, "pauses": []}
        elif not held or "ended" in held:
            continue
        elif one.act == "stop":
            held["ended"] = day
        elif one.act == "pause":
            held["pauses"].append({"from": day})
        elif held["pauses"] and "until" not in held["pauses"][-1]:
            held["pauses"][-1]["until"] = day
    case.clock = canonical(held).decode()
    running = bool(held) and "ended" not in held
    case.due_on, case.provisional = count(session, held) if running else (None, False)


def count(session: Session, held: dict[str, Any]) -> tuple[str | None, bool]:
    """The day on which a running clock ends, and whether its year is not announced yet."""
    return None, False

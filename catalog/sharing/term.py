"""How long an agreement still runs, and what that asks for. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

STEPS = (7, 30, 60)
"""Days before the end at which both sides are reminded (O24)."""

State = Literal["closed", "open-ended", "coming", "running", "soon", "past"]


class Term(NamedTuple):
    """Where an agreement stands in its term; ``days`` until its last day, negative once it is over."""

    state: State
    days: int
    within: int  # the narrowest of STEPS that it has entered; 0 outside


def term(status: str, start: str, until: str, on: date) -> Term:
    """The term of an agreement of ``status``; an active one whose last day has gone is ``past``."""
    if status not in ("active", "suspended"):
        return Term("closed", 0, 0)
    if not until:
        return Term("open-ended", 0, 0)
    days = (date.fromisoformat(until) - on).days
    if start and date.fromisoformat(start) > on:
        return Term("coming", days, 0)
    within = next((step for step in STEPS if 0 <= days <= step), 0)
    state: State = "past" if days < 0 else "soon" if within else "running"
    return Term(state, days, within)

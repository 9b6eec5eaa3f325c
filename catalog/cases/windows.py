"""Initial load (存量导入): the windows that the bureau opens for records of the past, and whether one is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from catalog.base.errors import InvalidDocument, NotPermitted, Violation, WrongState
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor

TYPE = "initial-load"
KINDS = frozenset({"dataset", "sharing-agreement"})


@dataclass(frozen=True, slots=True)
class Window:
    """One initial load: its case, the 文号 behind it, its first and last day."""

    number: str
    document: str
    start: str
    until: str
    state: str

    def takes(self, on: date) -> bool:
        """Whether it takes records on that day."""
        return self.state == "open" and self.start <= on.isoformat() <= self.until


def open_window(session: Session, *, by: Actor, document: str, start: str, until: str, on: date) -> Case:
    """Open an initial load; the bureau alone. Raises ``InvalidDocument`` (``case-window-dates``)."""
    if not rights.writes(by) or not by.holds("authority"):
        raise NotPermitted("case-not-yours", department="", roles=["authority"], possible=[])
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(until)
    except ValueError:
        raise InvalidDocument([Violation("/until", "case-window-dates", found=until)]) from None
    if not document.strip() or last < first or last < on:
        raise InvalidDocument([Violation("/until", "case-window-dates", found=until)])
    held = {"document": document.strip(), "from": first.isoformat(), "until": last.isoformat()}
    return service.open_case(
        session, type=TYPE, track="window", title=document.strip(), by=by,
        from_department=by.department or "", document=held, judged=True,
    )  # fmt: skip


def windows(session: Session) -> list[Window]:
    """Every initial load, the latest first."""
    rows = session.scalars(select(Case).where(col(Case.type) == TYPE).order_by(col(Case.number).desc()))
    return [_window(case) for case in rows]


def taking(session: Session, on: date) -> list[Window]:
    """The initial loads that take records on that day."""
    return [one for one in windows(session) if one.takes(on)]


def admit(session: Session, number: str, kinds: Collection[str], on: date | None) -> Window:
    """The window, if it takes records of ``kinds`` on that day; raises ``WrongState`` (``case-window-closed``)."""
    if foreign := sorted(set(kinds) - KINDS):
        raise InvalidDocument([Violation("/changes", "case-window-kind", found=foreign[0])])
    case = session.get(Case, number)
    window = _window(case) if case is not None and case.type == TYPE else None
    if window is None or on is None or not window.takes(on):
        found = f"{window.start} – {window.until}" if window else ""
        raise WrongState("case-window-closed", identifier=number, found=found, possible=[])
    return window


def standing(session: Session, case: Case, on: date) -> Window | None:
    """The window of a proposal of past records, which must still be open; None for every other proposal."""
    if case.track != "past":
        return None
    document = service.document_of(case)
    kinds = {one["kind"] for one in document.get("changes", [])}
    return admit(session, str(document.get("window", "")), kinds, on)


def _window(case: Case) -> Window:
    held = service.document_of(case)
    return Window(case.number, held["document"], held["from"], held["until"], case.state)

"""What a case does to an agreement in the register, in the case's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import NotFound
from catalog.cases.effects import Act
from catalog.registry.apply import apply_in
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.registry.verbs import transit

KIND = "sharing-agreement"


def record_of(session: Session, identifier: str) -> tuple[Record, Document]:
    """An agreement as it stands now; raises ``NotFound``."""
    record = session.get(Record, (KIND, identifier), populate_existing=True)
    document = whole(session, KIND, identifier) if record else None
    if record is None or document is None:
        raise NotFound(kind=KIND, identifier=identifier)
    return record, document


def turn(act: Act, identifier: str, status: str, *, successor: str | None = None) -> int:
    """Bring the agreement into another status at once; the entry's number."""
    record, _ = record_of(act.session, identifier)
    return transit(
        act.session, record, "move", status=status, by=act.by, permit=lambda *_: None, successor=successor,
        note=act.case.number,
    ).seq  # fmt: skip


def tell(act: Act, identifier: str, change: Callable[[Document], Any]) -> bool:
    """Write into the agreement's document what happened to it; False where the standard of today refuses it.

    What a case decides takes effect by the status. An old agreement whose dataset has moved on may not fit
    the rules any more: then the case alone tells the details.
    """
    _, document = record_of(act.session, identifier)
    change(document)
    changes = plan(act.session, [Incoming(KIND, document)], on=act.on)
    if changes.of("refused"):
        return False
    if changes.of("revised"):
        apply_in(act.session, changes, database=act.database, by=act.by, on=act.on, note=act.case.number)
    return True

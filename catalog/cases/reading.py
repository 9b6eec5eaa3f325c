"""What a case holds and what happened to it, for who may see it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlmodel import Session, col, select

from catalog.base.documents import Document
from catalog.base.errors import CatalogError, NotFound, NotSignedIn, WrongState
from catalog.base.i18n import Language, text
from catalog.cases import rights
from catalog.cases.models import Case, CaseComment, CaseFile, CaseSubject, CaseWatcher
from catalog.identity.actors import Actor
from catalog.ledger.models import Entry


def get(session: Session, number: str, actor: Actor) -> Case:
    """The case, for whoever may see it; ``NotFound`` for everybody else."""
    if not actor.signed_in:
        raise NotSignedIn()
    case = session.get(Case, number)
    if case is None or not rights.sees(actor, case, watchers(session, number)):
        raise NotFound(kind="case", identifier=number)
    return case


def unmoved(session: Session, number: str, by: Actor, read: int) -> Case:
    """The case, if nobody touched it since it was read; raises ``WrongState`` (``case-moved``)."""
    case = get(session, number, by)
    if case.seq != read:
        raise moved(session, case, read)
    return case


def files(session: Session, number: str) -> Sequence[CaseFile]:
    """The files of a case, oldest first."""
    return session.scalars(
        select(CaseFile).where(col(CaseFile.number) == number).order_by(col(CaseFile.at))
    ).all()


def comments(session: Session, number: str) -> Sequence[CaseComment]:
    """The remarks on a case, oldest first."""
    rows = select(CaseComment).where(col(CaseComment.number) == number)
    return session.scalars(rows.order_by(col(CaseComment.seq))).all()


def timeline(session: Session, number: str, *, after: int = 0) -> Sequence[Entry]:
    """What happened to a case, oldest first: the ledger itself."""
    rows = select(Entry).where(col(Entry.kind) == "case", col(Entry.identifier) == number)
    return session.scalars(rows.where(col(Entry.seq) > after).order_by(col(Entry.seq))).all()


def watchers(session: Session, number: str) -> set[str]:
    """The person keys of who watches a case."""
    return set(session.scalars(select(CaseWatcher.person).where(col(CaseWatcher.number) == number)))


def subjects(session: Session, number: str) -> list[tuple[str, str]]:
    """The records that a case is about."""
    rows = session.scalars(select(CaseSubject).where(col(CaseSubject.number) == number))
    return sorted((row.kind, row.identifier) for row in rows)


def document_of(case: Case) -> Document:
    """What the case holds."""
    found: Document = orjson.loads(case.document)
    return found


def moved(session: Session, case: Case, read: int) -> CatalogError:
    """The refusal for who has read an older state: what happened since, and what is possible now."""
    since = [
        {"seq": entry.seq, "at": entry.at, "by": entry.by, "verb": entry.verb}
        for entry in timeline(session, case.number, after=read)
    ]
    verbs = [str(one["verb"]).removeprefix("case.") for one in since]
    possible = sorted({row.verb for row in rights.open_rows(case)})
    return WrongState(
        "case-moved",
        identifier=case.number,
        state=case.state,
        state_said=rights.state_said(case),
        happened=", ".join(str(one["verb"]) for one in since),
        happened_said=[_done(case, verb) for verb in verbs],
        found=since,
        possible=possible,
    )


def _done(case: Case, past: str) -> dict[str, str]:
    """What people call something that was done in a case, be it a verb of its lifecycle or not."""
    said = rights.verb_said(case, past)
    if said["zh"] != past:
        return said
    return {"zh": _called(past, "zh"), "en": _called(past, "en")}


def _called(past: str, language: Language) -> str:
    try:
        return text(f"case.did-{past}", language)
    except KeyError:
        return past

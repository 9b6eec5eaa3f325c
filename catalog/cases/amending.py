"""Parts of a case that a slice writes beside the verbs, once it has judged by itself who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from catalog.base.documents import canonical
from catalog.cases.models import Case
from catalog.cases.reading import document_of
from catalog.cases.writing import write
from catalog.identity.actors import Actor


def put(case: Case, values: Mapping[str, Any]) -> None:
    """Write parts while a verb is being done: its entry carries them."""
    case.document = canonical(document_of(case) | dict(values)).decode()


def amend(
    session: Session, case: Case, past: str, *, by: Actor, values: Mapping[str, Any], data: Any
) -> Case:
    """Write parts between the verbs, with an entry ``case.<past>`` of their own."""
    put(case, values)
    write(session, case, past, by=by, note=None, data=data)
    return case

"""What the register would say of a document: the same plan that registers it, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.base.i18n import Language, describe, text
from catalog.forms.controls import Said
from catalog.forms.likes import Like
from catalog.kinds import Kind
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming


def judged(
    session: Session, kind: Kind, document: Document, *, on: object, read: int | None = None
) -> list[Violation]:
    """Every violation of ``document``, as if it were registered or revised now."""
    incoming = Incoming(kind.name, document, None, etag=read)
    found = plan(session, [incoming], on=on, permit=None).all[0].violations  # type: ignore[arg-type]
    return [one for one in found if one.rule != "stale"]


def said(violations: Sequence[Violation], language: Language) -> list[Said]:
    """Violations in the reader's language."""
    made = []
    for one in violations:
        described = describe(one)
        made.append(Said(one.pointer, one.severity, described[language], described[f"mend_{language}"]))
    return made


def alike(likes: Sequence[Like], language: Language) -> list[Said]:
    """The warning that others have the name already, at the name."""
    if not likes:
        return []
    key = "form.like-same" if any(like.same for like in likes) else "form.like-near"
    links = [(f"{like.name} {like.identifier}", like.href) for like in likes]
    return [Said("/name", "warning", text(key, language), text("form.like-mend", language), links)]

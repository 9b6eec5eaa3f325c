"""The clock of a case in the reader's words: by which rule, since when, until when, what held it up."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from catalog.base.i18n import Language
from catalog.cases import due, extensions
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.standards.clocks import rules


def face(session: Session, case: Case, actor: Actor, language: Language) -> dict[str, Any]:
    """What the page of a case shows of its clock; ``extends`` leads to the form for who may ask for more."""
    told = due.told(case)
    if told["state"] in ("none", due.EXTERNAL):
        return told | {"extends": ""}
    rule = extensions.may_ask(session, case, actor)
    return told | _ruled(told, language) | {
        "past": [one | _ruled(one, language) for one in told["past"]],
        "extends": f"/cases/{case.number}/extension" if rule else "",
    }  # fmt: skip


def _ruled(one: dict[str, Any], language: Language) -> dict[str, str]:
    rule = rules()[one["rule"]]
    return {"name": rule.zh if language == "zh" else rule.en, "article": rule.article}

"""争议处理: negotiation, coordination by the bureau or the common superior, decision by the government (art. 28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.db import Database
from catalog.base.documents import Document
from catalog.base.errors import AlreadyRegistered, CatalogError, WrongState
from catalog.base.i18n import Language
from catalog.cases import amending, service
from catalog.cases.effects import Act
from catalog.cases.models import Case
from catalog.corrections import corrections
from catalog.corrections.known import about, acting, not_later, require
from catalog.identity.actors import Actor, on_behalf
from catalog.sharing import requests

TYPE = "dispute"
_APART = ("proposal", "extension", "demand", TYPE)  # nothing of these is settled between two departments
_CONCLUDING = ("accept", "settle", "decide")
_GIVEN = ("agreed", "delivered", "in-use")  # of a request whose answer may refuse some fields


@dataclass(frozen=True, slots=True)
class Matter:
    """What a dispute is about: the case, who disputes it with whom, and whether the other one is outside."""

    case: Case
    applicant: str
    other: str
    track: str


def matter_of(session: Session, number: str, *, by: Actor, department: str | None = None) -> Matter:
    """The case that ``by`` may dispute for its side.

    Raises ``NotFound`` for who does not see it, ``NotPermitted`` for who is no sharing officer of a side,
    ``WrongState`` (``dispute-nothing``) where nothing was refused, ``AlreadyRegistered`` while a dispute
    about it is open.
    """
    case = service.get(session, number, by)
    sides = [case.from_department, case.to_department]
    mine = next((one for one in sides if one and by.may("sharing_officer", one)), sides[0])
    applicant = acting(by, department or mine, ("sharing_officer",))
    if not _disputable(case, applicant):
        raise WrongState("dispute-nothing", identifier=number, found=case.state, possible=[])
    running = next((one for one in about(session, TYPE, "case", number) if not one.closed), None)
    if running:
        raise AlreadyRegistered("dispute-running", identifier=running.number)
    other = next((one for one in sides if one and one != applicant), "")
    outside = case.track == "external" or not other
    return Matter(case, applicant, other, "cross" if outside else "same")


def _disputable(case: Case, applicant: str) -> bool:
    """A refusal disputes who was refused; an enforcement either side of it, as soon as it runs."""
    if case.type == requests.TYPE:
        refused = case.state == "refused" or (case.state in _GIVEN and bool(_refused_items(case)))
        return refused and applicant == case.from_department
    if case.type == corrections.TYPE:
        return case.state == "contested" and applicant == case.from_department
    runs = case.type not in _APART and case.shown and case.state not in ("draft", "withdrawn")
    return runs and applicant in (case.from_department, case.to_department)


def _refused_items(case: Case) -> list[str]:
    answer = service.document_of(case).get("answer", ())
    return [one["item"] for one in answer if one.get("effect") == "refuse"]


def open_dispute(
    session: Session,
    *,
    by: Actor,
    matter: str,
    claim: str,
    on: date,
    database: Database,
    department: str | None = None,
    cross: bool = False,
) -> Case:
    """Open a dispute about a case and ask the other side to negotiate; ``cross`` where levels or regions differ."""
    found = matter_of(session, matter, by=by, department=department)
    subjects = [("case", matter)] + [
        one for one in service.subjects(session, matter) if one[0] in ("dataset", "sharing-agreement")
    ]
    case = service.open_case(
        session, type=TYPE, track="cross" if cross else found.track, title=f"争议：{found.case.title}", by=by,
        from_department=found.applicant, to_department=found.other,
        document={"matter": matter, "claim": claim.strip()} if claim.strip() else {"matter": matter},
        subjects=subjects,
    )  # fmt: skip
    return service.do(session, case.number, "open", by=by, read=case.seq, on=on, database=database)


def effect(act: Act) -> dict[str, Any]:
    """What ends a dispute binds both sides: where it is to share or to correct, the case for it is drawn up."""
    if act.row.verb not in _CONCLUDING:
        return {}
    document = service.document_of(act.case)
    day = document.get("decision", {}).get("decided_on")
    if day and "decision" in act.row.takes:
        require(not_later(day, act.on, "/decision/decided_on"))
    outcome = document["outcome"]
    facts: dict[str, Any] = {"outcome": outcome}
    held = act.session.get(Case, document["matter"])
    if held is None:
        return facts
    try:
        made = _follow_up(act, held, outcome)
    except (
        CatalogError
    ) as error:  # the decision holds all the same; who is bound must see why nothing was drawn up
        return facts | {"not_drawn_up": error.slug}
    if made:
        amending.put(act.case, {"follow_up": made.number})
        service.concern(
            act.session, act.case, [*service.subjects(act.session, act.case.number), ("case", made.number)]
        )
        facts["follow_up"] = made.number
    return facts


def _follow_up(act: Act, matter: Case, outcome: str) -> Case | None:
    """A refused case has ended and stays as it was (art. 21): what was decided goes into a new one, prefilled."""
    document = service.document_of(matter)
    place = matter.from_department
    by = on_behalf(act.by, "sharing_officer", place)
    if matter.type == requests.TYPE and outcome == "share":
        values = {part: document[part] for part in requests.ASKED if part in document}
        items = _refused_items(matter)
        if items:
            values["items"] = items
        return requests.open_request(
            act.session, by=by, dataset=document["dataset"], values=values, on=act.on, department=place
        )
    if matter.type == corrections.TYPE and outcome == "correct":
        values = {part: document[part] for part in corrections.ASKED if part in document}
        require(list(corrections.violations(act.session, place, document)))  # before anything is written
        return corrections.open_correction(
            act.session, by=by, dataset=document["dataset"], values=values, on=act.on,
            database=act.database, department=place,
        )  # fmt: skip
    return None


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> Document:
    """What the page of a dispute shows of its own: the disputed case, and what was drawn up of the decision."""
    document = service.document_of(case)
    matter = session.get(Case, document.get("matter", ""))
    made = session.get(Case, document.get("follow_up", ""))
    bound = case.closed and document.get("outcome") in ("share", "correct") and made is None
    return {
        "matter": (matter.number, matter.title) if matter else None,
        "follow_up": (made.number, made.title) if made else None,
        "bound": bound and case.state != "withdrawn",
        "government": case.state == "government",
        "cross": case.track == "cross",
        "shows": ["matter", "follow_up"],
    }

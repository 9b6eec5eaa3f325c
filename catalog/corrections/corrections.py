"""校核: a department that uses data says what is wrong; the provider verifies, corrects and feeds back (art. 26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.db import Database
from catalog.base.documents import Document
from catalog.base.errors import Violation, WrongState
from catalog.base.i18n import Language
from catalog.cases import amending, service
from catalog.cases.effects import Act
from catalog.cases.models import Case
from catalog.corrections.known import acting, given, not_later, record_of, require
from catalog.identity.actors import Actor
from catalog.registry.models import Record
from catalog.standards.lifecycles import lifecycle

TYPE = "correction"
ASKED = ("field", "agreement", "wrong", "finding", "sample", "evidence")
_CORRECTABLE = ("published", "suspended")
_OF_A_FIELD = ("value", "code")  # these are wrong in a field, never in the whole


def open_correction(
    session: Session,
    *,
    by: Actor,
    dataset: str,
    values: Mapping[str, Any],
    on: date,
    database: Database,
    department: str | None = None,
    papers: Iterable[tuple[bytes, str]] = (),
) -> Case:
    """File a correction against a dataset, with its evidence as files; the provider's clock starts.

    Raises ``WrongState`` for a dataset that is not published (``correction-not-published``) or one's own
    (``correction-own-data``), ``NotPermitted`` for who is no officer, ``InvalidDocument`` for what is
    missing or does not hold.
    """
    applicant = acting(by, department)
    record, _ = record_of(session, "dataset", dataset)
    if record.status not in _CORRECTABLE:
        raise WrongState("correction-not-published", identifier=dataset, found=record.status, possible=[])
    if record.department == applicant:
        raise WrongState("correction-own-data", identifier=dataset, department=applicant, possible=["revise"])
    document = given(values, ASKED) | {"dataset": dataset}
    subjects = [("dataset", dataset)]
    if document.get("agreement"):
        subjects.append(("sharing-agreement", document["agreement"]))
    case = service.open_case(
        session, type=TYPE, track="catalogue" if document.get("wrong") == "catalogue" else "value",
        title=_title(record.name, document), by=by, from_department=applicant, to_department=record.department,
        document=document, subjects=subjects,
    )  # fmt: skip
    for data, filename in papers:
        service.attach(session, case.number, by=by, data=data, filename=filename)
    return service.do(session, case.number, "file", by=by, read=case.seq, on=on, database=database)


def effect(act: Act) -> dict[str, Any]:
    """What the verbs of a correction do: judge what is filed and answered, keep when it was fed back."""
    document = service.document_of(act.case)
    match act.row.verb:
        case "file":
            require(list(violations(act.session, act.case.from_department, document)))
        case "assign":
            record_of(act.session, "department", act.case.to_department)
        case "correct":
            day = document["correction"]["corrected_on"]
            require(not_later(day, act.on, "/correction/corrected_on"))
        case "feed-back":
            outcome = {"result": act.case.state, "fed_back_on": act.on.isoformat(), "due_on": act.case.due_on}
            amending.put(act.case, {"outcome": {name: one for name, one in outcome.items() if one}})
    return {}


def violations(session: Session, applicant: str, document: Document) -> Iterator[Violation]:
    """What does not hold: the field must be one of the dataset's, the agreement one of both on this dataset."""
    _, dataset = record_of(session, "dataset", document["dataset"])
    names = [str(one.get("name", "")) for one in dataset.get("fields", ())]
    field = document.get("field")
    if field and field not in names:
        yield Violation("/field", "correction-field", found=field, expected=names[:20])
    if not field and names and document.get("wrong") in _OF_A_FIELD:
        yield Violation("/field", "case-missing", values={"part": "field"})
    agreement = document.get("agreement")
    if agreement:
        held = session.get(Record, ("sharing-agreement", agreement))
        said = record_of(session, "sharing-agreement", agreement)[1] if held else {}
        if (said.get("dataset"), said.get("consumer")) != (document["dataset"], applicant):
            yield Violation("/agreement", "correction-agreement", found=agreement)


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """What the page of a correction shows of its own: the records that it is about, by name."""
    document = service.document_of(case)
    record = session.get(Record, ("dataset", document.get("dataset", "")))
    agreement = session.get(Record, ("sharing-agreement", document.get("agreement", "")))
    outcome = document.get("outcome", {})
    due = outcome.get("due_on")
    return {
        "dataset": (record.identifier, record.name) if record else None,
        "agreement": (agreement.identifier, agreement.name) if agreement else None,
        "in_time": None if not due else outcome["fed_back_on"] <= due,
        "catalogue": case.track == "catalogue",
        "shows": ["dataset", "agreement"],
    }


def _title(name: str, document: Document) -> str:
    options = lifecycle(TYPE).parts["wrong"].options
    wrong = options.get(str(document.get("wrong", "")), {}).get("zh", "")
    place = f"“{document['field']}”" if document.get("field") else ""
    return f"{name}{place}：{wrong}" if wrong else f"{name}{place}"

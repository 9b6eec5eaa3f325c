"""Opening a sharing request against a published dataset (Decree No. 809 art. 20), and judging it as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.errors import InvalidDocument, NotPermitted, Violation, WrongState
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.datasets.sharing import REFUSED
from catalog.identity.actors import Actor
from catalog.identity.persons import KEY
from catalog.sharing import requests_known as known
from catalog.sharing.requests_known import Ground
from catalog.sharing.requests_rules import (
    answer_violations,
    asked_violations,
    assessed_violations,
    track_of,
    upstream_violations,
)
from catalog.standards.lifecycles import lifecycle

TYPE = "sharing-request"
REQUESTERS = ("data_officer", "sharing_officer")
ASKED = ("items", "purpose", "purpose_wanted", "legal_basis", "scenario", "scope", "way", "period", "frequency", "system", "contact")  # fmt: skip


def open_request(
    session: Session,
    *,
    by: Actor,
    dataset: str,
    values: Mapping[str, Any],
    on: date,
    department: str | None = None,
    like: str | None = None,
) -> Case:
    """Open a request in draft; ``like`` fills from an agreement what ``values`` leaves out (G14).

    Raises ``WrongState`` for a dataset that is not published (``request-not-published``), not shared
    (``request-not-shared``, with its basis) or one's own (``request-own-data``); ``NotPermitted`` for who
    is no officer of ``department``; ``InvalidDocument`` for the form of ``values``.
    """
    consumer = department or by.department or ""
    ground = known.ground(session, dataset, on=on)
    require_open(ground, consumer)
    if not rights.writes(by) or not any(by.may(role, consumer) for role in REQUESTERS):
        raise NotPermitted("case-not-yours", department=consumer, roles=list(REQUESTERS), possible=[])
    foreign = sorted(set(values) - set(ASKED))
    if foreign:
        raise NotPermitted("case-part-not-yours", parts=foreign, found="draft", possible=list(ASKED))
    document = {part: value for part, value in values.items() if value not in (None, "", [], {})}
    subjects = [("dataset", dataset)]
    if like:
        document = (
            known.asked_like(known.template(session, like), ground.dataset, on=on) | document | {"like": like}
        )
        subjects.append(("sharing-agreement", like))
    if KEY.fullmatch(by.person):
        document.setdefault("contact", by.person)
    require(lifecycle(TYPE).violations(document))  # the way it goes is read from its items
    asking = known.department(session, consumer)
    return service.open_case(
        session, type=TYPE, by=by, from_department=consumer, to_department=ground.department,
        track=track_of(
            ground.dataset, known.department(session, ground.department), asking, document.get("items", ())
        ),
        title=f"{known.short(asking)}申请共享：{ground.name}", document={"dataset": dataset} | document,
        subjects=subjects,
    )  # fmt: skip


def require_open(ground: Ground, consumer: str) -> None:
    """Raise where nobody, or not this department, can ask for the dataset."""
    share = ground.dataset.get("share", {})
    if ground.status != "published":
        raise WrongState(
            "request-not-published", identifier=ground.identifier, found=ground.status, possible=[]
        )
    if share.get("class") == REFUSED:
        basis = "、".join(
            f"《{one.get('title', '')}》{one.get('article', '')}" for one in share.get("legal_basis", ())
        )
        raise WrongState(
            "request-not-shared", identifier=ground.identifier, reason=share.get("reason", ""), basis=basis,
            possible=[],
        )  # fmt: skip
    if consumer and consumer == ground.department:
        raise WrongState("request-own-data", identifier=ground.identifier, department=consumer, possible=[])


def problems(session: Session, case: Case, *, on: date) -> list[Violation]:
    """What keeps a request from being filed now: what is missing, and what does not hold."""
    row = lifecycle(TYPE).find("prepare", "draft", case.track)[0]
    ground = ground_of(session, case, on=on)
    held = service.document_of(case)
    dates = held.get("dates", {})
    left = dates.get("filed") or dates.get("prepared")  # what was right when it left its author stays right
    since = date.fromisoformat(left) if left else on
    found = asked_violations(held, ground.known(), on=on, since=since)
    return [*service.missing(case, row), *found]


def answered_wrong(
    session: Session, case: Case, verb: str, *, on: date, values: Mapping[str, Any] | None = None
) -> list[Violation]:
    """What is wrong with the answer of a request, were ``verb`` (agree, refuse) done now, with ``values``."""
    held = service.document_of(case) | dict(values or {})
    found = list(answer_violations(held, ground_of(session, case, on=on).known(), verb))
    found += assessed_violations(held, on=on)
    return found + (list(upstream_violations(held, on=on)) if case.track == "external" else [])


def ground_of(session: Session, case: Case, *, on: date) -> Ground:
    """What the register says of the dataset that is asked for."""
    return known.ground(session, service.document_of(case)["dataset"], on=on, consumer=case.from_department)


def require(found: list[Violation]) -> None:
    """Refuse with everything that is wrong, all at once."""
    if any(one.severity == "error" for one in found):
        raise InvalidDocument(found)

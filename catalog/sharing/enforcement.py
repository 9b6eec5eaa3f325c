"""协议处置: suspending, rectifying, resuming, changing, ending an agreement in force (Decree No. 809 art. 27)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from catalog.base.db import Database
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, NotPermitted, Violation, WrongState
from catalog.cases import amending, rights, service
from catalog.cases.effects import Act
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.sharing.changing import KIND, record_of, tell, turn
from catalog.standards.clocks import cool_down
from catalog.standards.lifecycles import lifecycle

TYPE = "enforcement"
FIRST = {"misuse": "suspend", "change": "consult", "ended": "declare"}
"""The verb with which each track begins."""
_OPENERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "misuse": (("from", "sharing_officer"), ("bureau", "authority")),
    "change": (("from", "sharing_officer"),),
    "ended": (("to", "sharing_officer"), ("to", "data_officer")),
}
_LIVE = ("active", "suspended")


def possible(by: Actor, status: str, provider: str, consumer: str) -> list[str]:
    """The tracks on which ``by`` may open a case about an agreement of both: the buttons of its page."""
    if not rights.writes(by) or status not in _LIVE:
        return []
    where = {"from": provider, "to": consumer, "bureau": ""}
    return [
        track
        for track, openers in _OPENERS.items()
        if (track != "misuse" or status == "active")
        and any(by.may(role, where[side]) for side, role in openers)
    ]


def open_enforcement(
    session: Session,
    *,
    agreement: str,
    track: str,
    values: Mapping[str, Any],
    by: Actor,
    on: date,
    database: Database,
) -> Case:
    """Open the case and do its first verb at once; nothing is opened where that is refused.

    Raises ``WrongState`` (``enforcement-over``: the agreement is no longer in force; ``enforcement-open``:
    a case about it runs already), ``NotPermitted``, ``InvalidDocument`` with everything that is missing.
    """
    cycle = lifecycle(TYPE)
    if track not in cycle.tracks:
        raise InvalidDocument([Violation("/track", "enum", found=track, expected=list(cycle.tracks))])
    record, document = record_of(session, agreement)
    provider, consumer = document.get("provider", ""), document.get("consumer", "")
    if record.status not in _LIVE:
        raise WrongState("enforcement-over", identifier=agreement, found=record.status, possible=[])
    if track not in possible(by, "active", provider, consumer):
        sides = {"from": provider, "to": consumer, "bureau": ""}
        raise NotPermitted(
            "case-not-yours", department=sides[_OPENERS[track][0][0]],
            roles=sorted({role for _, role in _OPENERS[track]}), possible=[],
        )  # fmt: skip
    held = next((one for one in about(session, agreement) if not one.closed), None)
    if held:
        raise WrongState("enforcement-open", identifier=agreement, found=held.number, possible=[])
    subjects = [(KIND, agreement)] + ([("dataset", document["dataset"])] if document.get("dataset") else [])
    case = service.open_case(
        session, type=TYPE, track=track, title=record.name, by=by, from_department=provider,
        to_department=consumer, document={"agreement": agreement} | given(track, values), subjects=subjects,
        judged=True,
    )  # fmt: skip
    return service.do(session, case.number, FIRST[track], by=by, read=case.seq, on=on, database=database)


def given(track: str, values: Mapping[str, Any]) -> Document:
    """The parts that the first verb of a track takes; raises ``NotPermitted`` for any other."""
    takes = next(row.takes for row in lifecycle(TYPE).rows if row.verb == FIRST[track])
    foreign = sorted(set(values) - set(takes))
    if foreign:
        raise NotPermitted("case-part-not-yours", parts=foreign, found="draft", possible=list(takes))
    return {part: value for part, value in values.items() if value not in (None, "", [], {})}


def about(session: Session, agreement: str, types: tuple[str, ...] = (TYPE,)) -> list[Case]:
    """The cases of this type (or of ``types``) about an agreement, newest first."""
    wanted = select(Case).join(CaseSubject, col(CaseSubject.number) == col(Case.number))
    mine = (
        col(CaseSubject.kind) == KIND,
        col(CaseSubject.identifier) == agreement,
        col(Case.type).in_(types),
    )
    return list(session.scalars(wanted.where(*mine).order_by(col(Case.number).desc())))


def require_cooled(session: Session, *, dataset: str, consumer: str, on: date) -> None:
    """Raise ``WrongState`` (``enforcement-cooling``) while a termination for misuse bars this dataset."""
    wanted = select(Case).join(CaseSubject, col(CaseSubject.number) == col(Case.number))
    mine = (
        col(CaseSubject.kind) == "dataset", col(CaseSubject.identifier) == dataset, col(Case.type) == TYPE,
        col(Case.to_department) == consumer,
    )  # fmt: skip
    for case in session.scalars(wanted.where(*mine)):
        until = service.document_of(case).get("barred_until", "")
        if until >= on.isoformat():
            raise WrongState(
                "enforcement-cooling", identifier=dataset, found=case.number, until=until, possible=[]
            )


def effect(act: Act) -> dict[str, Any]:
    """What each verb does to the agreement, in its transaction; refuses by raising."""
    document = service.document_of(act.case)
    do = _EFFECTS.get(act.row.verb)
    return do(act, document) if do else {}


def _suspend(act: Act, held: Document) -> dict[str, Any]:
    _later(held["rectify_by"], act.on, "/rectify_by")
    words = lifecycle(TYPE).parts["ground"].options[held["ground"]]["zh"]
    seq = turn(act, held["agreement"], "suspended")
    told = tell(act, held["agreement"], lambda agreement: agreement.update(
        suspension={"from": act.on.isoformat(), "reason": f"{words}：{held['facts']}",
                    "rectify_by": held["rectify_by"]}
    ))  # fmt: skip
    return {"agreement": held["agreement"], "entry": seq, "told": told}


def _more(act: Act, held: Document) -> dict[str, Any]:
    _later(held["rectify_by"], act.on, "/rectify_by")
    return {"rectify_by": held["rectify_by"]}


def _report(act: Act, held: Document) -> dict[str, Any]:
    _not_later(held["rectification"]["done_on"], act.on, "/rectification/done_on")
    return {}


def _resume(act: Act, held: Document) -> dict[str, Any]:
    tell(act, held["agreement"], lambda agreement: agreement.pop("suspension", None))
    return {"agreement": held["agreement"], "entry": turn(act, held["agreement"], "active")}


def _terminate(act: Act, held: Document) -> dict[str, Any]:
    """Only after the term for rectification has passed, or a report was found wanting (art. 27(2))."""
    if act.case.state == "rectifying" and act.on.isoformat() <= held["rectify_by"]:
        raise WrongState(
            "enforcement-term-runs", identifier=act.case.number, found=held["rectify_by"],
            possible=["report"],
        )  # fmt: skip
    _later(held["disposal_order"]["until"], act.on, "/disposal_order/until")
    days = cool_down()
    if days:
        amending.put(act.case, {"barred_until": (act.on + timedelta(days=days)).isoformat()})
    return _end(act, held, act.note)


def _consult(act: Act, held: Document) -> dict[str, Any]:
    _later(held["effective_on"], act.on, "/effective_on")
    if (held["measure"] == "change") != bool(held.get("change")):
        raise InvalidDocument([Violation("/change", "enforcement-change", found=held["measure"])])
    _narrower(act, held)
    return {}


def _narrower(act: Act, held: Document) -> None:
    """A change by the provider never gives more than was agreed: that is a request's matter (art. 25)."""
    until = held.get("change", {}).get("until")
    agreed = record_of(act.session, held["agreement"])[1].get("period", {}).get("until", "")
    if until and agreed and until > agreed:
        raise InvalidDocument([Violation("/change/until", "enforcement-wider", found=until, expected=agreed)])


def _stop(act: Act, held: Document) -> dict[str, Any]:
    _due(act, held, "stop")
    _later(held["disposal_order"]["until"], act.on, "/disposal_order/until")
    return _end(act, held, held["facts"])


def _change(act: Act, held: Document) -> dict[str, Any]:
    _due(act, held, "change")
    _narrower(act, held)

    def narrowed(agreement: Document) -> None:
        asked = held["change"]
        agreement.update({name: asked[name] for name in ("way", "frequency") if name in asked})
        if "until" in asked:
            agreement["period"] = agreement.get("period", {}) | {"until": asked["until"]}

    if not tell(act, held["agreement"], narrowed):
        raise WrongState("enforcement-unfit", identifier=held["agreement"], possible=["withdraw"])
    return {"agreement": held["agreement"]}


def _due(act: Act, held: Document, measure: str) -> None:
    if held["measure"] != measure:
        other = {"stop": "take-effect", "change": "take-change"}[held["measure"]]
        raise WrongState(
            "enforcement-measure", identifier=act.case.number, found=held["measure"], possible=[other]
        )
    if act.on.isoformat() < held["effective_on"]:
        raise WrongState(
            "enforcement-early", identifier=act.case.number, found=held["effective_on"], possible=["withdraw"]
        )


def _declare(act: Act, held: Document) -> dict[str, Any]:
    return _end(act, held, lifecycle(TYPE).parts["ending"].options[held["ending"]]["zh"])


def _end(act: Act, held: Document, reason: str) -> dict[str, Any]:
    told = tell(act, held["agreement"], lambda agreement: agreement.update(
        termination={"on": act.on.isoformat(), "reason": reason}
    ))  # fmt: skip
    seq = turn(act, held["agreement"], "terminated")  # last: nobody writes into what has ended
    return {"agreement": held["agreement"], "entry": seq, "told": told}


def _instruct(act: Act, held: Document) -> dict[str, Any]:
    _later(held["disposal_order"]["until"], act.on, "/disposal_order/until")
    return {}


def _dispose(act: Act, held: Document) -> dict[str, Any]:
    _not_later(held["disposal"]["disposed_on"], act.on, "/disposal/disposed_on")
    files = service.files(act.session, act.case.number)
    if not files:
        raise WrongState("enforcement-proof", identifier=act.case.number, possible=["attach"])
    return {"proof": [one.digest for one in files]}


def _accept(act: Act, held: Document) -> dict[str, Any]:
    return {"agreement": held["agreement"], "disposed_on": held["disposal"]["disposed_on"]}


def _later(day: str, on: date, pointer: str) -> None:
    if day < on.isoformat():
        raise InvalidDocument([Violation(pointer, "enforcement-past", found=day, expected=on.isoformat())])


def _not_later(day: str, on: date, pointer: str) -> None:
    if day > on.isoformat():
        raise InvalidDocument([Violation(pointer, "enforcement-future", found=day)])


_EFFECTS = {
    "suspend": _suspend, "report": _report, "demand-more": _more, "resume": _resume, "terminate": _terminate,
    "consult": _consult, "take-effect": _stop, "take-change": _change, "declare": _declare,
    "instruct": _instruct, "dispose": _dispose, "accept": _accept,
}  # fmt: skip

"""What the verbs of a sharing request do beside moving the case: judge, keep the days, compose, register."""

from __future__ import annotations

from typing import Any

from catalog.base.documents import Document, canonical
from catalog.base.errors import InvalidDocument, Violation
from catalog.cases import service
from catalog.cases.effects import Act
from catalog.kinds import BY_NAME
from catalog.registry.apply import apply_in
from catalog.registry.numbers import Numbers
from catalog.registry.plan import Changes, plan
from catalog.registry.prepare import Incoming
from catalog.sharing import enforcement, renewing, requests, requests_draft
from catalog.sharing import requests_known as known
from catalog.sharing.requests_known import PURPOSE
from catalog.sharing.requests_rules import track_of

_STEPS = {
    "prepare": "prepared", "file": "filed", "ask-supplement": "asked", "supplement": "supplemented",
    "agree": "answered", "refuse": "answered", "deliver": "delivered", "confirm": "confirmed",
}  # fmt: skip
_AGREEMENT = BY_NAME["sharing-agreement"]


def effect(act: Act) -> dict[str, Any]:
    """Everything that a verb does in its transaction; refuses by raising."""
    held = service.document_of(act.case)
    if act.row.verb in ("prepare", "file", "supplement"):
        _ask(act)
    if act.row.verb in ("agree", "refuse"):
        requests.require(requests.answered_wrong(act.session, act.case, act.row.verb, on=act.on))
    if act.row.verb == "decline":
        held.pop("dates", None)
    if act.row.verb == "contest":
        held["dates"].pop("delivered", None)
        held["draft"].pop("delivered_on", None)
    step = _STEPS.get(act.row.verb)
    if step:
        held["dates"] = held.get("dates", {}) | {step: act.on.isoformat()}
    signed = {"file": "requester", "agree": "provider", "refuse": "provider"}.get(act.row.verb)
    if signed:
        held["signers"] = held.get("signers", {}) | {signed: act.signer}
    said: dict[str, Any] = {}
    if act.row.verb == "agree":
        held["draft"] = _compose(act, held)
        said = _counted(held)
    elif act.row.verb == "deliver":
        held["draft"]["delivered_on"] = act.on.isoformat()
    elif act.row.verb == "confirm":
        said = _register(act, held)
    act.case.document = canonical(held).decode()
    return said


def _ask(act: Act) -> None:
    """What is filed stands on the dataset as it is published today, and goes the way that it demands."""
    ground = requests.ground_of(act.session, act.case, on=act.on)
    requests.require_open(ground, act.case.from_department)
    requests.require(requests.problems(act.session, act.case, on=act.on))
    enforcement.require_cooled(
        act.session, dataset=ground.identifier, consumer=act.case.from_department, on=act.on
    )
    if act.row.verb != "supplement":
        act.case.to_department = ground.department
        act.case.track = track_of(
            ground.dataset,
            known.department(act.session, ground.department),
            known.department(act.session, act.case.from_department),
            service.document_of(act.case)["items"],
        )


def _counted(held: Document) -> dict[str, Any]:
    effects = [one["effect"] for one in held["answer"]]
    return {"granted": sum(one != "refuse" for one in effects), "refused": effects.count("refuse")}


def _compose(act: Act, held: Document) -> Document:
    """The draft of the agreement; refused where it could not be registered as it is."""
    ground = requests.ground_of(act.session, act.case, on=act.on)
    asking = known.short(known.department(act.session, act.case.from_department))
    name = f"{ground.name}共享协议（{asking}）"
    if known.taken(act.session, name):
        name = f"{ground.name}共享协议（{asking}，{act.case.number}）"
    draft = requests_draft.composed(
        held, number=act.case.number, name=name, provider=ground.department, consumer=act.case.from_department,
        dataset=ground.dataset, pins=ground.versions, list_pins=ground.list_versions,
        purpose=ground.label(PURPOSE, held["purpose"]),
    )  # fmt: skip
    _planned(act, draft)
    return draft


def _planned(act: Act, draft: Document) -> Changes:
    changes = plan(act.session, [Incoming("sharing-agreement", draft, "active")], on=act.on)
    found = [one for one in changes.all[0].violations if one.severity == "error"]
    if found:
        raise InvalidDocument([
            Violation(f"/draft{v.pointer}", v.rule, v.severity, v.found, v.expected, v.values) for v in found
        ])  # fmt: skip
    return changes


def _register(act: Act, held: Document) -> dict[str, Any]:
    """The agreement enters the register, in force; a number of its own, so that it revises no other."""
    draft = {"identifier": Numbers(act.session).next(_AGREEMENT, act.on)} | held["draft"]
    if held.get("supersedes"):
        draft["predecessor"] = held["supersedes"]
    changes = _planned(act, draft)
    seqs = apply_in(act.session, changes, database=act.database, by=act.by, on=act.on, note=act.case.number)
    agreement = str(changes.all[0].identifier)
    held["agreement"] = agreement
    held["draft"] = draft
    mine = service.subjects(act.session, act.case.number)
    service.concern(act.session, act.case, {*mine, ("sharing-agreement", agreement)})
    followed = renewing.follow(act, held, agreement)
    return {"agreement": agreement, "entries": [seqs[0], seqs[-1]]} | followed

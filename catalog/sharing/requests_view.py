"""A sharing request on the page of its case: the steps, what is asked, the items with their answers, the draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import CatalogError, Violation
from catalog.base.i18n import Language
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.registry.documents import called
from catalog.sharing import requests
from catalog.sharing import requests_form as forms
from catalog.sharing import requests_known as known
from catalog.sharing.requests_known import MASK, Ground
from catalog.sharing.requests_rules import EXTERNAL, GROUNDS, masks_of, proposed
from catalog.sharing.requests_words import facts, stages
from catalog.standards.lifecycles import lifecycle

_DUTY = "CL0118"
_UNFIT = {
    "permit": ("mask", "ground", "reason"),
    "mask": ("ground", "reason"),
    "refuse": ("mask", "conditions"),
}
_UPSTREAM = ("platform", "number", "filed_on", "answered_on", "result", "catalogue")


def part(
    session: Session,
    case: Case,
    actor: Actor,
    language: Language,
    on: date,
    *,
    said: Mapping[str, Any] | None = None,
    found: Sequence[Violation] = (),
    proposing: bool = False,
) -> dict[str, Any]:
    """What the page of the case shows of its own; ``said`` and ``found`` bring a refused answer back."""
    held = service.document_of(case)
    ground = requests.ground_of(session, case, on=on)
    editable = rights.editable(actor, case)
    typed = answered(case, said) if said is not None else {}
    answer = typed.get("answer") or held.get("answer", [])
    if proposing:
        answer = _proposed(held, answer, ground)
    verbs = {row.verb for row in rights.offered(actor, case)}
    made = {
        "shows": sorted(lifecycle(case.type).parts),
        "does": ["agree", "refuse"],
        "dataset": (ground.identifier, ground.name),
        "stages": stages(case, held, language),
        "facts": facts(held, ground, language),
        "state": case.state,
        "external": case.track == EXTERNAL,
        "edit": f"/sharing-requests/{case.number}/edit" if "items" in editable else "",
        "problems": _problems(session, case, on, language) if "items" in editable else [],
        "supplement": supplement(session, case),
        "wanted": held.get("purpose_wanted", "") if not held.get("purpose") else "",
        "answers": "agree" in verbs or "answer" in editable,
        "signs": "agree" in verbs,
        "saves": "answer" in editable,
        "rows": _rows(held, answer, ground, language, found),
        "answered": bool(held.get("answer")) and case.state != "filed",
        "masks": [one for one in forms.choices(ground.lists[MASK], language) if one[0] in masks_of([one[0]])],
        "assessment": typed.get("impact_assessment") or held.get("impact_assessment") or {},
        "offered": ground.dataset.get("assessments", {}).get("personal_information", {}),
        "upstream": typed.get("upstream") or held.get("upstream") or _abroad(ground),
        "note": str(said.get("note", "")) if said else "",
        "summary": _summary(held, found, language),
        "wrong": _wrong(found, language),
        "draft": _draft(session, held.get("draft"), on, language),
        "agreement": held.get("agreement", ""),
        "like": held.get("like", ""),
        "grounds": GROUNDS,
    }  # fmt: skip
    made["personal"] = any(row["personal"] for row in made["rows"])
    return made


def supplement(session: Session, case: Case) -> str:
    """What the provider has asked for, once."""
    for entry in service.timeline(session, case.number):
        if entry.verb == "case.supplement-asked":
            return entry.note or ""
    return ""


def answered(case: Case, said: Mapping[str, Any]) -> Document:
    """What the form of an answer says, as parts of the case; what it leaves out is left out."""
    answer = []
    for number, name in enumerate(service.document_of(case).get("items", ())):
        one: Document = {"item": name}
        for key in ("effect", "mask", "conditions", "ground", "reason"):
            value = str(said.get(f"{key}.{number}", "")).strip()
            if value:
                one[key] = value
        for key in _UNFIT.get(one.get("effect", ""), ("mask",)):
            one.pop(key, None)
        if len(one) > 1:
            answer.append(one)
    values: Document = {"answer": answer}
    for name, keys in (("impact_assessment", ("number", "done_on")), ("upstream", _UPSTREAM)):
        given = {key: str(said.get(f"{name}.{key}", "")).strip() for key in keys}
        values[name] = {key: value for key, value in given.items() if value}
    return values


def typed(case: Case, said: Mapping[str, str], parts: Collection[str]) -> Document:
    """What a paper form says of a request: what it leaves empty stays as it was saved."""
    held = service.document_of(case)
    blank = [
        name
        for name in ("impact_assessment", "upstream")
        if name in parts and not any(said.get(key) for key in said if key.startswith(f"{name}."))
    ]
    return {name: held[name] for name in blank if name in held}


def _proposed(held: Document, answer: Sequence[Document], ground: Ground) -> list[Document]:
    """Everything not answered yet as the catalogue itself foresees it."""
    rules = ground.known()
    done = {one["item"]: one for one in answer if one.get("effect")}
    return [done.get(name) or proposed(name, rules) for name in held.get("items", ())]


def _rows(
    held: Document, answer: Sequence[Document], ground: Ground, language: Language, found: Sequence[Violation]
) -> list[dict[str, Any]]:
    """Every field that is asked for, with what the dataset says of it and what is answered."""
    described = {row["name"]: row for row in forms.rows(ground, language)}
    given = {one["item"]: one for one in answer}
    faults = _faults(found, answer, language)
    blank = {
        "about": "",
        "class": "",
        "closed": False,
        "grade": "",
        "sensitive": False,
        "personal": False,
        "mask": "",
    }
    made = []
    for name in held.get("items", ()):
        row = {"name": name} | described.get(name, blank)
        one = given.get(name, {})
        made.append(row | {
            "effect": one.get("effect", ""), "chosen_mask": one.get("mask", ""), "reason": one.get("reason", ""),
            "ground": one.get("ground", ""), "conditions": one.get("conditions", ""),
            "catalogue": ground.label(MASK, row["mask"], language) if row["mask"] else "",
            "mask_label": ground.label(MASK, one.get("mask", ""), language) if one.get("mask") else "",
            "suggested": one.get("mask") or row["mask"], "errors": faults.get(name, []),
        })  # fmt: skip
    return made


def _faults(
    found: Sequence[Violation], answer: Sequence[Document], language: Language
) -> dict[str, list[str]]:
    """What is wrong with each answer, by the field."""
    made: dict[str, list[str]] = {}
    for one in found:
        steps = one.pointer.split("/")[1:]
        if steps[:1] != ["answer"]:
            continue
        number = int(steps[1]) if len(steps) > 1 and steps[1].isdigit() else None
        name = str(answer[number]["item"]) if number is not None and number < len(answer) else str(one.found)
        made.setdefault(name, []).append(forms.described(one, language))
    return made


def _summary(held: Document, found: Sequence[Violation], language: Language) -> list[tuple[str, str]]:
    """Every problem with the control that it belongs to."""
    items = list(held.get("items", ()))
    made = []
    for one in found:
        steps = one.pointer.split("/")[1:]
        target = "items"
        if steps[0] == "answer" and one.found in items:
            target = f"answer-{items.index(one.found)}"
        elif steps[0] in ("impact_assessment", "upstream", "note"):
            target = ".".join(steps)
        made.append((target, forms.described(one, language)))
    return made


def _wrong(found: Sequence[Violation], language: Language) -> dict[str, list[str]]:
    """What is wrong beside the items, by the control."""
    made: dict[str, list[str]] = {}
    for one in found:
        if not one.pointer.startswith("/answer"):
            made.setdefault(one.pointer[1:].replace("/", "."), []).append(forms.described(one, language))
    return made


def _problems(session: Session, case: Case, on: date, language: Language) -> list[str]:
    try:
        found = requests.problems(session, case, on=on)
    except CatalogError:
        return []
    return [forms.described(one, language) for one in found]


def _abroad(ground: Ground) -> Document:
    """What the catalogue knows of the entry on the upper platform."""
    upstream = ground.dataset.get("upstream", {})
    return {"catalogue": upstream["catalogue_id"]} if upstream.get("catalogue_id") else {}


def _draft(session: Session, draft: Document | None, on: date, language: Language) -> dict[str, Any] | None:
    """The agreement in the making, in the words of its lists."""
    if not draft:
        return None
    duties = {one["code"]: called(one, language) for one in known.in_force(session, _DUTY, on)}
    return {
        "name": draft["name"],
        "conditions": draft.get("conditions", ""),
        "obligations": [(duties.get(one["type"], one["type"]), one.get("detail", "")) for one in draft["obligations"]],
        "retention": draft.get("retention_until", ""),
    }  # fmt: skip

"""A case in the words of its page: parts, changes with their fields, verbs with what each will do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session

from catalog.base.i18n import Language, text
from catalog.cases import changes, inputs, proposals, rights, service
from catalog.cases.changes import Asked, plain
from catalog.cases.clockface import face
from catalog.cases.due import EXTERNAL
from catalog.cases.effects import named
from catalog.cases.inbox import Waiting
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.kinds import CASE_TYPES
from catalog.standards.lifecycles import Lifecycle, Part, lifecycle

_SUBJECTS = 20
_GIVEN = {"source", "window"}  # said when the case was opened, by no form of its page


def _said(one: Any, language: Language) -> str:
    return str(one.zh if language == "zh" else one.en)


def line(row: Waiting, departments: Mapping[str, str], language: Language, today: str) -> dict[str, Any]:
    """One row of the inbox."""
    cycle = lifecycle(row.type)
    return {
        "number": row.number, "href": row.href, "title": row.title, "type": _said(cycle, language),
        "state": _said(cycle.states[row.state], language), "due": row.due_on or "", "provisional": row.provisional,
        "late": bool(row.due_on and row.due_on < today), "external": row.track == EXTERNAL,
        "from": departments.get(row.from_department, row.from_department),
        "awaits": awaited(row.awaits_role, row.awaits_department, departments, language), "at": row.changed_at,
    }  # fmt: skip


def awaited(role: str, department: str, departments: Mapping[str, str], language: Language) -> str:
    """Who must act: role and department; the bureau's roles need no department."""
    if not role:
        return ""
    place = departments.get(department, department)
    return (
        text("case.who", language, role=text(f"role.{role}", language), department=place)
        if place
        else text(f"role.{role}", language)
    )


def whole(
    session: Session, case: Case, actor: Actor, language: Language, on: date, asked: Asked = Asked()
) -> dict[str, Any]:
    """Everything that the page of a case shows; ``keys`` are the people that it names, ``listing`` is still to be told."""
    cycle = rights.cycle(case)
    document = service.document_of(case)
    entries = service.timeline(session, case.number)
    remarks = service.comments(session, case.number)
    editable = rights.editable(actor, case)
    found = changes.lately(session, case, on) if case.type == "proposal" else []
    clashing = any(one.clashes and not one.struck for one in found)
    offered = [row for row in rights.offered(actor, case) if row.verb != "reopen" or clashing]
    own = _own(session, case, actor, language, on)
    shows, does = (set(own.get(name, ())) if isinstance(own, dict) else set() for name in ("shows", "does"))
    mended = proposals.since_return(session, case) if case.type == "proposal" else []
    listing = changes.listed(found, mended, remarks, asked, editable, case, language)
    return dict(listing.around) | {
        "listing": listing,
        "number": case.number, "seq": case.seq, "title": case.title, "type": _said(cycle, language),
        "track": cycle.tracks[case.track]["zh" if language == "zh" else "en"],
        "state": _said(cycle.states[case.state], language), "closed": case.closed,
        "from": case.from_department, "to": case.to_department, "role": case.awaits_role,
        "awaits": case.awaits_department, "due": case.due_on, "provisional": case.provisional,
        "late": bool(case.due_on and case.due_on < on.isoformat()), "basis": cycle.basis,
        "term": text(f"case.term-{case.track}", language) if case.type == "proposal" else "",
        "clock": face(session, case, actor, language),
        "parts": [_part(part, document.get(part.name), part.name in editable - _GIVEN, language)
                  for part in cycle.parts.values()
                  if part.name not in {"changes"} | shows and (part.name in document or part.name in editable - _GIVEN)],
        "saves": bool(editable - {"changes"} - shows),
        "verbs": [_verb(row, case, cycle, document, language) for row in offered
                  if row.verb not in does and inputs.typeable(row.takes, cycle, document)],
        "papers": [_verb(row, case, cycle, document, language) for row in rights.by_paper(actor, case)
                   if row not in offered and row.verb != "reopen" and inputs.typeable(row.takes, cycle, document)],
        "next": [(_said(step, language), step.address.format(number=case.number))
                 for step in cycle.states[case.state].next if rights.acts(actor, case, step.side, step.roles)],
        "others": [text("case.by-others", language, name=_said(step, language), role=text(f"role.{step.roles[0]}", language))
                   for step in cycle.states[case.state].next if not rights.acts(actor, case, step.side, step.roles)
                   and actor.department == {"from": case.from_department, "to": case.to_department}.get(step.side)],
        "remarks": [(one.pointer, one.text, one.by, one.at) for one in remarks],
        "timeline": [_entry(entry, cycle, language) for entry in entries],
        "files": [(one.digest, one.name, one.size) for one in service.files(session, case.number)],
        "takes_part": rights.writes(actor) and not case.closed,
        "watching": actor.person in service.watchers(session, case.number),
        "keys": {entry.by for entry in entries} | {one.by for one in remarks},
        "own": own, "led": any(row.verb in does for row in offered), "template": CASE_TYPES[case.type].template,
        "about": (about := service.subjects(session, case.number)[:_SUBJECTS]),
        "titles": {("case", key): other.title for kind, key in about
                   if kind == "case" and (other := session.get(Case, key))},
    }  # fmt: skip


def _own(session: Session, case: Case, actor: Actor, language: Language, on: date) -> Any:
    """What the slice that owns the case type adds to its page: the parts that it ``shows`` itself, the verbs
    that it ``does`` by forms of its own."""
    part = named(CASE_TYPES[case.type].part)
    return part(session, case, actor, language, on) if part else None


def _verb(row: Any, case: Case, cycle: Lifecycle, document: Any, language: Language) -> dict[str, Any]:
    lacks = [one for one in service.missing(case, row) if one.pointer[1:] not in row.takes]
    return {
        "verb": row.verb, "name": _said(row, language),
        "says": row.says_zh if language == "zh" else row.says_en, "reason": row.reason, "basis": row.basis,
        "takes": [
            (control, part in row.requires)
            for part in row.takes
            for control in inputs.inputs(cycle.parts[part], document.get(part), language)
        ],
        "assigns": row.assigns, "side": row.side,
        "lacks": [_said(cycle.parts[one.pointer[1:]], language) for one in lacks],
    }  # fmt: skip


def _part(part: Part, value: Any, editable: bool, language: Language) -> dict[str, Any]:
    return {
        "name": part.name, "label": _said(part, language), "value": plain(inputs.shown(part, value, language)),
        "inputs": inputs.inputs(part, value, language) if editable else [],
        "href": f"/imports/{value}" if part.name == "source" and value else "",
    }  # fmt: skip


def typed(case: Case, said: Mapping[str, str], parts: Collection[str]) -> dict[str, Any]:
    """What a form says of ``parts``, as values of the case document; what it leaves empty is taken out.

    The type's own ``typed`` reads first: what it returns is taken, the rest is read as plain texts.
    """
    cycle = rights.cycle(case)
    own = named(CASE_TYPES[case.type].typed)
    values: dict[str, Any] = own(case, said, parts) if own else {}
    for name in set(parts) - set(values):
        with suppress(KeyError):  # the form does not ask for it
            values[name] = inputs.read(cycle.parts[name], said)
    return values


def _entry(entry: Any, cycle: Lifecycle, language: Language) -> dict[str, Any]:
    past = entry.verb.partition(".")[2]
    row = next((one for one in cycle.rows if one.past == past), None)
    data = orjson.loads(entry.data) if entry.data else {}
    return {
        "seq": entry.seq, "at": entry.at, "by": entry.by, "department": entry.department or "",
        "said": _said(row, language) if row else text(f"case.did-{past}", language),
        "note": entry.note or "", "paper": data.get("paper"), "moves": "to" in data,
        "pointer": data.get("pointer", ""),
    }  # fmt: skip


def drawn(cycle: Lifecycle, language: Language) -> dict[str, Any]:
    """A lifecycle as a table."""
    return {
        "type": cycle.type, "name": _said(cycle, language), "basis": cycle.basis,
        "rows": [
            {
                "name": _said(row, language),
                "from": "、".join(_said(cycle.states[name], language) for name in row.source),
                "to": _said(cycle.states[row.to], language),
                "who": [text(f"role.{role}", language) for role in row.roles],
                "side": cycle.sides[row.side]["zh" if language == "zh" else "en"],
                "tracks": [] if row.tracks == frozenset(cycle.tracks)
                else [cycle.tracks[t]["zh" if language == "zh" else "en"] for t in cycle.tracks if t in row.tracks],
                "says": row.says_zh if language == "zh" else row.says_en, "basis": row.basis,
                "clock": [tick.rule or tick.act for tick in row.clock],
            }
            for row in cycle.rows
        ],
    }  # fmt: skip

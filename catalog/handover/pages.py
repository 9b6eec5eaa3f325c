"""``/handover``: choose who leaves and who takes over each group, see what would happen, then do it in one act."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, NotPermitted, NotSignedIn
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import back_to, render
from catalog.handover import handing
from catalog.handover.handing import OPENS, ROLES, Step
from catalog.handover.holdings import GROUPS, Holding, holdings, person_of
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.identity.models import Account, Person
from catalog.registry.pages_words import kind_name, words
from catalog.runtime import Runtime

Named = list[tuple[str, str, str]]
_MOST = 5000
_TONES = {"conflict": "bad", "vacant": "bad", "left": "wait", "returned": "half"}


async def page(request: Request) -> Response:
    """``/handover?person=PN-…``: what hangs on the person, with a successor to choose for each group."""
    runtime, actor = _opened(request)
    said = request.query_params.get("person", "")
    if not said:
        rows = await asyncio.to_thread(_people, runtime, actor)
        return render(
            request,
            "handover/who.html",
            people=rows,
            trail=_trail(request.state.language, ""),
        )
    return await _shown(request, said, {}, "", None)


async def act(request: Request) -> Response:
    """``POST /handover``: ``act`` is ``preview`` or ``apply``."""
    runtime, actor = _opened(request)
    async with posted(request) as typed:
        said = {name: str(value) for name, value in typed.items()}
    person, number = said.get("person", ""), said.get("number", "").strip()
    to: dict[str, str] = {group: said[group] for group in GROUPS if said.get(group)}
    on = clock.today(runtime.settings.zone)
    asked: dict[str, Any] = {"person": person, "to": to, "by": actor, "on": on, "number": number}
    if said.get("act") == "apply":
        try:
            await asyncio.to_thread(lambda: handing.hand_over(runtime.database, **asked))
        except CatalogError as error:
            return await _shown(request, person, to, number, None, error)
        request.app.state.doorkeeper.forget()
        return back_to(f"/handover?person={person}&done=1")
    steps = await asyncio.to_thread(lambda: handing.preview(runtime.database, **asked))
    return await _shown(request, person, to, number, steps)


async def _shown(
    request: Request,
    said: str,
    to: Mapping[str, str],
    number: str,
    steps: Sequence[Step] | None,
    error: CatalogError | None = None,
) -> Response:
    runtime, actor = _opened(request)
    language: Language = request.state.language
    on = clock.today(runtime.settings.zone)

    def work() -> tuple[str, str, list[Holding], Named, Named]:
        with runtime.database.reading() as session:
            person = person_of(session, said)
            held = holdings(session, person, on)
            handing.require(session, actor, person, held)
            account = session.get(Account, person)
            row = session.get(Person, person)
            places = {one.department for one in held} | {account.department if account else ""}
            near = _successors(session, person, places)
            able = _appointable(session, person) if actor.holds("authority") else near
            return person, (row.name if row else "") or "", held, near, able

    person, name, held, successors, appointable = await asyncio.to_thread(work)
    departments = await (await words(runtime.reads)).departments()
    by_key = {step.holding: step for step in steps or ()}
    names = {key: one for key, one, _ in [*successors, *appointable]}
    return render(
        request,
        "handover/handover.html",
        person=person,
        name=name or text("facts.forgotten", language),
        groups=[
            {
                "name": group,
                "mine": any(handing.may(actor, one) for one in rows),
                "who": [text(f"role.{role}", language) for role in ROLES[group]],
                "chosen": to.get(group, ""),
                "rows": [_line(one, by_key.get(one), actor, departments, names, language) for one in rows],
            }
            for group in GROUPS
            if (rows := [one for one in held if one.group == group])
        ],
        successors=[(key, one, departments.get(place, place)) for key, one, place in successors],
        appointable=[(key, one, departments.get(place, place)) for key, one, place in appointable],
        number=number,
        previewed=steps is not None,
        blocked=any(step.outcome == "conflict" for step in steps or ()),
        refused=_refusal(error, language),
        done="done" in request.query_params,
        trail=_trail(language, name),
    )


def _line(
    one: Holding, step: Step | None, actor: Actor, departments: Mapping[str, str], names: Mapping[str, str],
    language: Language,
) -> dict[str, Any]:  # fmt: skip
    mine = handing.may(actor, one)
    kind = text(f"role.{one.kind}", language) if one.group in ("roles", "cases") else ""
    if one.group in ("contacts", "drafts"):
        kind = kind_name(one.kind, language)
    waiting = text("handover.waiting", language, n=one.waiting) if one.waiting else ""
    named = kind if one.group == "roles" else one.name
    line = {
        "name": named if mine or one.group in ("roles", "posts") else text("handover.hidden", language),
        "kind": kind if one.group != "roles" else waiting,
        "href": one.href if mine else "",
        "department": departments.get(one.department, one.department),
        "outcome": "",
    }
    if step:
        line |= {
            "outcome": text(f"handover.does-{step.outcome}", language, name=names.get(step.successor, "")),
            "tone": _TONES.get(step.outcome, "full"),
            "why": _refusal(step.error, language),
        }
    return line


def _refusal(error: CatalogError | None, language: Language) -> str:
    if error is None:
        return ""
    found = getattr(error, "violations", None)
    if found:
        return " ".join(describe(one)[language] for one in found[:3])
    return explain(error, language)[1]


def _successors(session: Session, person: str, places: set[str | None]) -> Named:
    """Colleagues with an open account, those of the departments concerned; all where there is none."""
    rows = session.execute(
        select(Account.person, Person.name, Account.department)
        .join(Person, col(Person.person) == col(Account.person))
        .where(col(Account.disabled).is_(False), col(Account.system).is_(None), Account.person != person)
        .order_by(col(Account.department), col(Person.name))
    ).all()
    found = [(key, str(name or ""), str(place or "")) for key, name, place in rows]
    near = [one for one in found if one[2] in {place for place in places if place}]
    return near or found


def _appointable(session: Session, person: str) -> Named:
    """Everybody whose name is kept: a post and a contact need no account."""
    rows = session.execute(
        select(Person.person, Person.name).where(col(Person.name).is_not(None), Person.person != person)
        .order_by(col(Person.name)).limit(_MOST)
    )  # fmt: skip
    return [(key, str(name), "") for key, name in rows]


def _people(runtime: Runtime, actor: Actor) -> Named:
    """Whom the actor may hand over: everybody with an account, or those of the own departments."""
    with runtime.database.reading() as session:
        rows = _successors(session, "", set())
    if actor.holds("authority") or actor.holds("security_admin"):
        return rows
    return [one for one in rows if actor.may("department_head", one[2])]


def _opened(request: Request) -> tuple[Runtime, Actor]:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    if actor.system is not None or not any(actor.holds(role) for role in OPENS):
        raise NotPermitted("role-needed", roles=list(OPENS))
    runtime: Runtime = request.app.state.runtime
    return runtime, actor


def _trail(language: Language, name: str) -> list[tuple[str, str]]:
    steps = [(text("room.organisation", language), "/organisation")]
    title = text("handover.title", language)
    return [*steps, (title, "/handover"), (name, "")] if name else [*steps, (title, "")]


ROUTES = [Route("/handover", page), Route("/handover", act, methods=["POST"])]

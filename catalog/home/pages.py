"""The first page: what needs attention, what waits for this reader, what the register holds, what changed last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.home import calendar, cases, leaders, next_steps
from catalog.home.overview import Overview, overview
from catalog.identity.actors import Actor
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, KINDS
from catalog.registry.pages import verb_name
from catalog.registry.pages_facts import Value
from catalog.registry.pages_kept import kept
from catalog.registry.pages_words import kind_name, kinds_name, words
from catalog.runtime import Runtime

_LATEST = 8
_LEADING = ("authority", "cdo", "department_head", "auditor")
_ACTS: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    ("data_officer", (("register", "/datasets/new"), ("import", "/imports"), ("template", "/datasets/template.xlsx"))),
    ("standards_editor", (("element", "/data-elements/new"), ("check", "/data-elements/check"), ("import", "/imports"))),
    ("authority", (("appoint", "/appointments/new"), ("duty", "/duties/new"), ("import", "/imports"))),
)  # fmt: skip


async def home(request: Request) -> Response:
    """``/``, in what this reader may see."""
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    actor: Actor = request.state.actor
    seen = sight(actor, runtime.settings)
    known = await words(runtime.reads)
    names = await known.departments()
    held = await overview(runtime, known.seq)
    return render(
        request,
        "home/home.html",
        attend=[
            *await calendar.unannounced(runtime, actor, language, clock.today(runtime.settings.zone)),
            *leaders.sentences(held, seen, names, language),
        ],
        leading=not actor.signed_in or any(actor.holds(role) for role in _LEADING),
        desk=await _desk(runtime, actor, held, names, language) if actor.signed_in else None,
        acts=_acts(actor),
        stock=_stock(held.counts, held.changed, seen, language),
        topics=held.topics if "topic" in seen.kinds else [],
        without_cdo=[
            Value("ref", text=names.get(one, one), href=f"/departments/{one}") for one in held.without_cdo
        ]
        if {"appointment", "department"} <= seen.kinds
        else [],
        latest=[_latest(row, language) for row in held.latest if row[4] in seen.kinds][:_LATEST],
    )


async def _desk(
    runtime: Runtime, actor: Actor, held: Overview, names: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """What the signed-in reader's department holds, what waits for her, what she does next."""
    mine = next_steps.departments_of(actor)
    works = [await next_steps.work(runtime, one, held) for one in mine]
    waits = await next_steps.desks(runtime, actor)
    handed = [one for one in waits if one.state == "submitted"]
    people = await runtime.reads.people(sorted({one.by for one in handed}))
    own = works[0].held if actor.department else {}
    return {
        "department": names.get(actor.department or "", actor.department or ""),
        "href": f"/departments/{actor.department}",
        "holds": [
            row | {"href": f"{row['href']}?department={actor.department}"}
            for row in _stock(own, {}, Sight(frozenset(own), frozenset()), language)
        ],
        "approve": [
            next_steps.Line(
                one.title, one.href,
                text("home.from", language, name=_who(one, people, names), day=one.at[:10]),
            )
            for one in handed
        ],
        "steps": [
            *await cases.waiting(runtime, actor, language),
            *next_steps.steps(held, works, mine, waits, actor, language),
            *_to_review(actor, held, language),
        ],
    }  # fmt: skip


def _who(one: next_steps.Waits, people: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = (people.get(one.by) or ("",))[0] or ""
    where = names.get(one.department, one.department)
    return f"{name}（{where}）" if name else where


def _to_review(actor: Actor, held: Overview, language: Language) -> list[next_steps.Step]:
    """For the standards staff: the elements and code lists that wait for the next status."""
    wanted = [
        status
        for role, status in (("standards_editor", "recorded"), ("standards_approver", "qualified"))
        if actor.holds(role)
    ]
    lines = [
        next_steps.Line(
            f"{kinds_name(kind, language)} · {text(f'status.{status}', language)}",
            f"/{BY_NAME[kind].plural}?status={status}",
            f"{held.counts[kind][status]:,}",
        )
        for status in wanted
        for kind in ("data-element", "code-list")
        if held.counts.get(kind, {}).get(status)
    ]
    return [next_steps.Step("elements", "new", lines)] if lines else []


def _acts(actor: Actor) -> list[tuple[str, str]]:
    """Name and address of what this reader does most; the first is the main one."""
    if not actor.signed_in or not actor.allows("write") or actor.system is not None:
        return []
    found = [act for role, acts in _ACTS if actor.holds(role) for act in acts]
    return list(dict.fromkeys(found))[:4]


def _stock(
    counts: Mapping[str, Mapping[str, int]], changed: Mapping[str, int], seen: Sight, language: Language
) -> list[dict[str, Any]]:
    return [
        {
            "label": kinds_name(kind.name, language),
            "href": f"/{kind.plural}",
            "total": sum(counts.get(kind.name, {}).values()),
            "changed": changed.get(kind.name, 0),
            "statuses": [
                (status, counts[kind.name][status])
                for status in kind.statuses
                if counts.get(kind.name, {}).get(status)
            ],
        }
        for kind in KINDS
        if kind.name in seen.kinds
    ]


def _latest(row: Sequence[Any], language: Language) -> dict[str, str]:
    _, at, _, verb, kind, identifier, name = row
    return {
        "at": at,
        "verb": verb_name(verb, language),
        "kind": kind_name(kind, language),
        "href": f"/{BY_NAME[kind].plural}/{identifier}",
        "name": name,
    }


ROUTES = [Route("/", kept(home))]

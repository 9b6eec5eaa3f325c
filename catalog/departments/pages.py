"""A department's page: who answers, what it holds, what it owes, what it shares, then every registered fact."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.departments.holdings import Agreement, Holdings, holdings
from catalog.registry import access
from catalog.registry.pages_facts import facts
from catalog.registry.pages_kept import kept
from catalog.registry.pages_record import Opened, opened
from catalog.registry.pages_words import kinds_name
from catalog.registry.reads import Row
from catalog.standards.completeness import Completeness

_NAMED = 3  # missing things that are named
_SHOWN = 12  # rows of one part; its heading opens all
_ROLES = "CL0111"
_TIERS = ("district_cdo", "district_cdo_exec", "dept_cdo", "sharing_office_head", "data_steward")
_MINE = ("data_officer", "department_head", "sharing_officer", "authority")


async def department(request: Request) -> Response:
    """``/departments/DP0011``, in what this reader may see."""
    found = await opened(request, "departments")
    today = clock.today(found.runtime.settings.zone)
    has = await holdings(found.runtime.reads, found.row.identifier, found.sight.kinds, on=today)
    names = await found.words.departments()
    lookup = await found.lookup()
    actor = request.state.actor
    member = any(actor.may(role, found.row.identifier) for role in _MINE) and (
        actor.department == found.row.identifier
    )
    return await found.page(
        "organisation/department.html",
        "facts",
        posts=await _posts(found, has, today),
        without_cdo=not any(row.document.get("role") in _TIERS[:3] for row in has.appointments),
        has=has,
        shown=_SHOWN,
        statuses=sorted(Counter(row.status for row in has.datasets).items()),
        provides=[_agreement(one, names) for one in has.provides],
        receives=[_agreement(one, names) for one in has.receives],
        led=[
            (kinds_name(kind, found.language), found.kind.name, kind, n) for kind, n in has.led.items() if n
        ],
        lacks={row.identifier: _lacking(one, found.language) for row, one in has.incomplete},
        next=_next(has, today) if member else [],
        groups=facts(found.document, found.annotations, found.language, lookup),
        former=found.document.get("former_names", ()),
        contact=found.document.get("contact_post", ""),
        credit_code=found.document.get("credit_code", ""),
    )


async def _posts(found: Opened, has: Holdings, today: date) -> list[dict[str, Any]]:
    """The department's posts from the top down; who holds them only for signed-in readers."""
    roles = await found.words.codes(((_ROLES, role) for role in _TIERS), found.language)
    people: dict[str, Any] = {}
    known = access.signed_in(found.request.state.actor)
    if known:
        keys = {str(row.document["person"]) for row in has.appointments if row.document.get("person")}
        people = await found.runtime.reads.people(sorted(keys))
    order = {role: place for place, role in enumerate(_TIERS)}
    made = []
    for row in sorted(has.appointments, key=lambda row: order.get(row.document.get("role", ""), 9)):
        document = row.document
        role, person = document.get("role", ""), document.get("person", "")
        until = document.get("term", {}).get("until", "") if person else ""
        holder = (people.get(person) or ("",))[0] or text("facts.forgotten", found.language)
        made.append(
            {
                "href": f"/appointments/{row.identifier}",
                "role": roles.get((_ROLES, role), role),
                "title": document.get("post", ""),
                "vacant": not person,
                "holder": holder if known else text("organisation.taken", found.language),
                "document": document.get("document_number", ""),
                "until": until,
                "left": (date.fromisoformat(until) - today).days if until else None,
            }
        )
    return made


def _agreement(one: Agreement, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": one.row.name,
        "href": f"/sharing-agreements/{one.row.identifier}",
        "status": one.row.status,
        "other": names.get(one.other, one.other),
        "other_href": f"/departments/{one.other}",
        "until": one.until,
        "left": one.left,
        "soon": one.soon,
    }


def _lacking(has: Completeness, language: Language) -> str:
    """The first things that are missing, by their labels."""
    labels = list(dict.fromkeys(gap.field.label(language) for gap in has.missing))
    shown = ("、" if language == "zh" else ", ").join(labels[:_NAMED])
    return f"{has.percent}% · {shown}{' …' if len(labels) > _NAMED else ''}"


def _next(has: Holdings, today: date) -> list[tuple[str, str, int, str]]:
    """What a member of the department does next: (shape, message, number, where)."""
    soon = today.toordinal() + 60
    ending = sum(
        1
        for row in has.appointments
        if row.document.get("person")
        and row.document.get("term", {}).get("until")
        and date.fromisoformat(row.document["term"]["until"]).toordinal() <= soon
    )
    vacant = sum(1 for row in has.appointments if not row.document.get("person"))
    tasks = [
        ("bad", "department.next-late", len(has.late), "#late"),
        ("bad", "department.next-vacant", vacant, "#who"),
        ("bad", "department.next-owed", len(has.owed), "#owed"),
        ("wait", "department.next-incomplete", len(has.incomplete), "#incomplete"),
        ("wait", "department.next-expiring", _expiring(has), "#shares"),
        ("wait", "department.next-ending", ending, "#who"),
    ]
    return [task for task in tasks if task[2]]


def _expiring(has: Holdings) -> int:
    found: list[Row] = [one.row for one in [*has.provides, *has.receives] if one.soon]
    return len(found)


ROUTES = [Route("/departments/{identifier}", kept(department))]

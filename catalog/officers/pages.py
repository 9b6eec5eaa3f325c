"""The organisation of chief data officers as a page: a tree that prints on one A3, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.identity.sight import sight
from catalog.officers.organisation import STATES, Cell, Organisation, Post, organisation
from catalog.officers.rules import TIERS
from catalog.registry import access
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_words import words
from catalog.runtime import Runtime

_ALL = 20_000
_ROLES = "CL0111"
_COLUMNS = ("tier", "department", "post", "holder", "document", "term", "state", "training")


async def page(request: Request) -> Response:
    """``/organisation``: the tree, then its posts as a table that the address filters."""
    shown = await _read(request)
    query = request.query_params
    rows = shown.chosen(query.get("tier", ""), query.get("department", ""), query.get("state", ""))
    found = shown.found
    counts = found.counts()
    cells = [*found.departments, *found.towns]
    missing = [shown.names.get(c.department, c.department) for c in cells if c.without_cdo]
    return render(
        request,
        "organisation/organisation.html",
        day=shown.day,
        total=len(found.posts),
        counts=counts,
        missing=missing,
        leaders=[shown.post(post) for post in found.leaders],
        groups=[
            (name, [shown.cell(cell) for cell in part])
            for name, part in (("departments", found.departments), ("towns", found.towns))
            if part
        ],
        rows=[shown.post(post) for post in rows],
        tiers=[(role, shown.roles.get(role, role)) for role in TIERS],
        departments=[(c.department, shown.names.get(c.department, c.department)) for c in cells],
        states=STATES,
        chosen={name: query.get(name, "") for name in ("tier", "department", "state")},
        named=shown.people is not None,
    )


async def export(request: Request) -> Response:
    """The rows of the table, as a file."""
    shown = await _read(request)
    query = request.query_params
    rows = shown.chosen(query.get("tier", ""), query.get("department", ""), query.get("state", ""))
    heads = [text(f"organisation.{name}", shown.language) for name in _COLUMNS]
    return csv_answer("organisation", heads, (shown.line(post) for post in rows))


class _Shown:
    """The organisation with its words, for one reader."""

    def __init__(
        self,
        found: Organisation,
        names: Mapping[str, str],
        roles: Mapping[str, str],
        people: Mapping[str, str] | None,
        language: Language,
        day: str,
    ) -> None:
        self.found = found
        self.names = names
        self.roles = roles
        self.people = people
        self.language = language
        self.day = day

    def chosen(self, role: str, department: str, state: str) -> list[Post]:
        """The posts that a filter leaves; what makes no sense leaves them all."""
        return [
            post
            for post in self.found.posts
            if (role not in TIERS or post.role == role)
            and (not department or post.department == department)
            and (state not in STATES or post.shows(state))
        ]

    def cell(self, cell: Cell) -> dict[str, Any]:
        """A department in the tree."""
        return {
            "name": self.names.get(cell.department, cell.department),
            "href": f"/departments/{cell.department}",
            "without_cdo": cell.without_cdo,
            "posts": [self.post(post) for post in cell.posts],
        }

    def post(self, post: Post) -> dict[str, Any]:
        """A post in the tree and in the table."""
        return {
            "href": f"/appointments/{post.identifier}",
            "role": self.roles.get(post.role, post.role),
            "short": text(f"organisation.short-{post.role}", self.language),
            "department": self.names.get(post.department, post.department),
            "department_href": f"/departments/{post.department}",
            "title": post.title,
            "holder": self.holder(post),
            "state": post.state,
            "document": post.document_number,
            "until": post.until,
            "left": post.left,
            "over": -post.left if post.left is not None else 0,
            "others": post.others,
            "lacks": post.lacks,
        }

    def holder(self, post: Post) -> str:
        """Who holds the post, for readers who may know; a word for the post where nobody does."""
        if not post.person:
            return text("facts.vacant", self.language)
        if self.people is None:
            return text("organisation.taken", self.language)
        return self.people.get(post.person) or text("facts.forgotten", self.language)

    def line(self, post: Post) -> Sequence[str]:
        """A row of the file."""
        joined = "、" if self.language == "zh" else "; "
        return (
            self.roles.get(post.role, post.role),
            self.names.get(post.department, post.department),
            post.title,
            self.holder(post),
            post.document_number,
            post.until,
            text(f"organisation.state-{post.state}", self.language),
            joined.join(post.lacks),
        )


async def _read(request: Request) -> _Shown:
    runtime: Runtime = request.app.state.runtime
    actor, language = request.state.actor, request.state.language
    seen = sight(actor, runtime.settings)
    for kind in ("appointment", "department"):
        access.require(actor, seen, kind)
    reads = runtime.reads
    appointments = await reads.listed("appointment", status=["current"], limit=_ALL)
    trainings = await reads.listed("training", status=["held"], limit=_ALL)
    departments = await reads.listed("department", status=["active"], limit=_ALL)
    today = clock.today(runtime.settings.zone)
    found = organisation(
        (row.document for row in appointments),
        (row.document for row in trainings),
        {row.identifier: row.document for row in departments},
        on=today,
    )
    known = await words(reads)
    roles = await known.codes(((_ROLES, role) for role in TIERS), language)
    people: dict[str, str] | None = None
    if access.signed_in(actor):
        keys = sorted({post.person for post in found.posts if post.person})
        people = {key: name for key, (name, _, _) in (await reads.people(keys)).items() if name}
    return _Shown(
        found,
        await known.departments(),
        {code: label for (_, code), label in roles.items()},
        people,
        language,
        today.isoformat(),
    )


ROUTES = [Route("/organisation", page), Route("/organisation/export.csv", export)]

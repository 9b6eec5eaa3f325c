"""The list of drafts, and the address where a form saves itself."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catalog.base.errors import NotFound, NotSignedIn
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.forms import reading, service, sheets
from catalog.forms.pages_edit import keep
from catalog.forms.sheets import Sheet
from catalog.identity.forms import posted
from catalog.kinds import BY_NAME, KINDS
from catalog.registry.offered import on_list
from catalog.registry.pages_words import kind_name, words
from catalog.runtime import Runtime


async def drafts(request: Request) -> Response:
    """What the reader and the colleagues of the department are writing, the latest first."""
    runtime: Runtime = request.app.state.runtime
    actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    language: Language = request.state.language

    def work() -> list[dict[str, Any]]:
        with runtime.database.reading() as session:
            return [
                {
                    "href": f"/drafts/{one.id}",
                    "title": one.title or text("draft.untitled", language),
                    "kind": kind_name(one.kind, language),
                    "identifier": one.identifier or "",
                    "department": one.department,
                    "by": one.edited_by,
                    "own": actor.person in (one.by, one.edited_by),
                    "at": one.changed_at,
                    "state": one.state,
                    "note": one.note or "",
                }
                for one in service.listed(session, actor)
            ]

    rows = await asyncio.to_thread(work)
    departments = await (await words(runtime.reads)).departments()
    people = await runtime.reads.people(sorted({row["by"] for row in rows if row["by"].startswith("PN-")}))
    for row in rows:
        row["department"] = departments.get(row["department"], row["department"])
        row["by"] = (people.get(row["by"]) or ("",))[0] or ""
    began = [
        (kind_name(kind.name, language), one.href)
        for kind in KINDS
        for one in on_list(actor, kind, request.app.state.runtime.settings.desk)
    ]
    return render(
        request, "forms/drafts.html", rows=rows, began=began, trail=[(text("draft.title", language), "")]
    )


async def save(request: Request) -> Response:
    """``POST /drafts?kind=…&identifier=…``: keep a form as it is; JSON with the draft's ``id`` and ``mark``.

    The form's ``_draft`` and ``_mark`` say which draft and as of when; both are empty the first time. 409
    where somebody else saved it meanwhile.
    """
    async with posted(request, max_fields=100_000) as form:
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    kind = BY_NAME.get(request.query_params.get("kind", ""))
    if kind is None:
        raise NotFound(kind="kind", identifier=request.query_params.get("kind", ""))
    request.path_params["plural"] = kind.plural
    request.path_params["identifier"] = request.query_params.get("identifier", "")
    held = next((value for name, value in pairs if name == "_draft" and value), "")
    request.path_params["draft"] = held
    sheet = await _sheet(request, held)
    typed = reading.typed(pairs, sheet.annotations, sheet.document)

    def work() -> Any:
        with sheet.runtime.database.reading() as session:
            reading.resolve(session, sheet.kind, typed.document, sheet.annotations)
        return keep(sheet, typed)

    made = await asyncio.to_thread(work)
    said = text("draft.kept", sheet.language)
    body = {"id": made.id, "href": f"/drafts/{made.id}", "mark": made.changed_at, "said": said}
    return JSONResponse(body)


async def _sheet(request: Request, held: str) -> Sheet:
    if held:
        return await sheets.draft(request)
    return await (sheets.record(request) if request.path_params["identifier"] else sheets.new(request))

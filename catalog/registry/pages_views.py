"""``/views``: saved views. Saved from a list or a search, renamed, shared and deleted here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.i18n import Language, text
from catalog.base.pages import back_to, render
from catalog.identity.forms import posted
from catalog.kinds import BY_PLURAL
from catalog.registry import access, views
from catalog.registry.pages_words import kinds_name, words
from catalog.runtime import Runtime


async def listed(request: Request) -> Response:
    """Everything that the actor has saved, and what the department shares."""
    runtime: Runtime = request.app.state.runtime
    actor, language = request.state.actor, request.state.language
    access.require_signed_in(actor)
    found = await views.visible(runtime.reads, actor)
    departments = await (await words(runtime.reads)).departments()
    mine = [view for view in found if view.person == actor.person]
    return render(
        request,
        "register/views.html",
        mine=[_shown(view, language) for view in mine],
        others=[_shown(view, language) for view in found if view.person != actor.person],
        department=departments.get(actor.department or "", ""),
        longest=views.LONGEST_NAME,
    )


async def save(request: Request) -> Response:
    """Keep the address of a list or a search under a name, and go back to it."""
    async with posted(request) as typed:
        name, address = str(typed.get("name", "")), str(typed.get("address", ""))
        shared = typed.get("shared") == "1"
        await _write(
            request,
            lambda session: views.save(
                session, name=name, address=address, shared=shared, by=request.state.actor
            ),
        )
    return back_to(address)


async def change(request: Request) -> Response:
    """Rename a view, share it, share it no longer."""
    async with posted(request) as typed:
        name, shared = str(typed.get("name", "")), typed.get("shared") == "1"
        id_ = request.path_params["id"]
        await _write(
            request,
            lambda session: views.change(session, id_, name=name, shared=shared, by=request.state.actor),
        )
    return back_to("/views")


async def remove(request: Request) -> Response:
    """Delete a view."""
    async with posted(request):
        id_ = request.path_params["id"]
        await _write(request, lambda session: views.remove(session, id_, by=request.state.actor))
    return back_to("/views")


async def _write(request: Request, work: Callable[[Session], Any]) -> None:
    runtime: Runtime = request.app.state.runtime

    def write() -> None:
        with runtime.database.writing() as session:
            work(session)

    await asyncio.to_thread(write)


def _shown(view: views.SavedView, language: Language) -> dict[str, Any]:
    path = views.path_of(view.address)
    kind = BY_PLURAL.get(path.removeprefix("/"))
    return {
        "id": view.id,
        "name": view.name,
        "href": view.address,
        "of": kinds_name(kind.name, language) if kind else text("search.title", language),
        "shared": view.shared_with is not None,
        "saved_at": view.saved_at,
    }


ROUTES = [
    Route("/views", listed, methods=["GET"]),
    Route("/views", save, methods=["POST"]),
    Route("/views/{id}", change, methods=["POST"]),
    Route("/views/{id}/delete", remove, methods=["POST"]),
]

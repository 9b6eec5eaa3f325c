"""The forms with which a correction is filed and a dispute is opened."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import NotFound, NotSignedIn
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.cases import asking
from catalog.cases.asking import Papers, Typed
from catalog.cases.models import Case
from catalog.corrections import corrections, disputes
from catalog.identity.actors import Actor
from catalog.identity.sight import sight
from catalog.registry import access
from catalog.registry.pages_words import words
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

_MOST = 200


async def correction(request: Request) -> Response:
    """``/corrections/new?dataset=DS…&field=…&agreement=AG…``."""
    return await _correction(request, dict(request.query_params), [], 200)


async def file_correction(request: Request) -> Response:
    """``POST /corrections/new``: file it, and go to the case."""
    runtime: Runtime = request.app.state.runtime

    def opened(session: Session, actor: Actor, said: Typed, papers: Papers, on: date) -> Case:
        count = said.get("count", "")
        sample = {
            "count": int(count) if count.isascii() and count.isdigit() else None,
            "reference": said.get("reference") or None,
        }
        values: dict[str, Any] = {name: said.get(name, "") for name in corrections.ASKED if name != "sample"}
        values["sample"] = {name: one for name, one in sample.items() if one}
        return corrections.open_correction(
            session, by=actor, dataset=said.get("dataset", ""), values=values, on=on, database=runtime.database,
            papers=papers,
        )  # fmt: skip

    return await asking.post(request, _correction, opened)


async def _correction(request: Request, said: Typed, problems: list[str], status: int) -> Response:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    if not actor.signed_in:
        raise NotSignedIn()
    access.require(actor, sight(actor, runtime.settings), "dataset")
    dataset = said.get("dataset", "")
    row = await runtime.reads.record("dataset", dataset)
    if row is None:
        raise NotFound(kind="dataset", identifier=dataset)
    held = await runtime.reads.listed("sharing-agreement", department=[row.department], limit=_MOST)
    options = lifecycle(corrections.TYPE).parts["wrong"].options
    departments = await (await words(runtime.reads)).departments()
    return render(
        request,
        "corrections/correction.html",
        status=status,
        dataset=row,
        provider=departments.get(row.department, row.department),
        fields=[str(one.get("name", "")) for one in row.document.get("fields", ())],
        agreements=[
            (one.identifier, one.name)
            for one in held
            if one.document.get("dataset") == dataset and one.document.get("consumer") == actor.department
        ],
        kinds=[
            (name, option["zh" if language == "zh" else "en"])
            for name, option in options.items()
        ],
        said=said,
        problems=problems,
        trail=[
            (text("kinds.datasets", language), "/datasets"),
            (row.name, f"/datasets/{dataset}"),
            (text("correction.title", language), ""),
        ],
    )  # fmt: skip


async def dispute(request: Request) -> Response:
    """``/disputes/new?case=SR…``."""
    return await _dispute(request, {"matter": request.query_params.get("case", "")}, [], 200)


async def open_dispute(request: Request) -> Response:
    """``POST /disputes/new``: open it, and go to the case."""
    runtime: Runtime = request.app.state.runtime

    def opened(session: Session, actor: Actor, said: Typed, papers: Papers, on: date) -> Case:
        return disputes.open_dispute(
            session, by=actor, matter=said.get("matter", ""), claim=said.get("claim", ""), on=on,
            database=runtime.database, cross=said.get("cross") == "yes",
        )  # fmt: skip

    return await asking.post(request, _dispute, opened)


async def _dispute(request: Request, said: Typed, problems: list[str], status: int) -> Response:
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language

    def work() -> tuple[str, str, str, str]:
        with runtime.database.reading() as session:
            found = disputes.matter_of(session, said.get("matter", ""), by=request.state.actor)
            return found.case.number, found.case.title, found.other, found.track

    number, title, other, track = await asyncio.to_thread(work)
    departments = await (await words(runtime.reads)).departments()
    return render(
        request,
        "corrections/dispute.html",
        status=status,
        matter=(number, title),
        other=departments.get(other, other) or text("dispute.outside", language),
        outside=track == "cross",
        said=said,
        problems=problems,
        trail=[(title, f"/cases/{number}"), (text("dispute.title", language), "")],
    )


ROUTES = [
    Route("/corrections/new", correction),
    Route("/corrections/new", file_correction, methods=["POST"]),
    Route("/disputes/new", dispute),
    Route("/disputes/new", open_dispute, methods=["POST"]),
]

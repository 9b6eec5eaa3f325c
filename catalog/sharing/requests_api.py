"""Opening a sharing request for programs; everything after goes through the verbs of the case."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.cases import opening
from catalog.sharing import requests
from catalog.standards.lifecycles import lifecycle

_BESIDE = ("dataset", "department", "like")


async def ask(request: Request) -> Response:
    """``POST /api/v1/cases/sharing-requests``: a request in draft; incomplete is fine."""
    known = {*_BESIDE, *requests.ASKED}
    body = await opening.asked(request, known, needed=("dataset",), texts=("department", "like"))
    values = {part: value for part, value in body.items() if part not in _BESIDE}
    return await opening.opened(
        request,
        lambda session, on: requests.open_request(
            session, by=request.state.actor, dataset=body["dataset"], values=values,
            department=body["department"] or None, like=body["like"] or None, on=on,
        ),
    )  # fmt: skip


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI; the parts are those of the lifecycle."""
    parts = lifecycle(requests.TYPE).parts
    text = {"type": "string"}
    beside = {
        "dataset": text | {"description": "identifier of a published dataset"},
        "department": text | {"description": "who asks; without it, one's own department"},
        "like": text | {"description": "agreement that fills what is left out"},
    }
    asked = {name: dict(parts[name].schema) | {"title": parts[name].en} for name in requests.ASKED}
    return opening.described(
        "/api/v1/cases/sharing-requests", "open_sharing_request",
        "ask for fields of a dataset; the case is in draft, incomplete is fine", beside | asked, ("dataset",),
    )  # fmt: skip


ROUTES = [Route("/api/v1/cases/sharing-requests", ask, methods=["POST"])]

"""Tokens over the API: made with login and password, shown once, listed and revoked by their owner."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, Violation
from catalog.base.web import dumps, json_body
from catalog.identity import sessions, tokens

_JSON = "application/json"
_WORDS = ("login", "password", "code", "name", "scope", "days", "department")


async def issue(request: Request) -> Response:
    """Make a token with login and password: 201 with the secret, which is never shown again."""
    body = await json_body(request)
    asked = _checked(body)
    runtime = request.app.state.runtime
    keeper = request.app.state.doorkeeper

    def work() -> tokens.Issued:
        on = clock.today(runtime.settings.zone)
        opened = sessions.open(
            runtime.database, login=asked["login"], password=asked["password"], on=on, hours=1,
            code=asked.get("code"), client=request.client.host if request.client else None,
        )  # fmt: skip
        held = keeper.by_cookie(opened.cookie)
        if held is None:
            raise NotSignedIn("sign-in-failed")
        by = held.actor.through("api")
        with runtime.database.writing() as session:
            issued = tokens.issue(
                session, login=asked["login"], name=asked["name"], scope=frozenset(asked["scope"]),
                days=asked["days"], department=asked.get("department"), by=by, on=on,
            )  # fmt: skip
            sessions.close(session, cookie=opened.cookie, by=by)
        keeper.forget()
        return issued

    issued = await asyncio.to_thread(work)
    answer = {"key": issued.key, "token": issued.secret, "expires_at": issued.expires_at}
    return Response(dumps(answer), status_code=201, media_type=_JSON, headers={"cache-control": "no-store"})


def _checked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "not-an-object", found=type(body).__name__)])
    asked: dict[str, Any] = {"name": "api", "scope": ["read"], "days": 30} | body
    wrong = [
        Violation(f"/{key}", "unknown-property", found=key, expected=list(_WORDS))
        for key in body
        if key not in _WORDS
    ]
    wrong += [
        Violation(f"/{key}", "required", expected=key) for key in ("login", "password") if key not in body
    ]
    types = {
        "login": str,
        "password": str,
        "code": str,
        "name": str,
        "scope": list,
        "days": int,
        "department": str,
    }
    wrong += [
        Violation(f"/{key}", "type", found=type(asked[key]).__name__, expected=kind.__name__)
        for key, kind in types.items()
        if key in asked and type(asked[key]) is not kind
    ]
    if not wrong and not all(isinstance(word, str) for word in asked["scope"]):
        wrong.append(Violation("/scope", "type", found="?", expected="string"))
    if wrong:
        raise InvalidDocument(wrong)
    return asked


async def listed(request: Request) -> Response:
    """The reader's own tokens, without their secrets."""
    actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    runtime = request.app.state.runtime

    def work() -> list[dict[str, Any]]:
        with runtime.database.reading() as session:
            rows = tokens.listed(session, login=actor.login)
            return [token.model_dump(exclude={"hash", "person"}) for token, _ in rows]

    return Response(dumps({"items": await asyncio.to_thread(work)}), media_type=_JSON)


async def revoke(request: Request) -> Response:
    """End a token; only its owner may here."""
    actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    if not actor.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    runtime = request.app.state.runtime

    def work() -> None:
        with runtime.database.writing() as session:
            tokens.revoke(session, key=request.path_params["key"], by=actor)
        request.app.state.doorkeeper.forget()

    await asyncio.to_thread(work)
    return Response(status_code=204)


ROUTES: list[BaseRoute] = [
    Route("/api/v1/tokens", issue, methods=["POST"]),
    Route("/api/v1/tokens", listed, methods=["GET"]),
    Route("/api/v1/tokens/{key}", revoke, methods=["DELETE"]),
]

"""Who sends a request: a bearer token, a browser's cookie, or nobody that we know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie

from starlette.types import Scope

from catalog.base.errors import NotSignedIn
from catalog.identity.actors import ANONYMOUS, Actor
from catalog.identity.doorkeeper import Doorkeeper

COOKIE = "catalog_session"


def identify(doorkeeper: Doorkeeper) -> Callable[[Scope, dict[bytes, bytes]], Awaitable[Actor]]:
    """The function that the frame asks for every request; it also leaves the session in the state."""

    async def asked(scope: Scope, headers: dict[bytes, bytes]) -> Actor:
        authorization = headers.get(b"authorization")
        cookie = headers.get(b"cookie", b"")
        if authorization is None and COOKIE.encode() not in cookie:
            return ANONYMOUS
        client = scope["client"][0] if scope.get("client") else None
        request_id = scope["state"]["request_id"]
        if authorization is not None:
            scheme, _, secret = authorization.decode("latin-1").partition(" ")
            if scheme.lower() != "bearer" or not secret.strip():
                raise NotSignedIn("authorization-scheme", found=scheme)
            actor = doorkeeper.recall(secret.strip())
            if actor is None:
                actor = await asyncio.to_thread(doorkeeper.by_token, secret.strip())
            return actor.through("api", client=client, request=request_id)
        value = _session_cookie(cookie.decode("latin-1"))
        held = await asyncio.to_thread(doorkeeper.by_cookie, value) if value else None
        if held is None:
            return ANONYMOUS
        scope["state"]["session"] = held
        door = "api" if scope["path"].startswith("/api/") else "page"
        return held.actor.through(door, client=client, request=request_id)

    return asked


def _session_cookie(header: str) -> str | None:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return None
    return jar[COOKIE].value if COOKIE in jar else None

"""The way to the sign-in service and back; the browser carries what proves that it is the same one."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import astuple

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotFound, NotSignedIn
from catalog.base.pages import local
from catalog.identity import accounts, oidc, sessions
from catalog.identity.pages import client_of, secure, signed_in
from catalog.identity.web import COOKIE

_AWAY = "catalog_away"  # the cookie of a browser that is at the service
_AWAY_SECONDS = 600
_BACK = "/sign-in/service/back"


async def leave(request: Request) -> Response:
    """``/sign-in/service``: to the service."""
    service = _service(request)
    wanted = local(request.query_params.get("next", "/"))
    address, kept = await asyncio.to_thread(service.leave, back=_back(request), next=wanted)
    response = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        _AWAY,
        _signer(request).dumps(astuple(kept)),
        max_age=_AWAY_SECONDS,
        path=_BACK,
        httponly=True,
        samesite="lax",
        secure=secure(request, request.app.state.runtime.settings),
    )
    return response


async def back(request: Request) -> Response:
    """From the service: the session of the account that it vouches for, or why there is none."""
    service, runtime = _service(request), request.app.state.runtime
    kept = _kept(request)
    query = request.query_params
    if not hmac.compare_digest(query.get("state", "").encode(), kept.state.encode()):
        raise NotSignedIn("service-refused", reason="state")
    if "code" not in query:
        raise NotSignedIn("service-refused", reason=query.get("error", "code")[:60])

    def work() -> sessions.Opened:
        subject = service.arrive(back=_back(request), code=query["code"], kept=kept)
        account, name = oidc.account_of(runtime.database, subject)
        accounts.check_open(account, clock.today(runtime.settings.zone))
        return sessions.start(
            runtime.database,
            account,
            name,
            hours=runtime.settings.session_hours,
            client=client_of(request),
            replaces=request.cookies.get(COOKIE),
            way="oidc",
        )

    response = signed_in(request, await asyncio.to_thread(work), kept.next)
    response.delete_cookie(_AWAY, path=_BACK)
    return response


def _service(request: Request) -> oidc.SignInService:
    state = request.app.state
    if not state.runtime.settings.oidc_issuer:
        raise NotFound(kind="address", identifier=request.url.path)
    if not hasattr(state, "sign_in_service"):
        state.sign_in_service = oidc.SignInService(state.runtime.settings)
    service: oidc.SignInService = state.sign_in_service
    return service


def _kept(request: Request) -> oidc.Kept:
    try:
        return oidc.Kept(*_signer(request).loads(request.cookies.get(_AWAY, ""), max_age=_AWAY_SECONDS))
    except (BadData, TypeError):
        raise NotSignedIn("service-refused", reason="cookie") from None


def _signer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.runtime.secret, salt="sign-in-service")


def _back(request: Request) -> str:
    base = request.app.state.runtime.settings.public_url or str(request.base_url)
    return base.rstrip("/") + _BACK


ROUTES = [
    Route("/sign-in/service", leave, methods=["GET"]),
    Route(_BACK, back, methods=["GET"]),
]

"""Signing in and out in a browser. The cookie holds a random value; forms carry the session's secret."""

from __future__ import annotations

import asyncio
import hmac

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotPermitted, NotSignedIn
from catalog.base.i18n import explain, text
from catalog.base.pages import back_to, local, render
from catalog.base.settings import LOOPBACK, Settings
from catalog.identity import accounts, persons, sessions
from catalog.identity.forms import foreign
from catalog.identity.web import COOKIE

_TICKET_SECONDS = 300
_LONGEST = 400  # characters of a login or a password that anybody types


async def form(request: Request) -> Response:
    """The form; whoever is signed in already goes on to where they wanted."""
    wanted = local(request.query_params.get("next", "/"))
    if request.state.actor.signed_in:
        return back_to(wanted)
    return _form(request, wanted)


async def sign_in(request: Request) -> Response:
    """Open a session and go on, ask for a one-time code, or show the form again with what was typed."""
    runtime = request.app.state.runtime
    async with request.form(max_files=0, max_fields=10) as typed:
        login, password, wanted = (
            str(typed.get(name, ""))[:_LONGEST] for name in ("login", "password", "next")
        )
    login, wanted = login.strip(), local(wanted or "/")
    if foreign(request):
        return _form(request, wanted, login=login, refused=text("sign-in.foreign", request.state.language))

    def work() -> sessions.Opened:
        return sessions.open(
            runtime.database,
            login=login,
            password=password,
            on=clock.today(runtime.settings.zone),
            hours=runtime.settings.session_hours,
            client=client_of(request),
            replaces=request.cookies.get(COOKIE),
        )

    try:
        opened = await asyncio.to_thread(work)
    except NotSignedIn as error:
        if error.slug == "code-needed":
            return _code_form(request, _tickets(request).dumps([login, wanted]))
        return _form(request, wanted, login=login, refused=explain(error, request.state.language)[1])
    return signed_in(request, opened, wanted)


async def sign_in_by_code(request: Request) -> Response:
    """The second step: the one-time code of somebody whose password was right a moment ago."""
    runtime = request.app.state.runtime
    async with request.form(max_files=0, max_fields=10) as typed:
        ticket, code = (str(typed.get(name, ""))[:_LONGEST] for name in ("ticket", "code"))
    try:
        login, wanted = _tickets(request).loads(ticket, max_age=_TICKET_SECONDS)
    except BadData:
        return _form(request, "/", refused=text("sign-in.too-late", request.state.language))

    def work() -> sessions.Opened:
        database = runtime.database
        with database.reading() as session:
            account = accounts.find(session, login=login)
            accounts.check_open(account, clock.today(runtime.settings.zone))
            name = persons.find(session, person=account.person).name
        client = client_of(request)
        sessions.check_code(database, account, code, client=client)
        return sessions.start(
            database,
            account,
            name,
            hours=runtime.settings.session_hours,
            client=client,
            replaces=request.cookies.get(COOKIE),
            way="code",
        )

    try:
        opened = await asyncio.to_thread(work)
    except NotSignedIn as error:
        return _code_form(request, ticket, refused=explain(error, request.state.language)[1])
    return signed_in(request, opened, wanted)


def signed_in(request: Request, opened: sessions.Opened, wanted: str) -> Response:
    """Go on to where somebody wanted, with the cookie of the new session."""
    settings = request.app.state.runtime.settings
    request.app.state.doorkeeper.forget()
    response = back_to(wanted)
    response.set_cookie(
        COOKIE,
        opened.cookie,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=secure(request, settings),
    )
    return response


def client_of(request: Request) -> str | None:
    """The address of the browser, for the entry."""
    return request.client.host if request.client else None


def _tickets(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.runtime.secret, salt="sign-in-code")


def _code_form(request: Request, ticket: str, *, refused: str = "") -> Response:
    return render(
        request,
        "identity/code.html",
        status=403 if refused else 200,
        headers={"Cache-Control": "no-store"},
        ticket=ticket,
        refused=refused,
    )


async def sign_out(request: Request) -> Response:
    """Close this browser's session. A form of another site can't: it does not know the session's secret."""
    cookie = request.cookies.get(COOKIE)
    held = getattr(request.state, "session", None)
    async with request.form(max_files=0, max_fields=10) as typed:
        said = str(typed.get("csrf", ""))
    if held is not None and cookie:
        if not hmac.compare_digest(said.encode(), held.csrf.encode()):
            raise NotPermitted("foreign-form")
        runtime = request.app.state.runtime

        def work() -> None:
            with runtime.database.writing() as session:
                sessions.close(session, cookie=cookie, by=request.state.actor)

        await asyncio.to_thread(work)
        request.app.state.doorkeeper.forget()
    response = back_to("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _form(request: Request, wanted: str, *, login: str = "", refused: str = "") -> Response:
    return render(
        request,
        "identity/sign-in.html",
        status=403 if refused else 200,
        headers={"Cache-Control": "no-store"},
        next=wanted,
        login=login,
        refused=refused,
        service=request.app.state.runtime.settings.oidc_title
        if request.app.state.runtime.settings.oidc_issuer
        else "",
    )


def secure(request: Request, settings: Settings) -> bool:
    """Cookies travel over TLS only, except on this machine and where the operator has said otherwise."""
    return settings.insecure_http == "off" and request.url.hostname not in LOOPBACK


ROUTES = [
    Route("/sign-in", form, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-in/code", sign_in_by_code, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]

"""``/me``: what a signed-in person keeps in order alone: password, one-time codes, browsers, tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument, NotSignedIn
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import back_to, render
from catalog.identity import accounts, codes, passwords, sessions, tokens
from catalog.identity.actors import SCOPES, Actor
from catalog.identity.forms import posted
from catalog.identity.pages import client_of, signed_in

_DAYS = (30, 90, 180, 366)


async def me(request: Request) -> Response:
    """The page as it stands."""
    return await _page(request)


async def change_password(request: Request) -> Response:
    """A new password, after the present one; every other browser is signed out, this one signs in anew."""
    runtime, actor, held = request.app.state.runtime, _actor(request), request.state.session
    async with posted(request) as typed:
        present, wanted, again = (str(typed.get(name, "")) for name in ("present", "wanted", "again"))
    if wanted != again:
        return await _page(request, refused=text("me.passwords-differ", request.state.language))

    def work() -> sessions.Opened:
        on, client = clock.today(runtime.settings.zone), client_of(request)
        account, name = sessions.verify(
            runtime.database, login=actor.login, password=present, on=on, client=client
        )
        secured = passwords.secure(wanted)
        with runtime.database.writing() as session:
            accounts.set_password(session, login=actor.login, password=secured, by=actor)
        hours = runtime.settings.session_hours
        return sessions.start(runtime.database, account, name, hours=hours, client=client)

    try:
        opened = await asyncio.to_thread(work)
    except (InvalidDocument, NotSignedIn) as error:
        return await _page(request, refused=_said(error, request.state.language))
    assert held is not None
    return signed_in(request, opened, "/me?done=password")


async def offer_code(request: Request) -> Response:
    """Show the secret of a new second factor; it is in force once a code of it was given."""
    actor = _actor(request)
    async with posted(request):
        secret = await _write(request, lambda session: codes.offer(session, by=actor))
    return await _page(request, secret=secret)


async def confirm_code(request: Request) -> Response:
    """Put the second factor into force."""
    actor = _actor(request)
    async with posted(request) as typed:
        secret, code = str(typed.get("secret", ""))[:64], str(typed.get("code", ""))[:20]
    if await _write(request, lambda session: codes.confirm(session, code=code, by=actor)):
        return back_to("/me?done=code")
    return await _page(request, secret=secret, refused=text("me.code-wrong", request.state.language))


async def drop_code(request: Request) -> Response:
    """No longer ask for codes; the password is asked for once more."""
    runtime, actor = request.app.state.runtime, _actor(request)
    async with posted(request) as typed:
        password = str(typed.get("present", ""))

    def work() -> None:
        on = clock.today(runtime.settings.zone)
        client = client_of(request)
        sessions.verify(runtime.database, login=actor.login, password=password, on=on, client=client)
        with runtime.database.writing() as session:
            codes.drop(session, person=actor.person, by=actor)

    try:
        await asyncio.to_thread(work)
    except NotSignedIn as error:
        return await _page(request, refused=_said(error, request.state.language))
    return back_to("/me?done=code-dropped")


async def close_others(request: Request) -> Response:
    """Sign out of every other browser."""
    actor, held = _actor(request), request.state.session
    async with posted(request):
        await _write(request, lambda session: sessions.close_everywhere(session, by=actor, but=held.hash))
    request.app.state.doorkeeper.forget()
    return back_to("/me?done=browsers")


async def issue_token(request: Request) -> Response:
    """A token for a program; its secret is shown on this answer and never again."""
    actor, settings = _actor(request), request.app.state.runtime.settings
    async with posted(request) as typed:
        asked = _asked(typed)
    try:
        issued = await _write(
            request,
            lambda session: tokens.issue(
                session, login=actor.login, by=actor, on=clock.today(settings.zone), **asked
            ),
        )
    except CatalogError as error:
        return await _page(request, refused=_said(error, request.state.language))
    return await _page(request, token=issued.secret)


def _asked(typed: FormData) -> dict[str, Any]:
    days = str(typed.get("days", ""))
    return {
        "name": str(typed.get("name", ""))[:100],
        "scope": frozenset(str(word) for word in typed.getlist("scope")),
        "days": int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
    }


async def revoke_token(request: Request) -> Response:
    """End a token."""
    actor = _actor(request)
    async with posted(request) as typed:
        key = str(typed.get("key", ""))
        await _write(request, lambda session: tokens.revoke(session, key=key, by=actor))
    request.app.state.doorkeeper.forget()
    return back_to("/me?done=token")


async def _page(
    request: Request, *, refused: str = "", secret: str = "", token: str = ""
) -> Response:  # S107: both are shown, not set
    runtime, actor = request.app.state.runtime, _actor(request)
    held = getattr(request.state, "session", None)

    def work() -> dict[str, Any]:
        on = clock.today(runtime.settings.zone)
        with runtime.database.reading() as session:
            account = accounts.find(session, login=actor.login)
            return {
                "account": account.model_dump(include={"login", "department", "system", "ends_on"}),
                "grants": [
                    grant.model_dump() for grant in accounts.grants(session, person=actor.person, on=on)
                ],
                "demanded": codes.demanded(session, actor.person),
                "browsers": [
                    row.model_dump(include={"client", "created_at", "last_seen_at", "expires_at"})
                    | {"here": held is not None and row.hash == held.hash}
                    for row in sessions.listed(session, person=actor.person)
                ],
                "tokens": [
                    row.model_dump(exclude={"hash", "person"})
                    for row, _ in tokens.listed(session, login=actor.login)
                ],
            }

    known = await asyncio.to_thread(work)
    departments = {known["account"]["department"], *(grant["department"] for grant in known["grants"])}
    names = await runtime.reads.names(("department", one) for one in departments if one)
    site = runtime.settings.title
    return render(
        request,
        "identity/me.html",
        status=422 if refused else 200,
        headers={"Cache-Control": "no-store"},
        refused=refused,
        done=request.query_params.get("done", "") if request.method == "GET" else "",
        secret=secret,
        address=codes.address(secret, login=actor.login, site=site) if secret else "",
        picture=codes.picture(codes.address(secret, login=actor.login, site=site)) if secret else "",
        token=token,
        scopes=SCOPES,
        days=_DAYS,
        departments={identifier: name for (_, identifier), name in names.items()},
        now=clock.stamp(clock.now()),
        **known,
    )


async def _write(request: Request, verb: Callable[[Any], Any]) -> Any:
    database = request.app.state.runtime.database

    def work() -> Any:
        with database.writing() as session:
            return verb(session)

    return await asyncio.to_thread(work)


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    return actor


def _said(error: CatalogError, language: Language) -> str:
    """A refusal in words: each violation where there are any."""
    found = error.violations if isinstance(error, InvalidDocument) else []
    texts = [describe(one) for one in found]
    return (
        "".join(f"{one[language]}{one[f'mend_{language}']}" for one in texts) or explain(error, language)[1]
    )


ROUTES = [
    Route("/me", me, methods=["GET"]),
    Route("/me/password", change_password, methods=["POST"]),
    Route("/me/code", offer_code, methods=["POST"]),
    Route("/me/code/confirm", confirm_code, methods=["POST"]),
    Route("/me/code/drop", drop_code, methods=["POST"]),
    Route("/me/browsers/close", close_others, methods=["POST"]),
    Route("/me/tokens", issue_token, methods=["POST"]),
    Route("/me/tokens/revoke", revoke_token, methods=["POST"]),
]

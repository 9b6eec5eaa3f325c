"""What a browser posts: taken only where a signed-in person's own page sent it, and given back where it is not."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from catalog.base.errors import CatalogError, NotPermitted, NotSignedIn

_MOST = 16 << 20  # bytes of one value, and of a form whose session has ended
_MOST_FIELDS = 100_000
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRET = {"password", "present", "wanted", "again", "code", "secret", "ticket"}


@asynccontextmanager
async def posted(
    request: Request, *, max_files: int = 0, max_fields: int = 20_000, stale: bool = False
) -> AsyncIterator[FormData]:
    """The fields of a form (or the ``x-csrf`` header beside it), once the session's secret was right.

    Who shows a ``stale`` form again takes it and asks ``fresh`` itself. Raises ``NotSignedIn`` without a
    session and ``NotPermitted`` (``foreign-form``) for a form of another session or another site.
    """
    if getattr(request.state, "session", None) is None:
        raise NotSignedIn()
    async with request.form(max_files=max_files, max_fields=max_fields, max_part_size=_MOST) as typed:
        if not stale and not fresh(request, typed):
            raise NotPermitted("foreign-form")
        yield typed


def fresh(request: Request, typed: FormData) -> bool:
    """Whether a form carries the secret of the session that sends it."""
    said = request.headers.get("x-csrf") or str(typed.get("csrf", ""))
    return hmac.compare_digest(said.encode(), request.state.session.csrf.encode())


async def kept(request: Request, error: CatalogError) -> list[tuple[str, str]]:
    """What a form said whose session has ended, for the page that refuses it: it can be sent again from there.

    Only a form of this very site, since nobody is to send with one more click what another made up; and
    never secrets. Empty where there is nothing to keep.
    """
    ended = isinstance(error, NotSignedIn) or error.slug == "foreign-form"
    length = request.headers.get("content-length", "")
    form = request.headers.get("content-type", "").startswith(_FORMS)
    if not (ended and form and length.isdigit() and int(length) <= _MOST) or foreign(request):
        return []
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_MOST) as typed:
            said = [(name, value) for name, value in typed.multi_items() if isinstance(value, str)]
    except HTTPException:  # no form after all
        return []
    return [] if _SECRET & {name for name, _ in said} else [pair for pair in said if pair[0] != "csrf"]


def foreign(request: Request) -> bool:
    """Whether a page of another site sends the form."""
    origin = request.headers.get("origin", "")
    elsewhere = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
    return elsewhere or request.headers.get("sec-fetch-site") in ("cross-site", "same-site")

"""What a browser posts: read only where a signed-in person's own page sent it."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData
from starlette.requests import Request

from catalog.base.errors import NotPermitted, NotSignedIn


@asynccontextmanager
async def posted(
    request: Request, *, max_files: int = 0, max_fields: int = 20_000
) -> AsyncIterator[FormData]:
    """The fields of a form (or the ``x-csrf`` header beside it), once the session's secret was right.

    Raises ``NotSignedIn`` without a session and ``NotPermitted`` (``foreign-form``) for a form that another
    site has sent.
    """
    held = getattr(request.state, "session", None)
    if held is None:
        raise NotSignedIn()
    async with request.form(max_files=max_files, max_fields=max_fields, max_part_size=16 << 20) as typed:
        said = request.headers.get("x-csrf") or str(typed.get("csrf", ""))
        if not hmac.compare_digest(said.encode(), held.csrf.encode()):
            raise NotPermitted("foreign-form")
        yield typed

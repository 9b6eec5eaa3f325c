"""What every request passes: one pure ASGI layer for its id, its actor, its language, its size and its headers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog.base import problems
from catalog.base.documents import parse
from catalog.base.errors import CatalogError, Malformed, Unsupported
from catalog.base.i18n import language_of
from catalog.base.log import exception_logged

_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", _CSP.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
)
Identify = Callable[[Scope, dict[bytes, bytes]], Awaitable[Any]]


Hot = Callable[
    [Scope, dict[bytes, bytes], Receive, Send], Awaitable[int]
]  # the status, 0 where it did not answer


class Frame:
    """The layer around the application; the hottest read and errors of identification are answered here."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        identify: Identify,
        hot: Hot,
        language: str,
        max_body: int,
        answered: dict[int, int],
    ) -> None:
        self.app = app
        self.hot = hot
        self.identify = identify
        self.language = language
        self.max_body = max_body
        self.answered = answered  # how many answers of each hundred

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        state = scope.setdefault("state", {})
        request_id = secrets.token_hex(8)
        state["request_id"] = request_id
        refusal: CatalogError | None = None
        try:
            state["actor"] = await self.identify(scope, headers)
            status = await self.hot(scope, headers, receive, send)
            if status:
                self.count(status)
                return
            refusal = self._too_large(headers)
        except CatalogError as error:
            refusal = error
        except ClientDisconnect:
            return
        except Exception as error:
            exception_logged(Request(scope, receive), error)
            refusal = CatalogError("internal")
        state["language"] = self._language(scope, headers)

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.count(message["status"])
                own = {name for name, _ in message["headers"]}
                extra = [pair for pair in _SECURITY if pair[0] not in own]
                message["headers"] = [*message["headers"], *extra, (b"x-request-id", request_id.encode())]
            await send(message)

        if refusal is not None:
            await problems.answer(refusal, Request(scope, receive))(scope, receive, framed)
            return
        await self.app(scope, self._limited(receive), framed)

    def count(self, status: int) -> None:
        """Count an answer for the metrics."""
        self.answered[status // 100] = self.answered.get(status // 100, 0) + 1

    def _too_large(self, headers: dict[bytes, bytes]) -> CatalogError | None:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.max_body:
            return Malformed("too-large", found=int(length), expected=self.max_body)
        return None

    def _limited(self, receive: Receive) -> Receive:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > self.max_body:
                    raise Malformed("too-large", found=read, expected=self.max_body)
            return message

        return counted

    def _language(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        query = scope["query_string"]
        if b"lang=" in query:
            return "en" if b"lang=en" in query else "zh"
        cookie = headers.get(b"cookie", b"")
        if b"lang=" in cookie:
            return "en" if b"lang=en" in cookie else "zh"
        return language_of(headers.get(b"accept-language", b"").decode("latin-1"), self.language)


async def json_body(request: Request, *types: str) -> Any:
    """The JSON body of a request; refuses other content types and what is not JSON."""
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type not in (types or ("application/json",)):
        raise Unsupported(found=content_type or "—", expected=list(types or ("application/json",)))
    return parse(await request.body())


def dumps(value: Any) -> bytes:
    """JSON bytes of plain values."""
    return orjson.dumps(value, default=str)

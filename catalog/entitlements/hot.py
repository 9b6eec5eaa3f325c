"""``POST /api/v1/decisions`` before everything else: decided, logged and answered without a framework.

What is not the plain question (another content type, a query string) goes on to the application.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from catalog.base.documents import parse
from catalog.base.errors import Malformed
from catalog.entitlements import service
from catalog.entitlements.log import Log
from catalog.runtime import Runtime

_PATH = "/api/v1/decisions"
_HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
Headers = dict[bytes, bytes]


class Hot:
    """Answers a question; returns the status, or 0 where it leaves the answer to others."""

    def __init__(self, runtime: Runtime, log: Log) -> None:
        self._runtime = runtime
        self._log = log
        self._most = runtime.settings.max_body_mb * 1024 * 1024

    async def __call__(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> int:
        """Answer the plain question; raises what the API refuses."""
        plain = headers.get(b"content-type") == b"application/json" and not scope["query_string"]
        if scope["path"] != _PATH or scope["method"] != "POST" or not plain:
            return 0
        document = parse(await self._body(receive))
        decision = await service.answered(self._runtime, self._log, document, by=scope["state"]["actor"])
        body = service.whole(decision)
        own = (
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", scope["state"]["request_id"].encode()),
        )
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, *own]})
        await send({"type": "http.response.body", "body": body})
        return 200

    async def _body(self, receive: Receive) -> bytes:
        read, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            read += message.get("body", b"")
            if len(read) > self._most:
                raise Malformed("too-large", found=len(read), expected=self._most)
            more = message.get("more_body", False)
        return read

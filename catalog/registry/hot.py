"""The one read that stands before everything else: a record by its identifier, answered without a framework.

Whatever is not the plain question (a query string, person keys to resolve) goes on to the application.
"""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from catalog.base.errors import NotFound
from catalog.base.settings import Settings
from catalog.identity.actors import Actor
from catalog.identity.sight import sight as sight_of
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access
from catalog.registry.reads import Reads

_PREFIX = "/api/v1/"
_PERSON = b'"PN-'
_HEADERS = (
    (b"content-type", b"application/json"),
    (b"vary", b"authorization, cookie"),
    (b"x-content-type-options", b"nosniff"),
)
Headers = dict[bytes, bytes]


class Hot:
    """Answers ``GET /api/v1/{kind}/{identifier}``; returns the status, or 0 where it leaves the answer to others."""

    def __init__(self, reads: Reads, settings: Settings) -> None:
        self._reads = reads
        self._settings = settings

    async def __call__(self, scope: Scope, headers: Headers, _receive: Receive, send: Send) -> int:
        """Answer the plain question; raises what the API refuses."""
        path: str = scope["path"]
        if scope["query_string"] or scope["method"] != "GET" or not path.startswith(_PREFIX):
            return 0
        plural, _, identifier = path[len(_PREFIX) :].partition("/")
        kind: Kind | None = BY_PLURAL.get(plural)
        if kind is None or not identifier or "/" in identifier or ":" in identifier:
            return 0
        actor: Actor = scope["state"]["actor"]
        access.require(actor, sight_of(actor, self._settings), kind.name)
        row = await self._reads.record(kind.name, identifier)
        if row is None:
            raise NotFound(kind=kind.name, identifier=identifier)
        if _PERSON in row.text and access.signed_in(actor):
            return 0
        etag = row.etag.encode()
        extra = (b"x-request-id", scope["state"]["request_id"].encode())
        if headers.get(b"if-none-match") == etag:
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", etag), extra]})
            await send({"type": "http.response.body", "body": b""})
            return 304
        body = row.answer()
        length = (b"content-length", str(len(body)).encode())
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*_HEADERS, (b"etag", etag), length, extra],
            }
        )
        await send({"type": "http.response.body", "body": body})
        return 200

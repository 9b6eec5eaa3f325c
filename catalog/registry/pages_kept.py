"""Pages kept for readers who are not signed in: all of them see the same, until the ledger moves.

What is kept is named by address and language, and holds for one state of the register: its newest entry,
what the index holds, and the day. Any change throws everything away; nothing is ever out of date.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock
from catalog.registry.reads import Reads
from catalog.runtime import Runtime

_ROOM = 24 * 1024 * 1024  # bytes of one process, packed
_LONGEST = 600  # characters of an address that is worth keeping
Page = Callable[[Request], Awaitable[Response]]
State = tuple[int, int, str]


class _Kept(NamedTuple):
    headers: list[tuple[bytes, bytes]]
    packed: bytes


class _Shelf:
    """The pages of one state of the register, the least read thrown out first."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._pages: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[Any, ...]) -> Response | None:
        """The page as it was answered, with new headers of its own."""
        found = self._pages.get(key)
        if found is None:
            return None
        self._pages.move_to_end(key)
        response = Response(zlib.decompress(found.packed))
        response.raw_headers = list(found.headers)
        return response

    def put(self, key: tuple[Any, ...], response: Response) -> None:
        """Keep a page."""
        kept = _Kept(list(response.raw_headers), zlib.compress(bytes(response.body), 1))
        self._pages[key] = kept
        self._size += len(kept.packed) + _LONGEST
        while self._size > _ROOM:
            _, old = self._pages.popitem(last=False)
            self._size -= len(old.packed) + _LONGEST


_SHELVES: WeakKeyDictionary[Reads, _Shelf] = WeakKeyDictionary()


def kept(page: Page) -> Page:
    """The same page, answered from the shelf where it stands there."""

    async def answered(request: Request) -> Response:
        scope = request.scope
        query: bytes = scope["query_string"]
        if request.state.actor.signed_in or b"lang=" in query or len(query) + len(scope["path"]) > _LONGEST:
            return await page(request)
        shelf = await _shelf(request.app.state.runtime)
        key = (scope["path"], query, request.state.language)
        response = shelf.get(key)
        if response is None:
            response = await page(request)
            if response.status_code == 200:
                shelf.put(key, response)
        return response

    return answered


async def _shelf(runtime: Runtime) -> _Shelf:
    today = clock.today(runtime.settings.zone).isoformat()
    state = (await runtime.reads.last(), runtime.index.held, today)
    shelf = _SHELVES.get(runtime.reads)
    if shelf is None or shelf.state != state:
        shelf = _SHELVES[runtime.reads] = _Shelf(state)
    return shelf

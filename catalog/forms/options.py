"""``/options/…``: what a form's picker offers while somebody types; a fragment, or JSON for who asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.forms import people
from catalog.forms.codebook import Codebook, Entry
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME
from catalog.registry import access
from catalog.registry.checks import OVER
from catalog.registry.pages_words import words
from catalog.registry.reads import Reads
from catalog.runtime import Runtime
from catalog.search import tokens
from catalog.search.query import Query, Reader

OFFERED = 20
_ALL = 100_000
_DEPARTMENT, _LIST = "department", "code-list"


@dataclass(slots=True)
class Option:
    """One choice: what is written into the control, what it is called, and what tells it from others."""

    value: str
    label: str
    path: Sequence[str] = ()
    status: str = ""
    note: str = ""


@dataclass(slots=True)
class _Kept:
    """The codebooks of one process, each with the entry up to which it holds."""

    books: dict[str, tuple[int, Codebook]] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)
    making: asyncio.Lock = field(default_factory=asyncio.Lock)


_KEPT: WeakKeyDictionary[Reads, _Kept] = WeakKeyDictionary()


async def of_kind(request: Request) -> Response:
    """``/options/{kind}?q=&department=``: records of a kind; departments in 机构序列 where nothing is sought."""
    kind, seen = request.path_params["kind"], _sight(request)
    if kind not in BY_NAME:
        raise NotFound(kind="kind", identifier=kind)
    access.require(request.state.actor, seen, kind)
    find = _departments if kind == _DEPARTMENT else partial(_records, kind=kind)
    return _answer(request, await find(request, seen))


async def of_list(request: Request) -> Response:
    """``/options/code/{list}?q=``: codes by code, label, pinyin and initials; with their path where there is one."""
    access.require(request.state.actor, _sight(request), _LIST)
    runtime: Runtime = request.app.state.runtime
    book = await codebook(runtime, request.path_params["list"])
    if book is None:
        raise NotFound(kind=_LIST, identifier=request.path_params["list"])
    sought = _sought(request)
    if not book.is_read:  # the first question for a list: its pinyin is read beside it, or waited for
        reading = asyncio.get_running_loop().run_in_executor(None, book.read)
        if sought.isascii() and sought:
            await reading
    found = book.like(sought, OFFERED)
    labels: dict[tuple[str, str], str] = {}
    if request.state.language == "en":
        wanted = ((request.path_params["list"], entry.value) for entry in found)
        labels = await (await words(runtime.reads)).codes(wanted, "en")
    options = [
        Option(
            entry.value, labels.get((request.path_params["list"], entry.value), entry.label), book.path(entry)
        )
        for entry in found
    ]
    return _answer(request, options)


async def of_people(request: Request) -> Response:
    """``/options/person?q=``: names of officials near the departments that the actor fills records for."""
    found = await people.names(request.app.state.runtime, request.state.actor)
    book = Codebook(Entry(key, name) for key, name in found)
    near = await asyncio.to_thread(book.like, _sought(request), OFFERED)
    return _answer(request, [Option(entry.value, entry.label) for entry in near])


async def codebook(runtime: Runtime, code_list: str) -> Codebook | None:
    """The codes of a list that may still be used, as of its present version; None for no such list."""
    row = await runtime.reads.record(_LIST, code_list)
    if row is None:
        return None

    async def made() -> Codebook:
        rows = await runtime.reads.find("code_terms", quick=False, code_list=code_list)
        today = clock.today(runtime.settings.zone).isoformat()
        current = (found for found in rows if not (found[3] and found[3] < today))
        said = await runtime.reads.find(
            "code_matters", quick=False, code_list=code_list, marked='%"matter!_code":%'
        )
        matters = {code: (orjson.loads(text_)["matter_code"],) for code, text_ in said}
        return Codebook(
            Entry(code, label, parent or "", matters.get(code, ())) for code, label, parent, _ in current
        )

    return await _kept(runtime.reads, code_list, row.seq, made)


async def _kept(reads: Reads, name: str, seq: int, make: Callable[[], Awaitable[Codebook]]) -> Codebook:
    kept = _KEPT.setdefault(reads, _Kept())
    held = kept.books.get(name)
    if held is None or held[0] != seq:
        async with kept.making:
            held = kept.books.get(name)
            if held is None or held[0] != seq:
                held = kept.books[name] = (seq, await make())
    return held[1]


async def _departments(request: Request, seen: Sight) -> list[Option]:
    runtime: Runtime = request.app.state.runtime
    reads = runtime.reads
    seq = int((await reads.find("kind_seq", kind=_DEPARTMENT))[0][0])

    async def made() -> Codebook:
        rows = await reads.listed(_DEPARTMENT, limit=_ALL)
        standing = [row for row in rows if row.status not in OVER]
        standing.sort(key=lambda row: (row.document.get("sequence") or _ALL, row.identifier))
        return Codebook(Entry(row.identifier, row.name, "", _other_names(row.document)) for row in standing)

    book = await _kept(reads, _DEPARTMENT, seq, made)
    found = await asyncio.to_thread(book.like, _sought(request), OFFERED if _sought(request) else _ALL)
    short = await (await words(reads)).departments()
    return [
        Option(
            entry.value, entry.label, note=short[entry.value] if short.get(entry.value) != entry.label else ""
        )
        for entry in found
    ]


def _other_names(document: Document) -> tuple[str, ...]:
    former = [one.get("name") for one in document.get("former_names", ()) if isinstance(one, dict)]
    names = [document.get("short_name"), *document.get("aliases", ()), *former]
    return tuple(name for name in names if isinstance(name, str))


async def _records(request: Request, seen: Sight, *, kind: str) -> list[Option]:
    runtime: Runtime = request.app.state.runtime
    where = [one for one in request.query_params.getlist("department") if one]
    asked = Query(text=_sought(request), kinds=(kind,), department=where, limit=2 * OFFERED)
    hits = (await asyncio.to_thread(runtime.index.query, asked, Reader(seen.kinds))).items
    departments = await (await words(runtime.reads)).departments()
    return [
        Option(hit.identifier, hit.name, status=hit.status, note=departments.get(hit.department, ""))
        for hit in hits
        if hit.status not in OVER
    ][:OFFERED]


def _sight(request: Request) -> Sight:
    return sight(request.state.actor, request.app.state.runtime.settings)


def _sought(request: Request) -> str:
    return request.query_params.get("q", "").strip()[: tokens.LONGEST_QUERY]


def _answer(request: Request, options: Sequence[Option]) -> Response:
    language: Language = request.state.language
    said = text("live.count" if options else "live.none", language, n=len(options))
    if "application/json" in request.headers.get("accept", ""):
        body = orjson.dumps({"items": options, "said": said})
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
    return render(
        request, "live/options.html", options=options, said=said, headers={"Cache-Control": "no-store"}
    )


ROUTES = [
    Route("/options/person", of_people),
    Route("/options/code/{list}", of_list),
    Route("/options/{kind}", of_kind),
]

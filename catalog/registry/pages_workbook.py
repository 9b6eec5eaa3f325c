"""``/{plural}/export.xlsx``: a list as the workbook that comes back: edited, it is imported as it is.

With ``view=internal`` it has the internal fields, where the reader may see those of every record in it.
``template=`` writes the datasets in the layout of an export template instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotFound, WrongState
from catalog.exchange import official
from catalog.exchange.xlsx import Written, write_book
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, addresses
from catalog.registry.pages_export import found, note
from catalog.registry.pages_words import lookup, words
from catalog.registry.reads import Row
from catalog.runtime import Runtime
from catalog.search.index import Hit
from catalog.standards import schemas

MOST = 50_000  # records of one workbook; more than people scroll through, and what memory allows
_SLICE = 200
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def workbook(request: Request) -> Response:
    """The rows of the list's own query, in its order, as a workbook."""
    runtime: Runtime = request.app.state.runtime
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    seen = sight(request.state.actor, runtime.settings)
    access.require(request.state.actor, seen, kind.name)
    hits = await found(request, kind, seen)
    if len(hits) > MOST:
        raise WrongState("export-too-large", found=f"{len(hits):,}", limit=f"{MOST:,}")
    view = (
        "internal" if request.query_params.get("view") == "internal" and _sees_all(hits, seen) else "public"
    )
    rows = await _rows(runtime, kind, hits, seen.internal if view == "internal" else frozenset())
    documents = [await runtime.reads.whole(row) for row in rows]
    names = await _names(request, kind, documents, seen)
    wanted = request.query_params.get("template", "")
    if wanted:
        if kind.name != official.KIND:
            raise NotFound(kind="export-template", identifier=wanted)
        made = official.template(wanted, runtime.settings.export_templates)
        if len(documents) > official.MOST:
            raise WrongState("export-too-large", found=f"{len(documents):,}", limit=f"{official.MOST:,}")
        await note(request, kind.name, len(rows), f"xlsx {wanted}")
        body = await asyncio.to_thread(
            official.fill, made, documents, names=names, language=request.state.language,
            day=clock.today(runtime.settings.zone).isoformat(),
        )  # fmt: skip
        return _file(body, wanted, clock.today(runtime.settings.zone))
    await note(request, kind.name, len(rows), "xlsx" if view == "public" else "xlsx internal")
    written = [Written(document, row.status, row.seq) for row, document in zip(rows, documents, strict=True)]
    body = await asyncio.to_thread(
        write_book,
        kind.name,
        written,
        language=request.state.language,
        view=view,
        names=names,
        exported_at=clock.stamp(clock.now()),
    )
    return _file(body, kind.plural, clock.today(runtime.settings.zone))


def _file(body: bytes, name: str, day: date) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{day.isoformat()}.xlsx"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, media_type=_TYPE, headers=headers)


def _sees_all(hits: Sequence[Hit], seen: Sight) -> bool:
    return seen.internal is None or all(hit.department in seen.internal for hit in hits)


async def _rows(
    runtime: Runtime, kind: Kind, hits: Sequence[Hit], internal: frozenset[str] | None
) -> list[Row]:
    rows: list[Row] = []
    for start in range(0, len(hits), _SLICE):
        part = [hit.identifier for hit in hits[start : start + _SLICE]]
        rows += await runtime.reads.many(kind.name, part, internal)
    return [row for row in rows if row.text]  # what was redacted has nothing to edit


async def _names(
    request: Request, kind: Kind, documents: list[dict[str, Any]], seen: Sight
) -> dict[str, dict[str, str]]:
    """The names of what the documents refer to, as far as this reader may know them."""
    runtime: Runtime = request.app.state.runtime
    annotations = schemas.current(kind.name).annotations
    known = await lookup(runtime.reads, annotations, documents, seen, request.state.language, people=False)
    made: dict[str, dict[str, str]] = {}
    for (of, identifier), name in known.names.items():
        made.setdefault(of, {})[identifier] = name
    if "department" in seen.kinds:
        made["department"] = await (await words(runtime.reads)).departments()
    return made


ROUTES = [Route(addresses.LIST + "/export.xlsx", workbook)]

"""A dataset: how fresh and how complete it is beside its facts, and its fields as one table."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.datasets.corrections import Corrections, corrections
from catalog.datasets.repeated import repeated
from catalog.datasets.sharing import REFUSED
from catalog.datasets.wording import sentence
from catalog.registry import rights
from catalog.registry.pages import record_page
from catalog.registry.pages_facts import Lookup, Value
from catalog.registry.pages_kept import kept
from catalog.registry.pages_record import Opened, opened, reference
from catalog.standards.completeness import completeness
from catalog.standards.freshness import freshness

_FIRST = 6  # missing items that the page names


async def dataset(request: Request) -> Response:
    """``/datasets/DS000001``: its facts, with the age of its data and what it lacks beside them."""
    found = await opened(request, "datasets")
    said = found.document
    cycle = said.get("update_cycle", "")
    codes = await found.words.codes([("CL0103", cycle)], found.language)
    judged = completeness("dataset", said, found.annotations)
    row = found.row
    edits = rights.may_prepare(request.state.actor, found.kind, row.department, found.runtime.settings.desk)
    return await record_page(
        found,
        "register/dataset.html",
        age=freshness(said, clock.today(found.runtime.settings.zone)),
        cycle=codes.get(("CL0103", cycle), cycle),
        updated=said.get("data_updated_on", ""),
        percent=judged.percent,
        lacking=[
            (sentence(one, found.language), f"{found.address}/edit#{one.anchor}" if edits else "", one.need)
            for one in judged.missing
        ],
        first=_FIRST,
        corrections=await _corrections(found),
        asks=_asks(found),
        repeated=await repeated(found),
    )


async def fields(request: Request) -> Response:
    """``/datasets/DS000001/fields``: 信息项 in their order (Decree 809 art. 13(2): 数据项)."""
    found = await opened(request, "datasets")
    lookup = await found.lookup()
    rows = [_row(field, lookup, found.sight, found.language) for field in found.document.get("fields", ())]
    shared = any(row["share"] or row["open"] for row in rows)
    return await found.page("register/fields.html", "fields", rows=rows, shared=shared, asks=_asks(found))


def _asks(found: Opened) -> bool:
    """Whether the reader may ask for this dataset to be shared with the own department (Decree 809 art. 20)."""
    actor, row = found.request.state.actor, found.row
    mine = actor.department
    if not actor.signed_in or actor.system is not None or not actor.allows("write") or mine == row.department:
        return False
    open_ = row.status == "published" and found.document.get("share", {}).get("class") != REFUSED
    return open_ and any(actor.may(role, mine) for role in ("data_officer", "sharing_officer"))


async def _corrections(found: Opened) -> Corrections | None:
    """The correction record, for who is signed in and works for a department."""
    actor, runtime = found.request.state.actor, found.runtime
    if not actor.signed_in or actor.system is not None:
        return None
    on = clock.today(runtime.settings.zone)

    def work() -> Corrections:
        with runtime.database.reading() as session:
            return corrections(
                session, found.row.identifier, owner=found.row.department, actor=actor,
                language=found.language, on=on,
            )  # fmt: skip

    return await asyncio.to_thread(work)


def _row(field: dict[str, Any], lookup: Lookup, seen: Any, language: Language) -> dict[str, Any]:
    def code(code_list: str, name: str) -> str:
        value = field.get(name, "")
        return lookup.codes.get((code_list, value), value)

    element, listed = field.get("element"), field.get("code_list")
    level = field.get("general_level")
    grade = code("CL0106", "grade")
    key = field.get("key", "none")
    return {
        "name": field.get("name", ""),
        "column": field.get("column", ""),
        "about": field.get("definition") or field.get("note") or "",
        "key": "" if key == "none" else text(f"dataset.key-{key}", language),
        "element": element and _ref("data-element", element, lookup, seen),
        "codes": listed and _ref("code-list", listed, lookup, seen),
        "data_type": code("CL0109", "data_type"),
        "format": field.get("format", ""),
        "required": field.get("required", False),
        "share": code("CL0101", "share_class"),
        "open": field.get("open", False),
        "grade": f"{grade} {text('dataset.level', language, n=level)}" if level else grade,
        "sensitive": field.get("sensitive", False),
        "mask": code("CL0119", "mask"),
    }


def _ref(kind: str, identifier: str, lookup: Lookup, seen: Any) -> Value:
    return reference(kind, identifier, lookup.names.get((kind, identifier)), seen)


ROUTES = [
    Route("/datasets/{identifier}", kept(dataset)),
    Route("/datasets/{identifier}/fields", kept(fields)),
]

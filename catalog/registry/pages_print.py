"""A record as the paper form that officials sign and stamp (登记表), on A4 sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.pages import render
from catalog.registry.pages_facts import Fact, Group, facts
from catalog.registry.pages_record import Opened, opened
from catalog.registry.pages_words import department, kind_name
from catalog.registry.reads import Row
from catalog.standards.annotations import Field

_CODES = 2_000  # codes that a form prints; a longer list is printed from its workbook
_WIDEST = 7  # columns that an A4 sheet holds
_FIRST = ("name", "column", "element", "data_type", "format", "share_class", "grade", "mask", "sensitive")


async def form(request: Request) -> Response:
    """``/{plural}/{identifier}/print``: ruled table, signatures, place of the seal, digest and version below."""
    found = await opened(request, request.path_params["plural"])
    lookup = await found.lookup()
    groups = facts(found.document, found.annotations, found.language, lookup, skip=frozenset({"extensions"}))
    names = await found.words.departments()
    owner = department(found.row.department, names, found.sight)
    return render(
        request,
        "print/form.html",
        record=found.row,
        title=kind_name(found.kind.name, found.language),
        address=found.address,
        owner=names.get(found.row.department, "") if found.kind.name == "department" else owner.text,
        groups=[_narrowed(group, found.annotations.top, found) for group in groups],
        codes=await _codes(found),
        printed_at=clock.stamp(clock.now()),
        whole=found.row.view == "p",
    )


def _narrowed(group: Group, fields: Sequence[Field], found: Opened) -> Group:
    """The group with tables cut down to what a sheet holds; the most telling columns stay."""
    by_label = {field.label(found.language): field for field in fields}
    return replace(group, facts=[_cut(fact, by_label.get(fact.label), found) for fact in group.facts])


def _cut(fact: Fact, field: Field | None, found: Opened) -> Fact:
    table = fact.value
    if table.shape != "table" or field is None or len(table.columns) <= _WIDEST:
        return fact
    first = [child.label(found.language) for name in _FIRST for child in field.children if child.name == name]
    told = [label for label in first if label in table.columns] or list(table.columns)
    places = [table.columns.index(label) for label in told[:_WIDEST]]
    rows = [[row[place] for place in places] for row in table.items]
    return replace(fact, value=replace(table, columns=[table.columns[p] for p in places], items=rows))


async def _codes(found: Opened) -> list[dict[str, Any]]:
    if found.kind.name != "code-list":
        return []
    row: Row = found.row
    rows = await found.runtime.reads.find(
        "codes", code_list=row.identifier, seq=FOREVER - 1, after=-1, limit=_CODES, quick=False
    )
    return [{"code": one[0], "label": one[1], "parent": one[2] or ""} for one in rows]

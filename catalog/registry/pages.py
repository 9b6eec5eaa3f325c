"""The register's pages: lists, search, and for each record its facts, codes, usages, history, differences."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.kinds import BY_NAME
from catalog.registry import access, addresses, pages_attachments, pages_print
from catalog.registry.codes import codes_of
from catalog.registry.pages_diff import differences, unchanged
from catalog.registry.pages_facts import Fact, Group, Value, facts
from catalog.registry.pages_kept import kept
from catalog.registry.pages_lists import records
from catalog.registry.pages_record import LEADS, Opened, opened
from catalog.registry.pages_search import search, suggest
from catalog.registry.pages_usages import usage_picture
from catalog.registry.pages_words import kind_name, lookup
from catalog.standards import schemas

_RECENT = 3
_ROWS = 100
_PREVIEW = 24  # codes and fields that the facts page names


async def record(request: Request) -> Response:
    """All facts of one record, in the groups of its schema."""
    return await record_page(await opened(request, request.path_params["plural"]), "register/record.html")


async def record_page(found: Opened, template: str, **more: Any) -> Response:
    """A record's first page; slices give their own template and what it needs beyond this."""
    names = await found.lookup()
    long = frozenset({"codes", "fields"}) if found.kind.name in ("code-list", "dataset") else frozenset()
    lead = next((name for name in LEADS if found.document.get(name)), "")
    skip = long | {lead, "extensions"}
    groups = facts(found.document, found.annotations, found.language, names, skip=skip)
    preview = await _preview(found)
    versions = await _versions(found, FOREVER, _RECENT)
    successor = found.document.get("successor")
    return await found.page(
        template,
        "facts",
        groups=_led_by(preview, groups),
        recent=[_entry(found, row) for row in versions],
        contact=[found.document[name] for name in ("contact_post",) if name in found.document],
        successor=_successor(found, str(successor), names.names) if successor else None,
        more=found.row.view == "p"
        and (found.sight.internal is None or found.row.department in found.sight.internal),
        internal=found.row.view == "i",
        box=await _beside(found),
        **await pages_attachments.scans_of(found),
        **more,
    )


async def _beside(found: Opened) -> dict[str, Any] | None:
    """What another slice shows beside the facts, with its template; only of the record as it is now."""
    if not found.kind.beside or "as_of" in found.request.query_params:
        return None
    module, function = found.kind.beside.split(":")
    made: dict[str, Any] = await getattr(import_module(module), function)(found)
    return made


def _led_by(preview: Group | None, groups: list[Group]) -> list[Group]:
    """The preview first, with what the schema says in the group of the same name."""
    if preview is None:
        return groups
    same = [fact for group in groups if group.id == preview.id for fact in group.facts]
    first = replace(preview, facts=[*preview.facts, *same])
    return [first, *(group for group in groups if group.id != preview.id)]


async def _preview(found: Opened) -> Group | None:
    """The first codes of a code list, the names of a dataset's fields; the tab has them all."""
    if found.kind.name == "code-list":
        rows = await found.runtime.reads.find(
            "codes", code_list=found.row.identifier, seq=FOREVER - 1, after=-1, limit=_PREVIEW
        )
        labels = await found.words.codes(((found.row.identifier, row[0]) for row in rows), found.language)
        items = [
            Value(
                "code", text=labels[found.row.identifier, row[0]], code=row[0], href=f"{found.address}/codes"
            )
            for row in rows
        ]
        part = "codes"
    elif found.kind.name == "dataset":
        fields = found.document.get("fields", [])[:_PREVIEW]
        items = [
            Value("ref", text=str(field.get("name", "")), href=f"{found.address}/fields#field-{n}")
            for n, field in enumerate(fields, 1)
        ]
        part = "fields"
    else:
        return None
    label = text(f"record.{part}", found.language)
    return Group(part, label, [Fact(label, "", Value("tags", items=items), bare=True)]) if items else None


def _successor(found: Opened, identifier: str, names: Any) -> Value:
    name = names.get((found.kind.name, identifier), identifier)
    return Value("ref", text=name, href=f"/{found.kind.plural}/{identifier}")


async def codes(request: Request) -> Response:
    """The codes of a list: searched by code or label, or below one parent, a page at a time."""
    found = await opened(request, "code-lists")
    query = request.query_params
    sought, parent = query.get("q", "").strip()[:100], query.get("parent", "")
    after = query.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else -1
    rows = await codes_of(
        found.runtime.reads, found.row.identifier, sought=sought, parent=parent or None, after=place,
        limit=_ROWS + 1, quick=True,
    )  # fmt: skip
    total = await found.runtime.reads.find("code_count", code_list=found.row.identifier)
    today = clock.today(found.runtime.settings.zone).isoformat()
    shown = [_code(row, today) for row in rows[:_ROWS]]
    dated = any(code["valid_from"] or code["valid_until"] for code in shown)
    kept = {"q": sought or None, "parent": parent or None}
    return await found.page(
        "register/codes.html",
        "codes",
        codes=shown,
        dated=dated,
        any_parent=any(code["parent"] for code in shown),
        total=int(total[0][0]),
        q=sought,
        parent=parent,
        first=_address(request, after=None, **kept) if place >= 0 else "",
        next=_address(request, after=str(rows[_ROWS - 1][6]), **kept) if len(rows) > _ROWS else "",
    )


def _code(row: Any, today: str) -> dict[str, Any]:
    code: dict[str, Any] = orjson.loads(row[5])
    return {
        "code": row[0],
        "label": row[1],
        "label_en": code.get("label_en", ""),
        "matter": code.get("matter_code", ""),
        "about": code.get("definition") or code.get("note") or "",
        "parent": row[2] or "",
        "valid_from": row[3] or "",
        "valid_until": row[4] or "",
        "closed": bool(row[4] and row[4] < today),
    }


async def usages(request: Request) -> Response:
    """Every place that refers to this record, in the kinds that the reader may see."""
    found = await opened(request, request.path_params["plural"])
    chosen = request.query_params.get("kind", "")
    start = request.query_params.get("after", "").split("|", 2)
    k, i, p = start if len(start) == 3 else ("", "", "")
    if chosen in found.sight.kinds and not k:
        k = chosen
    rows = await found.runtime.reads.find(
        "usages", kind=found.kind.name, identifier=found.row.identifier, seq=FOREVER - 1,
        k=k, i=i, p=p, limit=_ROWS + 1, quick=False,
    )  # fmt: skip
    more = rows[_ROWS - 1][:3] if len(rows) > _ROWS else None
    departments = await found.words.departments()
    shown = [
        {
            "kind": kind_name(row[0], found.language),
            "identifier": row[1],
            "href": f"/{BY_NAME[row[0]].plural}/{row[1]}",
            "where": schemas.current(row[0]).annotations.label(row[2], found.language),
            "name": row[4],
            "status": row[5],
            "department": departments.get(row[6], row[6]),
        }
        for row in rows[:_ROWS]
        if row[0] in found.sight.kinds and (not chosen or row[0] == chosen)
    ]
    ended = bool(chosen and rows and rows[-1][0] != chosen)
    return await found.page(
        "register/usages.html",
        "usages",
        graph=None if chosen or "after" in request.query_params else await usage_picture(found),
        rows=shown,
        chosen=chosen,
        total=sum(n for _, _, n in found.used_by),
        next=_address(request, after="|".join(more), kind=chosen or None) if more and not ended else "",
    )


async def history(request: Request) -> Response:
    """Every state of the record, newest first; by whom and why only for signed-in readers."""
    found = await opened(request, request.path_params["plural"])
    before = request.query_params.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else FOREVER
    rows = await _versions(found, number, _ROWS + 1)
    named: dict[str, Any] = {}
    if access.signed_in(request.state.actor):
        named = await found.runtime.reads.people(sorted({row[7] for row in rows if row[7].startswith("PN-")}))
    return await found.page(
        "register/history.html",
        "history",
        entries=[_entry(found, row, named) for row in rows[:_ROWS]],
        next=_address(request, before=str(rows[_ROWS - 1][1])) if len(rows) > _ROWS else "",
    )


async def _versions(found: Opened, before: int, limit: int) -> Any:
    return await found.runtime.reads.find(
        "versions", kind=found.kind.name, identifier=found.row.identifier, before=before, limit=limit
    )


def _entry(found: Opened, row: Any, named: dict[str, Any] | None = None) -> dict[str, Any]:
    version, seq, status, _, _, at, verb, by, note = row
    language = found.language
    said = verb_name(verb, language)
    signed_in = access.signed_in(found.request.state.actor)
    who = _who(by, named or {}, language) if signed_in else ""
    return {
        "at": at,
        "verb": said,
        "sentence": text("history.by", language, who=who, verb=said) if who else said,
        "version": version,
        "status": status,
        "note": note if signed_in and note != by else None,
        "then": f"{found.address}?as_of={seq}",
        "diff": f"{found.address}/diff?from={version - 1}&to={version}"
        if version > 1 and verb.endswith((".revised", ".restored"))
        else "",
    }


def _who(by: str, named: dict[str, Any], language: Language) -> str:
    if by in named and named[by][0]:
        return str(named[by][0])
    known = by if by in ("console", "seed", "system") else "someone"
    return text(f"history.{known}", language)


def verb_name(verb: str, language: Language) -> str:
    """What an entry's verb (``data-element.revised``) is called."""
    past = verb.rpartition(".")[2]
    try:
        return text(f"verb.{past}", language)
    except KeyError:
        return past


async def diff(request: Request) -> Response:
    """Two versions side by side; the last two where the address names none."""
    found = await opened(request, request.path_params["plural"])
    newest = found.row.version
    to = _number(request, "to", newest, newest)
    start = _number(request, "from", max(1, to - 1), newest)
    reads, kind, identifier = found.runtime.reads, found.kind.name, found.row.identifier
    before, after = await reads.version(kind, identifier, start), await reads.version(kind, identifier, to)
    if before is None or after is None:
        raise NotFound(kind=kind, identifier=f"{identifier} v{to}")
    left, right = await reads.whole(before), await reads.whole(after)
    labels = schemas.load(kind, after.standard).annotations
    names = await lookup(
        reads,
        labels,
        [before.document, after.document],
        found.sight,
        found.language,
        people=access.signed_in(request.state.actor),
    )
    return await found.page(
        "register/diff.html",
        "diff",
        from_=start,
        to=to,
        numbers=list(range(newest, max(0, newest - 200), -1)),
        changes=differences(left, right, labels, found.language, names),
        same=unchanged(left, right, labels, found.language),
    )


def _number(request: Request, name: str, default: int, most: int) -> int:
    said = request.query_params.get(name, "")
    return min(max(int(said), 1), most) if said.isascii() and said.isdigit() and len(said) < 10 else default


def _address(request: Request, **values: str | None) -> str:
    return str(request.url.replace(scheme="", netloc="", query="").include_query_params(
        **{name: value for name, value in values.items() if value is not None}
    ))  # fmt: skip


_ATTACHMENTS = "/{plural:plural}/{identifier}/attachments"
ROUTES = [
    Route("/search", kept(search)),
    Route("/search/suggest", kept(suggest)),
    Route("/code-lists/{identifier}/codes", kept(codes)),
    Route(f"{_ATTACHMENTS}", pages_attachments.listed, methods=["GET"]),
    Route(f"{_ATTACHMENTS}", pages_attachments.attach, methods=["POST"]),
    Route(f"{_ATTACHMENTS}/{{key}}", pages_attachments.fetch, methods=["GET"]),
    Route(f"{_ATTACHMENTS}/{{key}}/off", pages_attachments.ask, methods=["GET"]),
    Route(f"{_ATTACHMENTS}/{{key}}/off", pages_attachments.detach, methods=["POST"]),
    Route("/{plural:plural}/{identifier}/print", pages_print.form),
    Route(f"{addresses.RECORD}/usages", kept(usages)),
    Route(f"{addresses.RECORD}/history", kept(history)),
    Route(f"{addresses.RECORD}/diff", kept(diff)),
    Route(addresses.RECORD, kept(record)),
    Route(addresses.LIST, kept(records)),
]

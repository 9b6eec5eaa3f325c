"""The writing half of ``/api/v1``: every change goes through the verbs, every upload through the plan."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock
from catalog.base.documents import merge, parse
from catalog.base.errors import (
    AlreadyRegistered,
    InvalidDocument,
    Malformed,
    NotFound,
    PreconditionMissing,
    Stale,
    Unsupported,
    Violation,
    WrongState,
)
from catalog.base.i18n import Language
from catalog.base.problems import violation
from catalog.base.web import dumps, json_body
from catalog.identity.actors import Actor
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, bulk, verbs
from catalog.registry.api_read import allow, readable, runtime
from catalog.registry.documents import whole
from catalog.registry.idempotency import Answer, earlier, remember
from catalog.registry.verbs import Outcome

_JSON = "application/json"
BULK_TYPES = {
    "application/json": "body.json",
    "application/x-ndjson": "body.jsonl",
    "application/yaml": "body.yaml",
    "text/csv": "body.csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "body.xlsx",
    "application/vnd.ms-excel": "body.xls",
    "application/vnd.oasis.opendocument.spreadsheet": "body.ods",
}


def _kind(request: Request) -> Kind:
    access.require_signed_in(request.state.actor)
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="kind", identifier=request.path_params["plural"])
    return kind


def _read(request: Request) -> tuple[int, str]:
    """The seq and the view that the author has read, from ``If-Match``."""
    text = request.headers.get("if-match")
    if text is None:
        raise PreconditionMissing()
    seq, _, view = text.strip().removeprefix("W/").strip('"').partition("-")
    if not (seq.isascii() and seq.isdigit() and view in ("p", "i")):
        raise Stale(
            kind=request.path_params["plural"],
            identifier=request.path_params.get("identifier"),
            found=text,
            expected='"<seq>-<view>"',
        )
    return int(seq[:18]), view


def _common(request: Request) -> dict[str, Any]:
    found = runtime(request)
    actor = request.state.actor
    note = request.query_params.get("note")
    return {
        "by": actor,
        "permit": access.permit(actor, found.settings, reason=note),
        "note": note,
    }


def _answer(request: Request, outcome: Outcome, status: int) -> Response:
    kind = outcome.kind
    plural = request.path_params["plural"]
    language: Language = request.state.language
    runtime(request).index.notify(outcome.seq)
    body = {
        "kind": kind,
        "identifier": outcome.identifier,
        "version": outcome.version,
        "changed": outcome.changed,
        "warnings": [violation(found, language) for found in outcome.warnings],
    }
    headers = {"etag": f'"{outcome.seq}-p"', "location": f"/api/v1/{plural}/{outcome.identifier}"}
    return Response(dumps(body), status_code=status, media_type=_JSON, headers=headers)


async def register(request: Request) -> Response:
    """Register a record: 201 with ``Location`` and ``ETag``. An ``Idempotency-Key`` answers a repetition alike."""
    kind = _kind(request)
    allow(request, "status", "note")
    document = await json_body(request)
    key = request.headers.get("idempotency-key")
    seen = hashlib.sha256(
        f"{request.url.path}?{request.url.query}".encode() + await request.body()
    ).hexdigest()
    found = runtime(request)

    def keep(session: Session, outcome: Outcome) -> None:
        if key:
            remember(session, key, request.state.actor, seen, outcome)

    def work() -> Outcome | Answer:
        answer = earlier(found.database, key, request.state.actor, seen) if key else None
        if answer:
            return answer
        try:
            return verbs.register(
                found.database,
                kind=kind.name,
                document=document,
                status=request.query_params.get("status"),
                on=clock.today(found.settings.zone),
                beside=keep,
                **_common(request),
            )
        except (IntegrityError, AlreadyRegistered, Stale):  # an equal request may have been quicker
            answer = earlier(found.database, key, request.state.actor, seen) if key else None
            if answer is None:
                raise
            return answer

    done = await asyncio.to_thread(work)
    if isinstance(done, Answer):
        done = Outcome(kind.name, done.identifier, done.seq, done.version, True, [])
    return _answer(request, done, 201)


async def revise(request: Request) -> Response:
    """Replace the document (PUT) under ``If-Match``."""
    kind = _kind(request)
    allow(request, "note")
    read, view = _read(request)
    document = await json_body(request)
    return await _revised(request, kind, read, lambda _: document, view)


async def patch(request: Request) -> Response:
    """Change the document by JSON Merge Patch (RFC 7396) under ``If-Match``."""
    kind = _kind(request)
    allow(request, "note")
    read, _ = _read(request)
    change = await json_body(request, "application/merge-patch+json", _JSON)
    return await _revised(request, kind, read, lambda document: merge(document, change), "i")


async def _revised(
    request: Request, kind: Kind, read: int, change: Callable[[Any], Any], view: str
) -> Response:
    found = runtime(request)
    identifier = request.path_params["identifier"]

    def work() -> Outcome:
        with found.database.reading() as session:
            before = whole(session, kind.name, identifier)
            if before is not None and view == "p":
                access.refuse_blind(session, kind.name, identifier)
        return verbs.revise(
            found.database,
            kind=kind.name,
            identifier=identifier,
            document=change(before),
            read=read,
            on=clock.today(found.settings.zone),
            **_common(request),
        )

    return _answer(request, await asyncio.to_thread(work), 200)


async def retire(request: Request) -> Response:
    """DELETE retires: nothing is deleted. ``successor`` and ``override`` as query parameters."""
    kind = _kind(request)
    allow(request, "note", "successor", "override")
    query = request.query_params
    body = {"successor": query.get("successor"), "override": query.get("override") == "true"}
    return await _verb(request, kind, "retire", body)


async def act(request: Request) -> Response:
    """``POST …/{identifier}:move|retire|confirm|restore`` under ``If-Match``."""
    kind = _kind(request)
    allow(request, "note")
    raw = await request.body()
    body = parse(raw) if raw else {}
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "not-an-object", found=type(body).__name__)])
    return await _verb(request, kind, request.path_params["verb"], body)


_WORDS: Mapping[str, tuple[str, ...]] = {
    "move": ("status", "successor"),
    "retire": ("successor", "override"),
    "confirm": (),
    "restore": ("version",),
}


async def _verb(request: Request, kind: Kind, verb: str, body: Mapping[str, Any]) -> Response:
    if verb not in _WORDS:
        raise WrongState("verb-unknown", found=verb, possible=list(_WORDS))
    read, _ = _read(request)
    words = _checked(verb, body)
    found = runtime(request)

    def work() -> Outcome:
        common = _common(request) | {
            "kind": kind.name,
            "identifier": request.path_params["identifier"],
            "read": read,
        }
        if verb == "restore":
            common["on"] = clock.today(found.settings.zone)
        done: Outcome = getattr(verbs, verb)(found.database, **common, **words)
        return done

    return _answer(request, await asyncio.to_thread(work), 200)


_TYPES: Mapping[str, type] = {"status": str, "successor": str, "override": bool, "version": int}


def _checked(verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
    wrong = [
        Violation(f"/{name}", "unknown-property", found=name, expected=list(_WORDS[verb]))
        for name in body
        if name not in _WORDS[verb] and name not in ("items", "note")
    ]
    needed = {"move": "status", "restore": "version"}.get(verb)
    if needed and needed not in body:
        wrong.append(Violation(f"/{needed}", "required", expected=needed))
    words = {name: value for name, value in body.items() if name in _WORDS[verb] and value is not None}
    wrong += [
        Violation(f"/{name}", "type", found=type(value).__name__, expected=_TYPES[name].__name__)
        for name, value in words.items()
        if type(value) is not _TYPES[name]
    ]
    if wrong:
        raise InvalidDocument(wrong)
    return words


async def act_on_many(request: Request) -> Response:
    """``POST …:move|retire|confirm`` with ``{"items": [{"identifier", "etag"}], …}``: all of them or none."""
    kind = _kind(request)
    allow(request, "note")
    verb = request.path_params["verb"]
    if verb not in ("move", "retire", "confirm"):
        raise WrongState(
            "verb-unknown", found=verb, possible=["move", "retire", "confirm", "validate", "import"]
        )
    body = await json_body(request)
    words = _checked(verb, body if isinstance(body, dict) else {})
    items = _items(body)
    found = runtime(request)
    outcomes = await asyncio.to_thread(
        bulk.act, found.database, verb, kind.name, items, **_common(request), **words
    )
    found.index.notify(max((outcome.seq for outcome in outcomes), default=0))
    answer = [{"identifier": one.identifier, "etag": f'"{one.seq}-p"'} for one in outcomes]
    return Response(dumps({"items": answer, "count": len(answer)}), media_type=_JSON)


def _items(body: Any) -> list[tuple[str, int]]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        raise InvalidDocument([Violation("/items", "required", expected="[{identifier, etag}]")])
    read: list[tuple[str, int]] = []
    wrong = []
    for place, item in enumerate(items):
        etag = str(item.get("etag", "")).strip('"').partition("-")[0] if isinstance(item, dict) else ""
        if not (etag.isascii() and etag.isdigit() and isinstance(item.get("identifier"), str)):
            wrong.append(Violation(f"/items/{place}", "type", found=item, expected="{identifier, etag}"))
        else:
            read.append((item["identifier"], int(etag)))
    if wrong:
        raise InvalidDocument(wrong)
    return read


async def validate(request: Request) -> Response:
    """All violations of one document or of many (NDJSON, JSON array, YAML, CSV); writes nothing."""
    kind, _ = readable(request)
    allow(request, "profile", "status")
    report = await asyncio.to_thread(_bulk, request, kind, await uploaded(request), dry_run=True, by=None)
    return Response(dumps(report), media_type=_JSON)


async def import_(request: Request) -> Response:
    """Register many documents: the plan with ``dry_run=true``, else all of them or, if one is refused, none."""
    kind = _kind(request)
    allow(request, "dry_run", "status", "note")
    dry_run = request.query_params.get("dry_run", "false")
    if dry_run not in ("true", "false"):
        raise InvalidDocument([Violation("/dry_run", "enum", found=dry_run, expected=["true", "false"])])
    upload, by = await uploaded(request), request.state.actor
    report = await asyncio.to_thread(_bulk, request, kind, upload, dry_run=dry_run == "true", by=by)
    found = runtime(request)
    if report["applied"] and report["last"]:
        found.index.notify(report["last"])
        await asyncio.to_thread(found.index.wait_for, report["last"], 30.0)
    return Response(
        dumps(report), status_code=200 if report["applied"] or dry_run == "true" else 422, media_type=_JSON
    )


async def uploaded(request: Request) -> tuple[bytes, str]:
    """The body of a bulk call and the file name that stands for its content type."""
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    name = BULK_TYPES.get(content_type)
    if name is None:
        raise Unsupported(found=content_type or "—", expected=list(BULK_TYPES))
    body = await request.body()
    if not body:
        raise Malformed("empty")
    return body, name


def _bulk(
    request: Request, kind: Kind, upload: tuple[bytes, str], *, dry_run: bool, by: Actor | None
) -> dict[str, Any]:
    body, name = upload
    return bulk.import_bytes(
        runtime(request),
        kind=kind.name,
        data=body,
        filename=name,
        status=request.query_params.get("status"),
        dry_run=dry_run,
        by=by,
        note=request.query_params.get("note"),
        language=request.state.language,
    )

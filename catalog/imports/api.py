"""``/api/v1/imports``: the same as the pages, for programs; a token of the scope ``write`` is asked."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import orjson
from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import InvalidDocument, Malformed, NotPermitted, Stale, Violation
from catalog.base.i18n import Language, describe
from catalog.base.web import dumps, json_body
from catalog.exchange.layouts import Profile
from catalog.identity.forms import posted
from catalog.imports import findings, pages, pages_map, service, view
from catalog.imports.correct import Correction, key_of, parsed, split_key, written
from catalog.imports.models import Found, Problem, Upload
from catalog.imports.pages_acts import CHOICES, recheck, registered
from catalog.registry import access
from catalog.registry.api_read import allow

_JSON = "application/json"
_MOST = 200


async def bring(request: Request) -> Response:
    """Upload a file (multipart as the page does, or its bytes with ``?kind=&filename=``): 201, checked or being so."""
    access.require_signed_in(request.state.actor)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        words, data, filename = await _multipart(request)
    else:
        _own(request)
        allow(request, "kind", "filename", "vendor", "no_secrets", "former")
        words = dict(request.query_params)
        data, filename = await request.body(), words.get("filename", "")
    identifier = await pages.received(
        request, kind=words.get("kind", ""), data=data, filename=filename, former=words.get("former", ""),
        confirmed=words.get("no_secrets") == "true" or bool(words.get("statement")),
        vendor=words.get("vendor", ""),
    )  # fmt: skip
    return await _answer(request, identifier, 201)


def _own(request: Request) -> None:
    """A browser's session must send its secret with raw bytes, which any site's form could post."""
    held = getattr(request.state, "session", None)
    if held is not None and not hmac.compare_digest(
        request.headers.get("x-csrf", "").encode(), held.csrf.encode()
    ):
        raise NotPermitted("foreign-form")


async def _multipart(request: Request) -> tuple[dict[str, str], bytes, str]:
    """A form with a file; a browser's session must send its secret with it, a token need not."""
    if getattr(request.state, "session", None) is not None:
        async with posted(request, max_files=1, max_fields=20) as typed:
            return await _read(typed)
    async with request.form(max_files=1, max_fields=20) as typed:
        return await _read(typed)


async def _read(typed: Any) -> tuple[dict[str, str], bytes, str]:
    words = {name: value for name, value in typed.items() if isinstance(value, str)}
    sent = typed.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return words, b"", ""
    return words, await sent.read(), sent.filename


async def listed(request: Request) -> Response:
    """The uploads that the reader may open, newest first."""
    access.require_signed_in(request.state.actor)
    allow(request)

    def work() -> list[dict[str, Any]]:
        with request.app.state.runtime.database.reading() as session:
            return [_summary(upload) for upload in service.listed(session, request.state.actor)]

    return Response(dumps({"items": await asyncio.to_thread(work)}), media_type=_JSON)


async def one(request: Request) -> Response:
    """An upload with its counts, groups of problems, and 200 problems or rows from ``start`` on."""
    access.require_signed_in(request.state.actor)
    allow(request, "start")
    return await _answer(request, request.path_params["id"], 200)


async def _answer(request: Request, identifier: str, status: int) -> Response:
    language: Language = request.state.language
    said = request.query_params.get("start", "0")
    start = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0

    def work() -> dict[str, Any]:
        with request.app.state.runtime.database.reading() as session:
            upload = service.opened(session, identifier, request.state.actor)
            body = _summary(upload) | {
                "groups": view.report_of(upload)["groups"],
                "understood": view.report_of(upload)["understood"],
                "corrections": [_correction(one) for one in parsed(upload.corrections)],
                "choices": orjson.loads(upload.choices),
                "acts": view.acts_of(upload),
                "failure": orjson.loads(upload.failure) if upload.failure else None,
                "problems": [
                    _problem(one, language) for one in findings.all_problems(session, upload.id, start, _MOST)
                ],
                "rows": [
                    _row(one, request) for one in findings.rows(session, upload.id, start=start, limit=_MOST)
                ],
            }
            return body

    body = await asyncio.to_thread(work)
    headers = {"location": f"/api/v1/imports/{identifier}"} if status == 201 else {}
    return Response(dumps(body), status_code=status, media_type=_JSON, headers=headers)


def _summary(upload: Upload) -> dict[str, Any]:
    report = view.report_of(upload)
    names = ("id", "kind", "department", "by", "filename", "digest", "size", "vendor", "state", "note", "created_at", "changed_at")  # fmt: skip
    return {name: getattr(upload, name) for name in names} | {
        name: report[name] for name in ("read", "created", "revised", "unchanged", "refused")
    }


def _correction(one: Correction) -> dict[str, Any]:
    return {"sheet": one.sheet, "row": one.row, "pointer": one.pointer, "value": one.value}


def _problem(one: Problem, language: Language) -> dict[str, Any]:
    described = describe(view.violation_of(one))
    return described | {
        "pointer": f"#{one.pointer}",
        "detail": described[language],
        "place": one.place,
        "sheet": one.sheet,
        "row": one.row,
        "cell": one.column or None,
        "value": one.value,
        "suggestion": one.suggestion,
    }


def _row(one: Found, request: Request) -> dict[str, Any]:
    said = orjson.loads(one.changes)
    return {
        "number": one.number,
        "action": one.action,
        "identifier": one.identifier,
        "name": one.name,
        "sheet": one.sheet,
        "row": one.row,
        "changed": sorted(said.get("after", {}) | said.get("before", {})) if isinstance(said, dict) else [],
        "key": key_of(one.sheet, one.row, ""),
        "likes": orjson.loads(one.likes),
    }


async def correct(request: Request) -> Response:
    """Mend: ``{"corrections": [{sheet, row, pointer, value}], "accept": [place], "choices": {key: {…}}}``."""
    body = await _body(request)
    more = [_corrected(item) for item in _list(body, "corrections")]
    places = [item for item in _list(body, "accept") if isinstance(item, int)]
    choices = _choices(body.get("choices", {}))

    def values(session: Session, upload: Upload) -> dict[str, Any]:
        taken = [
            Correction(one.sheet, one.row, one.pointer, one.suggestion)
            for one in findings.placed(session, upload.id, places)
            if one.suggestion
        ]
        return {
            "corrections": written([*parsed(upload.corrections), *taken, *more]),
            "choices": orjson.dumps(orjson.loads(upload.choices) | choices).decode(),
        }

    await recheck(request, values)
    return await _answer(request, request.path_params["id"], 200)


def _list(body: dict[str, Any], name: str) -> list[Any]:
    found = body.get(name, [])
    if not isinstance(found, list):
        raise InvalidDocument([Violation(f"/{name}", "type", found=type(found).__name__, expected="array")])
    return found


def _corrected(item: Any) -> Correction:
    wanted = {"sheet": str, "row": int, "pointer": str, "value": str}
    if not isinstance(item, dict) or any(
        not isinstance(item.get(name), kind) for name, kind in wanted.items()
    ):
        raise InvalidDocument([Violation("/corrections", "type", found=str(item)[:80], expected="{sheet, row, pointer, value}")])  # fmt: skip
    split_key(key_of(item["sheet"], item["row"], item["pointer"]))
    return Correction(item["sheet"], item["row"], item["pointer"], item["value"][:10_000])


def _choices(given: Any) -> dict[str, dict[str, str]]:
    found = {}
    for key, choice in given.items() if isinstance(given, dict) else ():
        split_key(key)
        if not isinstance(choice, dict) or choice.get("choice") not in CHOICES:
            raise InvalidDocument(
                [Violation("/choices", "enum", found=str(choice)[:80], expected=list(CHOICES))]
            )
        found[key] = {"choice": choice["choice"], "key": str(choice.get("key", ""))[:60]}
    return found


async def register(request: Request) -> Response:
    """Register: ``{"note": reason, "flawless_only": false}``; 409 where rows are refused, 412 where the register moved."""
    body = await _body(request)
    note, flawless = body.get("note"), body.get("flawless_only", False)
    if not isinstance(flawless, bool) or not (note is None or isinstance(note, str)):
        raise InvalidDocument([Violation("/flawless_only", "type", found=str(flawless), expected="boolean")])
    try:
        act = await registered(request, note=(note or "").strip()[:500] or None, flawless_only=flawless)
    except Stale:
        await recheck(request, lambda *_: {})
        raise
    return Response(dumps(act), media_type=_JSON)


async def map_columns(request: Request) -> Response:
    """The mapping of a foreign layout: ``{"profiles": [profile, …]}``, or ``{}`` to take the suggestions.

    GET shows each layout's columns with their samples, the suggestions and the profile that holds.
    """
    access.require_signed_in(request.state.actor)
    allow(request)
    if request.method == "GET":
        return Response(dumps({"layouts": await asyncio.to_thread(_layouts, request)}), media_type=_JSON)
    body = await _body(request)
    given = {profile.fingerprint: profile for profile in map(Profile.of, _list(body, "profiles"))}
    await pages_map.keep_profiles(request, lambda one, *_: given.get(one.layout.fingerprint, one.profile))
    return await _answer(request, request.path_params["id"], 200)


def _layouts(request: Request) -> list[dict[str, Any]]:
    with request.app.state.runtime.database.reading() as session:
        upload = service.opened(session, request.path_params["id"], request.state.actor)
        return [
            {
                "fingerprint": one.layout.fingerprint,
                "sheets": [table.sheet for table in one.layout.tables],
                "columns": [
                    {
                        "heading": column.column.title,
                        "samples": column.samples,
                        "guesses": [
                            [guess.to, round(guess.score, 2), guess.reason] for guess in column.guesses
                        ],
                    }
                    for column in one.suggestion.columns
                ],
                "missing": one.suggestion.missing,
                "profile": one.profile.document(),
                "kept_at": one.kept_at or None,
            }
            for one in pages_map.layouts(session, upload)
        ]


async def submit(request: Request) -> Response:
    """Hand over (送审): ``{"note": …}``."""
    return await _moved(request, service.submit)


async def send_back(request: Request) -> Response:
    """Return (退回): ``{"note": why}``."""
    return await _moved(request, service.send_back)


async def _moved(request: Request, verb: Any) -> Response:
    body = await _body(request)

    def work() -> None:
        with request.app.state.runtime.database.writing() as session:
            upload = service.opened(session, request.path_params["id"], request.state.actor)
            verb(session, upload, by=request.state.actor, note=str(body.get("note") or ""))

    await asyncio.to_thread(work)
    return await _answer(request, request.path_params["id"], 200)


async def _body(request: Request) -> dict[str, Any]:
    access.require_signed_in(request.state.actor)
    allow(request)
    body = await json_body(request)
    if not isinstance(body, dict):
        raise Malformed()
    return body


ROUTES = [
    Route("/api/v1/imports", listed, methods=["GET"]),
    Route("/api/v1/imports", bring, methods=["POST"]),
    Route("/api/v1/imports/{id}", one, methods=["GET"]),
    Route("/api/v1/imports/{id}/corrections", correct, methods=["POST"]),
    Route("/api/v1/imports/{id}/mapping", map_columns, methods=["GET", "POST"]),
    Route("/api/v1/imports/{id}/register", register, methods=["POST"]),
    Route("/api/v1/imports/{id}/submit", submit, methods=["POST"]),
    Route("/api/v1/imports/{id}/return", send_back, methods=["POST"]),
]

"""``/live/…``: what a form says while somebody types. Nothing is written; only the form's own page asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotFound, NotPermitted, Violation
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import render
from catalog.elements.compare import Named, Shelf
from catalog.elements.shelves import register_shelf
from catalog.forms.judging import alike, judged
from catalog.forms.judging import said as in_words
from catalog.forms.likes import likes
from catalog.forms.names import control_id
from catalog.forms.options import codebook
from catalog.forms.reading import resolve, typed
from catalog.identity.forms import posted
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, Kind
from catalog.registry import access
from catalog.registry.reads import Reads
from catalog.registry.rights import places
from catalog.runtime import Runtime
from catalog.standards import notation, schemas
from catalog.standards.wording import explain

_ELEMENT = "data-element"
_WORDS = (  # that the scripts say
    "live.clear", "live.left", "live.draft-failed", "live.draft-moved", "live.row-up", "live.row-down",
    "live.grid-tools", "live.grid-keys", "live.grid-above", "live.grid-below", "live.grid-gone", "live.grid-up",
    "live.grid-down", "live.grid-undo", "live.grid-redo", "live.grid-accept", "live.grid-unknown",
)  # fmt: skip
_LONGEST = 300  # characters of a value that count
_SUGGESTED = 3
_EXAMPLES = 3

_SHELVES: WeakKeyDictionary[Reads, tuple[int, Shelf]] = WeakKeyDictionary()


async def words(request: Request) -> Response:
    """``/live/words``: what the scripts say, in the reader's language; places stay as ``{n}``."""
    language: Language = request.state.language
    found = {key: text(key, language, n="{n}", value="{value}") for key in _WORDS}
    return Response(orjson.dumps(found), media_type="application/json", headers={"Cache-Control": "no-store"})


async def name(request: Request) -> Response:
    """``/live/name?kind=&department=&name=&identifier=``: records that have the name already, or nearly."""
    kind, seen = _kind(request), _sight(request)
    access.require(request.state.actor, seen, kind.name)
    runtime: Runtime = request.app.state.runtime
    found = await asyncio.to_thread(
        likes, runtime, kind, _value(request, "name"), seen,
        owner=_value(request, "department") or None, own=_value(request, "identifier") or None,
    )  # fmt: skip
    said = alike(found, request.state.language)
    return _answer(request, "live/likes.html", {"items": found}, said=said)


async def format_(request: Request) -> Response:
    """``/live/format?value=&type=``: a data format in a sentence, or what is wrong with it."""
    language: Language = request.state.language
    value = _value(request, "value")
    severity, said = "", ""
    if value:
        said, severity = explain(value, language), "sound"
        if not notation.is_written_well(value):
            severity = "error"
        else:
            found = [
                describe(one)[language]
                for one in notation.violations("/data_format", value, _value(request, "type") or None)
            ]
            if found:
                severity, said = "warning", text("live.format-unusual", language, problems=" ".join(found))
    return _sentence(request, severity, said)


async def value_domain(request: Request) -> Response:
    """``/live/value-domain?type=&code_list=&standard=&rule=&minimum=&maximum=&algorithm=&format=``: in a sentence."""
    language: Language = request.state.language
    asked = {key: _value(request, key) for key in (
        "type", "code_list", "standard", "rule", "minimum", "maximum", "algorithm", "format",
    )}  # fmt: skip
    severity, said = await _domain(request, asked, language)
    parts = [said]
    bounds = _bounds(asked["minimum"], asked["maximum"])
    if bounds:
        parts.append(text(f"live.domain-{bounds}", language, **asked))
    if bounds == "untrue":
        severity = "error"
    if asked["algorithm"]:
        parts.append(text("live.domain-algorithm", language, **asked))
    return _sentence(request, severity, " ".join(part for part in parts if part))


async def _domain(request: Request, asked: Mapping[str, str], language: Language) -> tuple[str, str]:
    match asked["type"]:
        case "enumerated" if asked["code_list"]:
            return await _code_list(request, asked["code_list"], language)
        case "enumerated":
            return "wait", text("live.domain-list-missing", language)
        case "referenced" if asked["standard"]:
            return "sound", text("live.domain-referenced", language, **asked)
        case "referenced":
            return "wait", text("live.domain-standard-missing", language)
        case "ruled" if asked["rule"]:
            return "sound", text("live.domain-ruled", language, **asked)
        case "ruled":
            return "wait", text("live.domain-rule-missing", language)
        case "free" if notation.is_written_well(asked["format"]):
            meaning = explain(asked["format"], language)
            return "sound", text("live.domain-free", language, format=meaning)
        case "free":
            return "sound", text("live.domain-any", language)
    return "", ""


async def _code_list(request: Request, identifier: str, language: Language) -> tuple[str, str]:
    runtime: Runtime = request.app.state.runtime
    book = await codebook(runtime, identifier) if "code-list" in _sight(request).kinds else None
    if book is None:
        return "error", text("live.domain-no-list", language, code_list=identifier)
    names = await runtime.reads.names([("code-list", identifier)])
    examples = "、".join(f"{entry.value} {entry.label}" for entry in book.entries[:_EXAMPLES])
    return "sound", text(
        "live.domain-list", language,
        name=names["code-list", identifier], code_list=identifier, n=len(book), examples=examples,
    )  # fmt: skip


def _bounds(minimum: str, maximum: str) -> str:
    if not (minimum and maximum):
        return "least" if minimum else "most" if maximum else ""
    try:
        return "untrue" if Decimal(minimum) > Decimal(maximum) else "between"
    except InvalidOperation:
        return "between"


async def element(request: Request) -> Response:
    """``/live/element?name=&comment=&column=&code_list=``: the elements that a data item may be, and why."""
    seen, language = _sight(request), request.state.language
    access.require(request.state.actor, seen, _ELEMENT)
    runtime: Runtime = request.app.state.runtime
    comment = _value(request, "comment")
    one = Named(
        "", _value(request, "name"), (comment,) if comment else (),
        _value(request, "column"), _value(request, "code_list"),
    )  # fmt: skip
    matches = (await shelf(runtime)).like(one, limit=_SUGGESTED)
    found = [
        {
            "identifier": match.named.key,
            "name": match.named.name,
            "status": match.named.status,
            "sure": match.sure,
            "reasons": text("compare.and", language).join(
                text(f"compare.{reason}", language, by=by)
                for reason, by in zip(match.reasons, match.words, strict=True)
            ),
        }
        for match in matches
    ]
    return _answer(request, "live/elements.html", {"items": found}, elements=found)


async def shelf(runtime: Runtime) -> Shelf:
    """The elements to compare with, read again when one of them has changed."""
    seq = int((await runtime.reads.find("kind_seq", kind=_ELEMENT))[0][0])
    held = _SHELVES.get(runtime.reads)
    if held is None or held[0] != seq:

        def read() -> Shelf:
            with runtime.database.reading() as session:
                return register_shelf(session)

        held = _SHELVES[runtime.reads] = (seq, await asyncio.to_thread(read))
    return held[1]


async def check(request: Request) -> Response:
    """``POST /live/check?kind=``: everything that is wrong with a form as it stands, as registering would say."""
    kind = _kind(request)
    if places(request.state.actor, kind) == frozenset():
        access.require_signed_in(request.state.actor)
        raise NotPermitted(kind=kind.name, verb="register", department=None, roles=[*kind.editors])
    annotations = schemas.current(kind.name).annotations
    async with posted(request) as form:
        pairs = [(key, value) for key, value in form.multi_items() if isinstance(value, str)]
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language

    def work() -> list[Violation]:
        read = typed(pairs, annotations, {})
        document = read.document
        kept = {value for key, value in pairs if key == "_keep"}
        with runtime.database.reading() as session:
            resolve(session, kind, document, annotations)
            found = judged(
                session, kind, document, on=clock.today(runtime.settings.zone), read=read.number("_read")
            )
        return [one for one in found if not any(one.pointer.startswith(place) for place in kept)]

    violations = await asyncio.to_thread(work)
    problems = [
        {
            "pointer": one.pointer,
            "control": control_id(one.pointer),
            "label": annotations.label(one.pointer, language),
            "severity": one.severity,
            "text": one.text,
            "mend": one.mend,
        }
        for one in in_words(violations, language)
    ]
    errors = sum(one["severity"] == "error" for one in problems)
    said = text("live.problems", language, n=errors) if errors else text("live.sound", language)
    return _answer(request, "live/problems.html", {"items": problems, "said": said}, problems=problems)


def _kind(request: Request) -> Kind:
    asked = request.query_params.get("kind", "")
    if asked not in BY_NAME:
        raise NotFound(kind="kind", identifier=asked)
    return BY_NAME[asked]


def _sight(request: Request) -> Sight:
    return sight(request.state.actor, request.app.state.runtime.settings)


def _value(request: Request, key: str) -> str:
    return request.query_params.get(key, "").strip()[:_LONGEST]


def _sentence(request: Request, severity: str, said: str) -> Response:
    return _answer(
        request, "live/says.html", {"severity": severity, "said": said}, severity=severity, said=said
    )


def _answer(request: Request, template: str, found: Mapping[str, Any], **context: Any) -> Response:
    headers = {"Cache-Control": "no-store"}
    if "application/json" in request.headers.get("accept", ""):
        return Response(orjson.dumps(found), media_type="application/json", headers=headers)
    return render(request, template, headers=headers, **context)


ROUTES = [
    Route("/live/words", words),
    Route("/live/name", name),
    Route("/live/format", format_),
    Route("/live/value-domain", value_domain),
    Route("/live/element", element),
    Route("/live/check", check, methods=["POST"]),
]

"""Rendering pages: one Jinja environment, the reader's language, and how dates and numbers are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from catalog.base import clock, files
from catalog.base.errors import CatalogError, InvalidDocument
from catalog.base.i18n import Language, explain, text, told
from catalog.base.problems import status_of

LANGUAGE_COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def render(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The page ``template`` for this reader. A language asked for by ``?lang=`` is remembered."""
    lang: Language = request.state.language
    settings = request.app.state.runtime.settings
    page = environment().get_template(template)
    body = page.render(
        lang=lang,
        t=_translator(lang),
        word=_word(lang),
        zone=settings.zone,
        site=settings.title,
        insecure=settings.insecure_http == "on" and request.url.scheme != "https",
        path=request.url.path,
        with_query=_with_query(request),
        actor=getattr(request.state, "actor", None),
        waits=getattr(request.state, "waits", 0),
        unread=getattr(request.state, "unread", 0),
        csrf=getattr(getattr(request.state, "session", None), "csrf", ""),
        **context,
    )
    response = HTMLResponse(body, status_code=status, headers={"Vary": "Cookie, Accept-Language"})
    response.headers.update({"Cache-Control": "private, no-cache", **(headers or {})})
    if "lang" in request.query_params:
        secure = settings.insecure_http == "off" and request.url.scheme == "https"
        tag = "zh-CN" if lang == "zh" else "en"
        response.set_cookie(LANGUAGE_COOKIE, tag, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def wants_page(request: Request) -> bool:
    """Whether a refusal is answered with a page: outside the API, for a reader that takes HTML."""
    path = request.url.path
    return not path.startswith(("/api/", "/static/")) and "text/html" in request.headers.get("accept", "")


def error_page(request: Request, error: CatalogError, kept: Sequence[tuple[str, str]] = ()) -> HTMLResponse:
    """The page that says what was refused, what was kept, what to do, and the request's id.

    What was ``kept`` of a form whose session has ended stays on it, to be sent again after signing in.
    """
    title, detail = explain(error, request.state.language)
    status = status_of(error)
    if kept:
        return render(request, "kept.html", status=status, headers={"Cache-Control": "no-store"}, pairs=kept)
    return render(
        request,
        "error.html",
        status=status,
        headers={"Retry-After": "2"} if status == 503 else None,
        code=status,
        slug=error.slug,
        title=title,
        detail=detail,
        possible=error.values.get("possible") or (),
        problems=told(error, request.state.language) if isinstance(error, InvalidDocument) else [],
        request_id=getattr(request.state, "request_id", ""),
    )


def back_to(target: str) -> Response:
    """A redirect to an address of this site; anything else leads home (no open redirect)."""
    return RedirectResponse(local(target), status_code=303)


def local(target: str) -> str:
    """``target`` if it is a path on this site, else ``/``."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if inside and not parts.netloc and target.isprintable() else "/"


@cache
def environment() -> Environment:
    """The one environment: autoescape always on, templates compiled once, unknown names are defects."""
    made = Environment(
        loader=FileSystemLoader(files.templates()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "number": number,
        "day": day,
        "moment": moment,
        "web": web_address,
        "marked": marked,
    }
    made.globals["static"] = _static
    return made


def number(value: int) -> str:
    """Grouped: ``12,345``."""
    return f"{value:,}"


@pass_context
def day(context: Context, stamp: str) -> str:
    """The calendar day of a stamp in the register's zone; a plain date stays as it is."""
    return _local(context, stamp).strftime("%Y-%m-%d") if "T" in stamp else stamp


@pass_context
def moment(context: Context, stamp: str) -> Markup:
    """A ``time`` element: local day and minute, the exact moment on hover."""
    if "T" not in stamp:
        return Markup('<time datetime="{0}">{0}</time>').format(stamp)
    exact = _local(context, stamp).strftime("%Y-%m-%d %H:%M:%S %Z")
    page = f'<time datetime="{escape(stamp)}" title="{exact}">{exact[:16]}</time>'
    return Markup(page)  # noqa: S704  (a list has fifty of these; a stamp is escaped, and numbers need no more)


def web_address(value: Any) -> str:
    """The value if it is an http(s) address, else an empty text: only such addresses become links."""
    shown = str(value)
    return shown if shown.startswith(("https://", "http://")) and shown.isprintable() else ""


def marked(value: str, sought: str) -> Markup:
    """The text with the first occurrence of each sought word in ``<mark>``."""
    spans: list[tuple[int, int]] = []
    lower = value.lower()
    for word in sought.lower().split():
        start = lower.find(word)
        if start >= 0 and not any(a < start + len(word) and start < b for a, b in spans):
            spans.append((start, start + len(word)))
    shown = Markup("")
    end = 0
    for start, stop in sorted(spans) if len(lower) == len(value) else []:
        shown += escape(value[end:start]) + Markup("<mark>{}</mark>").format(value[start:stop])
        end = stop
    return shown + escape(value[end:])


def _local(context: Context, stamp: str) -> datetime:
    return clock.parse_stamp(stamp).astimezone(context["zone"])


def _translator(lang: Language) -> Callable[..., str]:
    def t(key: str, /, **values: Any) -> str:
        return text(key, lang, **values)

    return t


def _word(lang: Language) -> Callable[[str, str], str]:
    def word(key: str, otherwise: str) -> str:
        """The message, or the given text for what the locale does not know (a status of a new kind)."""
        try:
            return text(key, lang)
        except KeyError:
            return otherwise

    return word


def _with_query(request: Request) -> Callable[..., str]:
    pairs = parse_qsl(request.url.query)
    path = request.url.path

    def with_query(**changes: Any) -> str:
        """This page's address with some parameters replaced; None removes one."""
        kept = [(name, value) for name, value in pairs if name not in changes]
        kept += [(name, str(value)) for name, value in changes.items() if value is not None]
        return f"{path}?{urlencode(kept)}" if kept else path

    return with_query


@cache
def _static(name: str) -> str:
    """The address of a static file, with a mark that changes with its content."""
    mark = hashlib.sha256((files.static() / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"

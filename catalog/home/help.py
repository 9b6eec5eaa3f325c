"""``/help``: the guides and short texts in both languages; ``/problems``: what every problem and every rule means."""

from __future__ import annotations

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from catalog.base import files
from catalog.base.errors import NotFound
from catalog.base.i18n import Language, catalogue, text
from catalog.base.pages import render

PAGES = (
    "",
    "guide",
    "desk",
    "statuses",
    "formats",
    "search",
    "api",
    "operator",
)  # in this order; the first is /help itself
_GUIDES = {
    "guide": "user-guide",
    "desk": "desk-guide",
    "operator": "operator-guide",
}  # of docs/; the others stand among the templates
_PICTURE = re.compile(r"[a-z0-9-]+\.(?:zh|en)\.jpg")
_SUFFIX: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


async def page(request: Request) -> Response:
    """One text of the help."""
    slug = request.path_params.get("slug", "")
    if slug not in PAGES:
        raise NotFound(kind="address", identifier=request.url.path)
    language: Language = request.state.language
    title, body = written(slug, language)
    contents = [(name, written(name, language)[0]) for name in PAGES]
    return render(request, "help/page.html", title=title, body=body, here_=slug, contents=contents)


@cache
def written(slug: str, language: Language) -> tuple[str, Markup]:
    """Title and sanitised HTML of a text."""
    if slug in _GUIDES:
        path = files.docs() / f"{_GUIDES[slug]}.{_SUFFIX[language]}.md"
    else:
        path = files.templates() / "help" / f"{slug or 'index'}.{language}.md"
    source = path.read_text(encoding="utf-8")
    html = MarkdownIt("commonmark").enable("table").render(source.replace("](images/", "](/help/images/"))
    title = source.splitlines()[0].removeprefix("# ").strip()
    return title, Markup(_described(nh3.clean(html, link_rel="noopener noreferrer")))  # noqa: S704


def _described(html: str) -> str:
    """Tables with the heading above them as their caption, and headings of columns marked as such."""
    above = ""

    def describe(found: re.Match[str]) -> str:
        nonlocal above
        if found["heading"]:
            above = found["heading"]
            return found[0]
        if found[0] == "<pre>":
            return '<pre tabindex="0">'  # what scrolls can be reached by keyboard
        return '<th scope="col">' if found[0] == "<th>" else f'<table><caption class="hush">{above}</caption>'

    return re.sub(r"<h[12]>(?P<heading>.*?)</h[12]>|<table>|<th>|<pre>", describe, html)


async def picture(request: Request) -> Response:
    """A screenshot of the guides."""
    name = request.path_params["name"]
    path = files.docs() / "images" / name
    if not _PICTURE.fullmatch(name) or not path.is_file():
        raise NotFound(kind="address", identifier=request.url.path)
    return FileResponse(path, headers={"Cache-Control": "public, max-age=86400"})


async def design(request: Request) -> Response:
    """``/help/design``: every part that pages are made of, in every state."""
    return render(request, "help/design.html", words=text("design.sample", request.state.language))


async def problems(request: Request) -> Response:
    """All problem types and all rules."""
    language: Language = request.state.language
    refusals = [(slug, texts[f"title_{language}"]) for slug, texts in sorted(catalogue("problems").items())]
    rules = [(slug, _plain(texts[language])) for slug, texts in sorted(catalogue("rules").items())]
    parts = [
        ("refusals", text("help.refusals", language), refusals),
        ("rules", text("help.rules", language), rules),
    ]
    return render(request, "help/problems.html", parts=parts)


async def problem(request: Request) -> Response:
    """The page that a ``type`` of problem+json or a ``rule`` of a violation leads to."""
    slug = request.path_params["slug"]
    language: Language = request.state.language
    other: Language = "en" if language == "zh" else "zh"
    refusal, rule = catalogue("problems").get(slug), catalogue("rules").get(slug)
    if refusal is not None:
        title, detail, mend = refusal[f"title_{language}"], _plain(refusal[language]), ""
        translated = f"{refusal[f'title_{other}']} — {_plain(refusal[other])}"
    elif rule is not None:
        title, detail = _plain(rule[language]), ""
        mend, translated = _plain(rule.get(f"mend_{language}", "")), _plain(rule[other])
    else:
        raise NotFound(kind="address", identifier=request.url.path)
    return render(
        request, "help/problem.html", slug=slug, title=title, detail=detail, mend=mend, other=translated
    )


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _plain(pattern: str) -> str:
    """A message without its values."""
    return pattern.format_map(_Blank())


ROUTES = [
    Route("/help", page),
    Route("/help/design", design),
    Route("/help/images/{name}", picture),
    Route("/help/{slug}", page),
    Route("/problems", problems),
    Route("/problems/{slug}", problem),
]

"""Government desks have browsers of Chromium 86: no style sheet and no script asks for a newer one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog.base import files

CHROMIUM = 86

# The feature, the Chromium that brought it, how it is written. Comments and texts are taken away first.
CSS = (
    (":is", 88, r":is\("),
    (":where", 88, r":where\("),
    (":has", 105, r":has\("),
    (":not with a list", 88, r":not\([^()]*,"),
    (":modal", 105, r":modal\b"),
    (":popover-open", 114, r":popover-open\b"),
    (":user-invalid", 119, r":user-(?:in)?valid\b"),
    ("nesting", 112, r"[{;}]\s*&"),
    ("inset", 87, r"[{;\s]inset(?:-(?:block|inline)(?:-start|-end)?)?\s*:"),
    ("margin-inline, padding-block", 87, r"[{;\s](?:margin|padding)-(?:inline|block)\s*:"),
    ("border-inline, border-block", 87, r"[{;\s]border-(?:inline|block)(?:-(?:color|style|width))?\s*:"),
    ("aspect-ratio", 88, r"[{;\s]aspect-ratio\s*:"),
    ("accent-color", 93, r"[{;\s]accent-color\s*:"),
    ("scrollbar-gutter", 94, r"[{;\s]scrollbar-gutter\s*:"),
    ("scrollbar-color", 121, r"[{;\s]scrollbar-color\s*:"),
    ("content-visibility: auto with hint", 95, r"contain-intrinsic-(?:width|height|block-size)\s*:"),
    ("overflow: clip", 90, r"overflow(?:-[xy])?\s*:[^;}]*\bclip\b"),
    ("text-wrap", 114, r"[{;\s]text-wrap(?:-style|-mode)?\s*:"),
    ("individual transforms", 104, r"[{;]\s*(?:translate|rotate|scale)\s*:"),
    ("field-sizing", 123, r"[{;\s]field-sizing\s*:"),
    ("anchor positioning", 125, r"[{;\s](?:anchor-name|position-anchor|position-area)\s*:|anchor\("),
    ("@layer", 99, r"@layer\b"),
    ("@container", 105, r"@container\b|[{;\s]container(?:-type|-name)?\s*:"),
    ("@scope", 118, r"@scope\b"),
    ("@starting-style", 117, r"@starting-style\b"),
    ("@counter-style", 91, r"@counter-style\b"),
    ("media ranges", 104, r"@media[^{]*\([^)]*[<>]"),
    ("color-mix", 111, r"color-mix\("),
    ("light-dark", 123, r"light-dark\("),
    ("oklch, lab, lch, hwb", 101, r"\b(?:oklch|oklab|lch|lab|hwb)\("),
    ("relative colours", 119, r"\b(?:rgba?|hsla?)\(\s*from\b"),
    ("dynamic viewport units", 108, r"\d(?:d|s|l)v(?:h|w|i|b|min|max)\b"),
    ("cap, lh, rlh, rcap, ic units", 106, r"\d(?:cap|rcap|lh|rlh|ric|rex|rch|ic)\b"),
    ("container units", 105, r"\dcq(?:w|h|i|b|min|max)\b"),
    ("trigonometry, round, mod", 111, r"\b(?:sin|cos|tan|asin|acos|atan2?|round|mod|rem|pow|sqrt|hypot|exp)\("),
    ("subgrid", 117, r"\bsubgrid\b"),
    ("masonry", 999, r"\bmasonry\b"),
    ("mask without a prefix", 120, r"[{;\s]mask(?:-image|-size|-repeat|-position)?\s*:"),
    ("image-set without a prefix", 113, r"(?<!-webkit-)\bimage-set\("),
    ("print-color-adjust without a prefix", 136, r"(?<!-webkit-)\bprint-color-adjust\s*:"),
    ("box-decoration-break without a prefix", 130, r"(?<!-webkit-)\bbox-decoration-break\s*:"),
    ("break-after in flex", 108, r"display\s*:\s*(?:inline|block)\s+(?:flow|grid|flex)"),
    ("view transitions", 111, r"view-transition"),
    ("scroll timelines", 115, r"animation-timeline\s*:|scroll-timeline"),
)  # fmt: skip

JS = (
    (".at()", 92, r"\.at\(\s*-"),
    ("Object.hasOwn", 93, r"\bObject\.hasOwn\("),
    ("Object.groupBy, Map.groupBy", 117, r"\b(?:Object|Map)\.groupBy\("),
    ("structuredClone", 98, r"\bstructuredClone\("),
    ("findLast", 97, r"\.findLast(?:Index)?\("),
    ("toSorted and its like", 110, r"\.to(?:Sorted|Reversed|Spliced)\(|\.with\(\s*-?\d"),
    ("Array.fromAsync", 121, r"\bArray\.fromAsync\("),
    ("methods of sets", 122, r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\("),
    ("iterator helpers", 122, r"\.(?:values|keys|entries)\(\)\.(?:map|filter|take|drop|toArray|some|every|find)\("),
    ("Promise.withResolvers", 119, r"\bPromise\.(?:withResolvers|try)\("),
    ("Error cause", 93, r"new \w*Error\([^)]*,\s*\{\s*cause"),
    ("static blocks", 94, r"\bstatic\s*\{"),
    ("private fields by in", 91, r"#\w+\s+in\s"),
    ("top-level await", 89, r"^(?:const \w+ = |let \w+ = )?await\s"),
    ("import assertions", 91, r"\bimport\b[^;\n]*\b(?:assert|with)\s*\{"),
    ("crypto.randomUUID", 92, r"\bcrypto\.randomUUID\("),
    ("AbortSignal.timeout, any", 103, r"\bAbortSignal\.(?:timeout|any|abort)\("),
    ("throwIfAborted", 100, r"\.throwIfAborted\("),
    ("showModal, show of dialogs", 999, r"\.showModal\(|\.showPopover\(|\.togglePopover\(|\.popover\b"),
    ("inert", 102, r"\.inert\b"),
    ("showPicker", 99, r"\.showPicker\("),
    ("String.prototype.isWellFormed", 111, r"\.(?:isWellFormed|toWellFormed)\("),
    ("checkVisibility", 105, r"\.checkVisibility\("),
    ("setHTMLUnsafe, getHTML", 124, r"\.(?:setHTMLUnsafe|getHTML)\("),
    ("scrollend", 114, r"['\"]scrollend['\"]"),
    ("beforetoggle", 114, r"['\"]beforetoggle['\"]"),
    ("Intl.Segmenter", 87, r"\bIntl\.(?:Segmenter|DurationFormat)\b"),
    ("Intl.supportedValuesOf", 99, r"\bIntl\.supportedValuesOf\b"),
    ("Temporal", 144, r"\bTemporal\."),
    ("match indices", 90, r"\.hasIndices\b"),
    ("selectors of newer style sheets", 88, r"(?:querySelector(?:All)?|closest|matches)\([^\n]*:(?:is|where|has)\("),
    ("URL.canParse", 120, r"\bURL\.(?:canParse|parse)\("),
    ("navigation, view transitions", 102, r"\bnavigation\.navigate\(|\.startViewTransition\("),
    ("scheduler", 94, r"\bscheduler\.(?:postTask|yield)\("),
    ("requestClose, closedBy", 134, r"\.requestClose\("),
    ("moveBefore", 133, r"\.moveBefore\("),
    ("EyeDropper, file pickers", 95, r"\bEyeDropper\b"),
    ("field-sizing and others by script", 123, r"\.fieldSizing\b"),
)  # fmt: skip

MARKUP = (
    ("dialog (open by script only)", 999, r"<dialog\b"),
    ("popover", 114, r"\spopover(?:target)?(?:=|\s|>)"),
    ("inert", 102, r"\sinert(?:=|\s|>)"),
    ("search element", 118, r"<search\b"),
    ("fetchpriority, blocking", 101, r"\s(?:fetchpriority|blocking)="),
    ("details in groups", 120, r"<details[^>]*\sname="),
    ("style attribute (refused by the policy)", 0, r"<[a-z][^>{]*\sstyle="),
    ("inline handler (refused by the policy)", 0, r"<[a-z][^>{]*\son[a-z]+="),
)  # fmt: skip

# Enhancements that an older browser passes over without harm: the page is whole without them.
PASSED_OVER = {("css", "text-wrap"), ("css", "scrollbar-color")}


def newer(source: str, language: str) -> list[str]:
    """What in ``source`` a browser of Chromium 86 does not know."""
    table = {"css": CSS, "js": JS, "html": MARKUP}[language]
    bare = _bare(source, language)
    return [
        f"{name} (Chromium {since})" if since else name
        for name, since, written in table
        if (since == 0 or since > CHROMIUM)
        and (language, name) not in PASSED_OVER
        and re.search(written, bare, re.MULTILINE)
    ]


def _bare(source: str, language: str) -> str:
    if language == "html":
        return re.sub(r"\{#.*?#\}|<!--.*?-->", "", source, flags=re.DOTALL)
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    if language == "js":
        return re.sub(r"(^|[\s;])//[^\n]*", r"\1", bare)
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", '""', bare)


STATIC = sorted(path for path in files.static().rglob("*") if path.suffix in (".css", ".js"))
TEMPLATES = sorted(files.templates().rglob("*.html"))


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_no_style_sheet_and_no_script_needs_a_newer_browser(path: Path) -> None:
    assert newer(path.read_text(encoding="utf-8"), path.suffix[1:]) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(files.templates()).as_posix())
def test_no_template_needs_a_newer_browser(path: Path) -> None:
    assert newer(path.read_text(encoding="utf-8"), "html") == []


@pytest.mark.parametrize(
    "written",
    [
        "a:is(.x, .y) { color: red }", "a:where(.x) {}", "p:has(img) {}", "p:not(.a, .b) {}", ".a { & b {} }",
        "p { inset: 0 }", "p{inset-inline-start:0}", "p { margin-inline: 1em }", "p { aspect-ratio: 1 / 1; }",
        "p{accent-color:red}", "@layer a;", "@container (min-width: 1px) {}", "@scope (.a) {}", "p { height: 100dvh }",
        "p { color: color-mix(in srgb, red, blue) }", "p { grid-template-rows: subgrid }", "p { scrollbar-gutter: stable }",
        "@media (width >= 600px) {}", "p { rotate: 45deg }", "p { color: oklch(1 0 0) }", "p { overflow: clip }",
        "p { width: 10cqw }", "p { mask: none }", "p { margin-top: 2lh }", "p { color: rgb(from red r g b) }",
    ],
)  # fmt: skip
def test_a_newer_style_is_refused(written: str) -> None:
    assert newer(written, "css") != []


@pytest.mark.parametrize(
    "written",
    [
        "x.at(-1)", "Object.hasOwn(a, b)", "structuredClone(a)", "a.findLast(f)", "a.toSorted()", "class A { static { f() } }",
        "const a = await f()", "await f()", "crypto.randomUUID()", "fetch(a, { signal: AbortSignal.timeout(1) })",
        "d.showModal()", "e.inert = true", "m.querySelector(':has(a)')", "Object.groupBy(a, f)", "Promise.withResolvers()",
        "throw new Error('a', { cause: b })", "import a from './a.json' with { type: 'json' }", "new Intl.Segmenter()",
        "new Set(a).isSubsetOf(b)", "e.popover = 'auto'", "URL.canParse(a)", "m.values().map(f)",
    ],
)  # fmt: skip
def test_a_newer_script_is_refused(written: str) -> None:
    assert newer(written, "js") != []


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("css", "/* no :is, no inset */ a:not(.b):hover { clip: rect(0 0 0 0); transform: rotate(45deg) }"),
        ("css", "p::before { content: \"a:is(b)\"; text-wrap: balance; box-shadow: inset 3px 0 0 red }"),
        ("css", "p { max-height: 76vh; padding-inline-start: 4px; width: min(10px, 4vw); -webkit-mask: none }"),
        ("js", "// structuredClone(a)\nconst a = b?.c ?? d; a ||= 1; async () => { await f(); }; s.replaceAll('a', 'b')"),
        ("js", "this.at(cell); a.with(b); Promise.any(x); new WeakRef(a); e.replaceChildren()"),
        ("html", "<p class=\"a\">{# <dialog> #}<details><summary>a</summary></details></p>"),
    ],
)  # fmt: skip
def test_what_chromium_86_knows_is_allowed(language: str, written: str) -> None:
    assert newer(written, language) == []


@pytest.mark.parametrize(
    "written", ["<dialog open>", "<div popover>", '<p style="a:b">', '<a onclick="f()">', "<div inert>"]
)
def test_newer_markup_and_what_the_policy_refuses_are_found(written: str) -> None:
    assert newer(written, "html") != []

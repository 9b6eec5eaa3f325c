"""A value that was probably meant, offered only where it makes the violation disappear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from catalog.base.documents import Document, at
from catalog.base.errors import Violation
from catalog.base.i18n import text
from catalog.exchange.cells import day, labels
from catalog.imports.correct import corrected
from catalog.kinds import Profile
from catalog.standards import schemas
from catalog.standards.annotations import Field
from catalog.standards.wording import suggest as meant_format

_NEAR = 60  # per cent of rapidfuzz's ratio from which a word was probably meant
_BLANKS = re.compile(r"\s+")
_RULES = frozenset(
    ("enum", "type", "pattern", "code-unknown", "max-length", "code-closed", "reference-missing")
)


def suggestion(
    violation: Violation,
    document: Document,
    kind: str,
    profile: Profile,
    names: Mapping[str, Mapping[str, str]],
) -> str | None:
    """A text to put at the violation's place, or None. ``names``: for each kind, identifiers by name."""
    if violation.severity != "error":
        return None
    if violation.rule not in _RULES and not violation.rule.startswith("format-"):
        return None
    found = at(document, violation.pointer)
    field = schemas.current(kind).annotations.field(violation.pointer)
    if field is None or isinstance(found, (dict, list)) or found is None:
        return None
    for candidate in _candidates(str(found), violation, field, names):
        if candidate and candidate != str(found) and _mends(candidate, violation, document, kind, profile):
            return candidate
    return None


def _candidates(
    found: str, violation: Violation, field: Field, names: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    tidy = _BLANKS.sub(" ", unicodedata.normalize("NFKC", found)).strip()
    yield tidy
    yield tidy.replace(" ", "")
    if field.schema.get("format") == "date":
        yield day(tidy.replace(" ", ""))
    if violation.rule == "format-data-format":
        yield meant_format(found) or ""
    if violation.rule == "enum":
        yield from _nearest(tidy, _words(tuple(map(str, violation.expected or ()))))
    if field.code_list:
        yield from _nearest(tidy, labels(field.code_list))
    if field.ref and field.ref in names:
        yield from _nearest(tidy, names[field.ref])


@cache
def _words(values: tuple[str, ...]) -> Mapping[str, str]:
    """The values of an enumeration by themselves and by what they are called."""
    found = {value.casefold(): value for value in values}
    for value in values:
        for language in ("zh", "en"):
            try:
                called = text(f"enum.{value}", language)
            except KeyError:
                continue
            found.setdefault(called.casefold(), value)
    return found


def _nearest(word: str, known: Mapping[str, str]) -> Iterator[str]:
    plain = word.casefold()
    if plain in known:
        yield known[plain]
    holding = sorted((name for name in known if len(name) > 1 and (name in plain or plain in name)), key=len)
    yield from (known[name] for name in holding[-1:] if plain)
    best = process.extractOne(plain, known.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    if best:
        yield known[best[0]]


def _mends(text_: str, violation: Violation, document: Document, kind: str, profile: Profile) -> bool:
    """Whether the schema has nothing more to say at that place; of codes and references we know it already."""
    made: Any = corrected(document, kind, [(violation.pointer, text_)])
    found = schemas.check(kind, made, profile)
    return all(one.pointer != violation.pointer for one in found)

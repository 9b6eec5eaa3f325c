"""Two versions side by side: labelled, with the changed words marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup, escape

from catalog.base.documents import Document, changes, row_of
from catalog.base.i18n import Language, text
from catalog.registry.pages_facts import Lookup, enum_name, person
from catalog.standards.annotations import Annotations

_MOST_MARKED = 4000  # characters; longer texts stand whole beside each other


@dataclass(frozen=True, slots=True)
class Change:
    """One difference at the pointer ``place``: ``kind`` is added, removed or altered; ``row`` is what its row is called."""

    place: str
    label: str
    row: str
    kind: str
    before: Markup
    after: Markup


def differences(
    before: Document, after: Document, annotations: Annotations, language: Language, lookup: Lookup
) -> list[Change]:
    """The differences of two documents, in the order of the newer standard and with its labels."""
    order = {field.name: place for place, field in enumerate(annotations.top)}
    found = sorted(changes(before, after), key=lambda one: order.get(one[0].split("/")[1], len(order)))
    reader = _Written(annotations, language, lookup)
    return [
        reader.change(place, old, new, row_of(before if new is None else after, place) or "")
        for place, old, new in found
    ]


def unchanged(before: Document, after: Document, annotations: Annotations, language: Language) -> list[str]:
    """The labels of the attributes that both versions have alike, in the order of the standard."""
    return [
        field.label(language)
        for field in annotations.top
        if field.name in before and field.name in after and before[field.name] == after[field.name]
    ]


def written(value: Any, place: str, annotations: Annotations, language: Language, lookup: Lookup) -> str:
    """The value at a pointer as lines of text; an absent one is empty."""
    return "" if value is None else _Written(annotations, language, lookup).text(value, place)


class _Written:
    """Values as text, in one language; codes and references with what they are called."""

    def __init__(self, annotations: Annotations, language: Language, lookup: Lookup) -> None:
        self._annotations = annotations
        self._language = language
        self._lookup = lookup

    def change(self, place: str, old: Any, new: Any, row: str) -> Change:
        kind = "added" if old is None else "removed" if new is None else "altered"
        left = "" if old is None else self.text(old, place)
        right = "" if new is None else self.text(new, place)
        return Change(place, self._annotations.label(place, self._language), row, kind, *marked(left, right))

    def text(self, value: Any, place: str) -> str:
        """A value as lines of text; the parts of an object with their labels."""
        if isinstance(value, bool):
            return text("facts.yes" if value else "facts.no", self._language)
        if isinstance(value, dict):
            return "\n".join(self._part(inner, f"{place}/{name}") for name, inner in value.items())
        if isinstance(value, list):
            return "\n".join(self.text(inner, f"{place}/{n}") for n, inner in enumerate(value))
        return self._plain(str(value), place)

    def _part(self, value: Any, place: str) -> str:
        colon = "：" if self._language == "zh" else ": "
        label = _last(self._annotations.label(place, self._language))
        return f"{label}{colon}{self.text(value, place)}"

    def _plain(self, value: str, place: str) -> str:
        field = self._annotations.field(place)
        if field is None:
            return value
        if field.code_list:
            label = self._lookup.codes.get((field.code_list, value))
            return f"{value} {label}" if label else value
        if field.ref == "person":
            return person(value, self._lookup, self._language)
        if field.ref:
            name = self._lookup.names.get((field.ref, value))
            return f"{name} {value}" if name else value
        if "enum" in field.schema or "enum" in field.items:
            return enum_name(value, self._language)
        return value


def _last(trail: str) -> str:
    return trail.rsplit("›", 1)[-1].strip()


def marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Both texts, what went in ``<del>``, what came in ``<ins>``."""
    if not before or not after or len(before) + len(after) > _MOST_MARKED:
        return _all(before, "del"), _all(after, "ins")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    blocks = matcher.get_opcodes()
    return (
        _marks(before, [(a, b, tag != "equal") for tag, a, b, _, _ in blocks], "del"),
        _marks(after, [(a, b, tag != "equal") for tag, _, _, a, b in blocks], "ins"),
    )


def _all(value: str, name: str) -> Markup:
    return _marks(value, [(0, len(value), True)], name)


def _marks(value: str, spans: Sequence[tuple[int, int, bool]], name: str) -> Markup:
    shown = Markup("")
    for start, end, changed in spans:
        part = escape(value[start:end])
        shown += Markup(f"<{name}>{{}}</{name}>").format(part) if changed and part else part  # noqa: S704
    return shown

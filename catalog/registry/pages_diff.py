"""Two versions side by side: labelled, with the changed words marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup, escape

from catalog.base.documents import Document, changes
from catalog.base.i18n import Language, text
from catalog.standards.annotations import Annotations

_MOST_MARKED = 4000  # characters; longer texts stand whole beside each other


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``kind`` is added, removed or altered."""

    label: str
    kind: str
    before: Markup
    after: Markup


def differences(
    before: Document, after: Document, annotations: Annotations, language: Language
) -> list[Change]:
    """The differences of two documents, in the order of their pointers, with labels of the newer standard."""
    return [_change(place, old, new, annotations, language) for place, old, new in changes(before, after)]


def unchanged(before: Document, after: Document) -> int:
    """How many attributes both versions have alike."""
    return sum(1 for name in before.keys() & after.keys() if before[name] == after[name])


def _change(place: str, old: Any, new: Any, annotations: Annotations, language: Language) -> Change:
    kind = "added" if old is None else "removed" if new is None else "altered"
    left = "" if old is None else written(old, place, annotations, language)
    right = "" if new is None else written(new, place, annotations, language)
    return Change(annotations.label(place, language), kind, *marked(left, right))


def written(value: Any, place: str, annotations: Annotations, language: Language) -> str:
    """A value as lines of text; the parts of an object with their labels."""
    if isinstance(value, bool):
        return text("facts.yes" if value else "facts.no", language)
    if isinstance(value, dict):
        colon = "：" if language == "zh" else ": "
        return "\n".join(
            f"{_last(annotations.label(f'{place}/{name}', language))}{colon}"
            f"{written(inner, f'{place}/{name}', annotations, language)}"
            for name, inner in value.items()
        )
    if isinstance(value, list):
        return "\n".join(written(v, f"{place}/{n}", annotations, language) for n, v in enumerate(value))
    return str(value)


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

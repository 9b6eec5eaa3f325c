"""Texts in Chinese and English, side by side in ``locale/*.yaml``: zh-CN is written first.

Each file is a mapping of message id to ``{zh: …, en: …}``; ids of ``rules.yaml`` are rule slugs and
carry ``mend_zh`` / ``mend_en`` too, ids of ``problems.yaml`` are error slugs with ``title`` pairs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from catalog.base.errors import CatalogError, InvalidDocument, Violation

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_LOCALE = Path(__file__).resolve().parent.parent / "locale"


_UNSAID = dict.fromkeys(("about_zh", "about_en", "reason_zh", "reason_en"), "")


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@cache
def catalogue(name: str) -> dict[str, dict[str, str]]:
    """All texts of one file, such as ``rules`` or ``pages``."""
    with (_LOCALE / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader) or {}


@cache
def _messages() -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    for path in sorted(_LOCALE.glob("*.yaml")):
        if path.stem not in ("rules", "problems"):
            merged.update(catalogue(path.stem))
    return merged


def text(key: str, language: Language, /, **values: Any) -> str:
    """The message ``key`` in ``language``; an unknown key is a defect and raises ``KeyError``."""
    return _messages()[key][language].format_map(_Lenient(values))


def describe(violation: Violation) -> dict[str, Any]:
    """A violation with ``zh``, ``en`` and how to mend it (``mend_zh``, ``mend_en``)."""
    texts = catalogue("rules")[violation.rule]
    part = str(violation.values.get("part", violation.pointer.rpartition("/")[2]))
    known = _messages().get(f"part.{part}")
    names, place = known or {"zh": part, "en": part}, known or {}
    values = _Lenient(
        {**_UNSAID, "title_zh": names["zh"], "title_en": names["en"], **violation.values},
        place_zh=f"「{place['zh']}」" if place else f"{violation.pointer} ",
        place_en=f"“{place['en']}”" if place else violation.pointer,
        found=_show(violation.found),
        expected=_show(violation.expected),
        pointer=violation.pointer,
    )
    said = {}
    for key, pattern in texts.items():
        if violation.rule == "enum":
            language: Language = "zh" if key.endswith("zh") else "en"
            values["expected"] = _show([_called(value, language) for value in violation.expected or ()])
        said[key] = pattern.format_map(values)
    return violation.asdict() | said


def _called(value: Any, language: Language) -> str:
    """A value of an enumeration with what it is called: ``自由文本（free）``."""
    called = _messages().get(f"enum.{value}", {}).get(language)
    brackets = "{}（{}）" if language == "zh" else "{} ({})"
    return brackets.format(called, value) if called and called != value else str(value)


def explain(error: CatalogError, language: Language) -> tuple[str, str]:
    """Title and detail of a refusal in the reader's language.

    A value ``x`` that programs read as a slug may come with ``x_said``, how people call it in both languages.
    """
    texts = catalogue("problems")[error.slug]
    values = _Lenient({name: _show(_said(error, name, language)) for name in error.values})
    if "kind" in values:
        values["thing"] = _messages().get(f"kind.{values['kind']}", {}).get(language, values["kind"])
    return texts[f"title_{language}"], texts[language].format_map(values)


def told(error: CatalogError, language: Language) -> list[str]:
    """A refusal for the form that it came from: every single thing that is wrong and how to mend it."""
    if not isinstance(error, InvalidDocument):
        return [explain(error, language)[1]]
    gap = "" if language == "zh" else " "
    found = [describe(one) for one in error.violations]
    return [gap.join((one[language], one.get(f"mend_{language}", ""))).strip() for one in found]


def _said(error: CatalogError, name: str, language: Language) -> Any:
    said = error.values.get(f"{name}_said")
    if said is not None:
        return [one[language] for one in said] if isinstance(said, list) else said[language]
    value = error.values[name]
    if name == "roles":
        return [_messages().get(f"role.{role}", {}).get(language, role) for role in value]
    if name == "verb":
        return _messages().get(f"does.{value}", {}).get(language, value)
    return value


def _show(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, (list, tuple)):
        shown = "、".join(str(item) for item in value[:20])
        return f"{shown} …（{len(value)}）" if len(value) > 20 else shown
    shown = str(value)
    return shown if len(shown) <= 120 else f"{shown[:117]}…"


def language_of(header: str, default: str) -> Language:
    """The reader's language from ``Accept-Language``, else the default setting."""
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh" if default.startswith("zh") else "en"

"""The controls with which a page without scripts asks for a part of a case document, and how it reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.base.i18n import Language, text
from catalog.standards.lifecycles import Lifecycle, Part

_SHORT = 200  # texts up to this length get one line
_SIMPLE = ("string", "integer")


@dataclass(frozen=True, slots=True)
class Input:
    """One control: its name in the form, its label, what it holds, and of what shape it is."""

    name: str
    label: str
    value: str
    shape: str  # "text", "long", "date", "number", "choice"
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False


def inputs(part: Part, value: Any, language: Language) -> list[Input]:
    """The controls of a part; none where its shape is beyond a plain form, such as a list of rows."""
    inner = part.schema.get("properties")
    label = part.zh if language == "zh" else part.en
    if not inner:
        return [_input(part.name, label, part.schema, part, value, language)] if _simple(part.schema) else []
    if not all(_simple(one) for one in inner.values()):
        return []
    held = value or {}
    due = part.schema.get("required", ())
    return [
        _input(f"{part.name}.{name}", f"{label} · {inner_label(name, language)}", one, part, held.get(name),
               language, required=name in due)
        for name, one in inner.items()
    ]  # fmt: skip


def typeable(parts: Collection[str], cycle: Lifecycle, document: Mapping[str, Any]) -> bool:
    """Whether a plain form can ask for ``parts``; what it can't must stand in the document already."""
    return all(document.get(name) or inputs(cycle.parts[name], None, "zh") for name in parts)


def read(part: Part, said: Mapping[str, str]) -> Any:
    """What a form says of a part; None where it leaves all of it empty. Raises ``KeyError`` if it does not ask."""
    inner = part.schema.get("properties")
    if not inner:
        return _read(part.schema, said[part.name])
    names = [name for name in inner if f"{part.name}.{name}" in said]
    if not names:
        raise KeyError(part.name)
    values = {name: _read(inner[name], said[f"{part.name}.{name}"]) for name in names}
    return {name: value for name, value in values.items() if value is not None} or None


def inner_label(name: str, language: Language) -> str:
    """What a property inside a part is called."""
    try:
        return text(f"case.part-{name}", language)
    except KeyError:
        return name


def shown(part: Part, value: Any, language: Language) -> Any:
    """A value with the words of its options."""
    if isinstance(value, dict):
        return {name: shown(part, one, language) for name, one in value.items()}
    said = part.options.get(value) if isinstance(value, str) else None
    return said["zh" if language == "zh" else "en"] if said else value


def _simple(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in _SIMPLE or "enum" in schema


def _input(
    name: str, label: str, schema: Mapping[str, Any], part: Part, value: Any, language: Language,
    *, required: bool = False,
) -> Input:  # fmt: skip
    held = "" if value is None else str(value)
    if "enum" in schema:
        options = tuple((one, str(shown(part, one, language))) for one in schema["enum"])
        return Input(name, label, held, "choice", options, required)
    shape = "long" if schema.get("maxLength", 2000) > _SHORT and "pattern" not in schema else "text"
    shape = "date" if schema.get("format") == "date" else shape
    return Input(name, label, held, "number" if schema.get("type") == "integer" else shape, (), required)


def _read(schema: Mapping[str, Any], said: str) -> Any:
    typed = said.strip()
    if schema.get("type") == "integer" and typed.isascii() and typed.isdigit():
        return int(typed)
    return typed or None

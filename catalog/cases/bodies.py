"""What a program may say to a case: a JSON object of known names and types, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from catalog.base.errors import InvalidDocument, Violation
from catalog.base.web import json_body

_JSON = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


async def body_of(request: Request, known: Mapping[str, type] | None = None) -> dict[str, Any]:
    """The body: an object, of the ``known`` names where they are given.

    A name may be left out or null; it is absent then. Raises ``InvalidDocument`` with every name that is
    unknown and every value of another type.
    """
    body = await json_body(request)
    if not isinstance(body, dict):
        raise InvalidDocument([_type("", body, dict)])
    if known is None:
        return body
    found = foreign(body, known)
    if found:
        raise InvalidDocument(found)
    return {name: value for name, value in body.items() if value is not None}


def foreign(said: Mapping[str, Any], known: Mapping[str, type], place: str = "") -> list[Violation]:
    """What ``said`` holds beside ``known``, or of another type."""
    unknown = [
        Violation(f"{place}/{name}", "parameter-unknown", found=name, expected=sorted(known))
        for name in sorted(said.keys() - known.keys())
    ]
    return unknown + [
        _type(f"{place}/{name}", said[name], wanted)
        for name, wanted in known.items()
        if said.get(name) is not None and type(said[name]) is not wanted
    ]


def _type(place: str, value: Any, wanted: type) -> Violation:
    return Violation(place, "type", found=_JSON.get(type(value), "null"), expected=_JSON[wanted])

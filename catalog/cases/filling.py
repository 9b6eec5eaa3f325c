"""What a case says once for all its documents: the assessments and the head's consent enter each that changes.

Which parts and verbs fill which member of which kind stands in the lifecycle (``fills``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from catalog.base.documents import Document
from catalog.base.i18n import text
from catalog.cases import rights
from catalog.cases.models import Case
from catalog.standards.lifecycles import Fill


def filled(case: Case, kind: str, document: Document, before: Document | None) -> Document:
    """The document with what the case says for it, where it says nothing itself.

    A document that changes nothing stays as it is.
    """
    if document == before:
        return document
    made = dict(document)
    for fill, said in _said(case, kind):
        _put(made, fill.at, said)
    return made


def coming(case: Case, kind: str) -> list[str]:
    """Pointers of members that the case has not filled yet and will have filled before it is approved."""
    said = {fill.at for fill, _ in _said(case, kind)}
    fills = rights.cycle(case).fills
    return ["/" + "/".join(one.at) for one in fills if one.kind == kind and one.at not in said]


def _put(holder: Document, at: tuple[str, ...], said: dict[str, Any]) -> None:
    name, *inner = at
    held = holder.get(name)
    if not inner:
        holder[name] = held or said
    elif held is None or isinstance(held, dict):  # what is malformed stays, to be told of
        holder[name] = dict(held or {})
        _put(holder[name], tuple(inner), said)


def _said(case: Case, kind: str) -> Iterator[tuple[Fill, dict[str, Any]]]:
    cycle = rights.cycle(case)
    document = orjson.loads(case.document)
    done = {one["verb"]: one for one in orjson.loads(case.done)}
    for fill in cycle.fills:
        found = document.get(fill.part) if fill.part else done.get(fill.verb)
        if fill.kind != kind or not found or not found.get("on"):
            continue
        if fill.verb:
            role = next(row.roles[0] for row in cycle.rows if row.verb == fill.verb)
            found = {"post": text(f"role.{role}", "zh")} | found
        yield fill, {name: found[source] for source, name in fill.names.items() if found.get(source)}

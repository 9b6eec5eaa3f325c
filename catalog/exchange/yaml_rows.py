"""YAML: an object, a list, or several documents; a small, safe part of the language.

Only ``true``, ``false``, ``null`` and whole numbers without leading zeros are anything but text, so that
``0101``, ``12.50``, ``2026-01-31`` and ``no`` stay what was written. Anchors, aliases and tags are
refused: an alias within aliases can stand for more than any memory holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from catalog.base.errors import Malformed, Source
from catalog.exchange.rows import MAX_DEPTH, Row, row_of

MAX_TEXT = 32 << 20
_INTEGER = "tag:yaml.org,2002:int"
_BOOLEAN = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_TAGS = {_INTEGER, _BOOLEAN, _NULL} | {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")}


class _Loader(yaml.CSafeLoader):
    """CSafeLoader with resolvers of its own."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML reads it from the class


_Loader.add_implicit_resolver(_INTEGER, re.compile(r"^-?(?:0|[1-9][0-9]{0,18})$"), list("-0123456789"))
_Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


def documents(text: str, filename: str | None) -> Iterator[Row]:
    """The rows of a YAML file; raises ``Malformed`` with the line for what is refused."""
    if len(text) > MAX_TEXT:
        raise Malformed("too-large", found=len(text), expected=MAX_TEXT)
    number = 0
    for node in nodes(text, filename):
        rows = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for row in rows:
            number += 1
            source = Source(filename, line=row.start_mark.line + 1, row=number)
            yield row_of(value_of(row, filename), source)
    if number == 0:
        raise Malformed("file-empty", file=filename)


def nodes(text: str, filename: str | None) -> list[yaml.Node]:
    """The root nodes of a YAML text that holds neither aliases nor too deep a nesting."""
    try:
        _inspect(text, filename)
        return [node for node in yaml.compose_all(text, Loader=_Loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Malformed(
            "not-yaml",
            file=filename,
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
            detail=error.problem,
        ) from None
    except yaml.YAMLError as error:  # a control character
        raise Malformed("not-yaml", file=filename, detail=str(error).splitlines()[0]) from None


def _inspect(text: str, filename: str | None) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Malformed("yaml-alias", file=filename, line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("too-deep", file=filename, line=line, expected=MAX_DEPTH)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def value_of(node: yaml.Node, filename: str | None) -> Any:
    """The plain value of a node; raises ``Malformed`` for a repeated key or a foreign tag."""
    if node.tag not in _TAGS:
        raise Malformed("yaml-tag", file=filename, line=node.start_mark.line + 1, found=node.tag)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(child, filename) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, child in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in found or not isinstance(key, yaml.ScalarNode):
                raise Malformed(
                    "duplicate-key", file=filename, line=key.start_mark.line + 1, found=name or "?"
                )
            found[name] = value_of(child, filename)
        return found
    if node.tag == _INTEGER:
        return int(node.value)
    if node.tag == _BOOLEAN:
        return bool(node.value == "true")
    if node.tag == _NULL:
        return None
    return node.value

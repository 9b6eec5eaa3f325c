"""How a document becomes the names and values of a form's controls, and how these become a document again.

The contract between the server's pages and the scripts beside them; both only ever speak of these names.

**Names.** A control's ``name`` is the JSON Pointer of its value: ``/name``, ``/upstream/level``,
``/fields/0/element``, ``/sections/1/slots/0/masks/2/mask``. What does not begin with ``/`` is no part of the
document: ``csrf``, ``_read`` (the seq that was read), ``_draft``, ``_copy``, ``reason``, ``_keep``
(repeated: a pointer whose value is too large for a form and stays as it was read), and ``_act``, the
button that was pressed: ``save``, ``check``, ``draft``, ``add:/fields``, ``remove:/fields/3``.
A control's ``id`` is ``f`` and the pointer with ``-`` for ``/`` (``control_id``): ``f-fields-0-element``. Its
hint is ``<id>-hint``, its error ``<id>-error``, what a picker has chosen in words ``<id>-chosen``, what the
server says of a format ``<id>-says``, what it warns of or suggests while somebody types ``<id>-live``.

**Values.** Blank is absent; an object or a row in which all is blank is absent. Whole numbers are
digits (full-width ones too); what is no number stays a text, for the standard to refuse it. A truth is
``true``, ``false`` or blank. Line ends become ``\\n``, blanks around a value fall.

**Lists of plain values** repeat their name, in order. Where an item can hold no line break (``by_line``), one
textarea has one item a line. Codes (few) are checkboxes of one name; references are one text input each.

**Rows** (lists of objects) stand in the order in which their first control stands in the form. The number in a
name only tells rows apart: after a row was inserted or moved, ``/fields/7/name`` may stand before
``/fields/2/name``. A script that adds a row takes any number that no other row of the list has.

**Extensions** are rows of ``/extensions/0/_key`` and ``/extensions/0/_value``; a value that is not a plain text is JSON.

**Data attributes.** ``data-picker`` on a text input that takes an identifier or a code, found by what
somebody types: a kind (``department``, ``data-element``), ``person``, or ``code:CL0116``.
``data-suggest="element"`` on the name of a row whose element the server can suggest; ``data-grid="/fields"`` on
a table of inputs that behaves as a spreadsheet, ``data-row="3"`` on its rows, ``data-column="name"`` on its cells;
``data-says="format"`` on a data format, ``data-says="likes"`` on a name that others may have already;
``data-rows="/duties"`` around rows that are no table, with a ``template`` for a new one where ``__N__`` is
the row's number; ``data-form="dataset"`` (with ``data-identifier``) on the form, whose ``data-draft-href`` is where it
saves itself. Every one of them may be ignored: the form is whole without a script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import orjson

from catalog.base.documents import Document
from catalog.standards.annotations import Annotations, Field

Pair = tuple[str, str]

EXTENSIONS = "extensions"
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}\Z")
_TRUTHS = {"true": True, "false": False}


def control_id(pointer: str) -> str:
    """The id of the control that holds the value at a pointer."""
    return "f" + pointer.replace("/", "-")


@lru_cache(maxsize=512)
def _refuses_lines(pattern: str) -> bool:
    return re.search(pattern, "甲\n乙") is None


def by_line(field: Field) -> bool:
    """Whether a list of texts is written one item a line: none of them can hold a line break."""
    items = field.items
    bound = items.get("pattern")
    return "enum" in items or (isinstance(bound, str) and _refuses_lines(bound))


def to_form(document: Document, annotations: Annotations) -> list[Pair]:
    """The names and values that a form of this document holds, in the order of the schema."""
    return list(_written(document, annotations.top, ""))


def _written(value: Document, fields: Iterable[Field], at: str) -> Iterator[Pair]:
    for field in fields:
        found = value.get(field.name)
        if found is not None:
            yield from _pairs(found, field, f"{at}/{field.name}")


def _pairs(value: Any, field: Field, at: str) -> Iterator[Pair]:
    if field.name == EXTENSIONS and isinstance(value, dict):
        for number, (key, inner) in enumerate(value.items()):
            yield f"{at}/{number}/_key", key
            yield f"{at}/{number}/_value", said(inner)
    elif isinstance(value, dict):
        yield from _written(value, field.children, at)
    elif isinstance(value, list) and field.children:
        for number, row in enumerate(value):
            if isinstance(row, dict):
                yield from _written(row, field.children, f"{at}/{number}")
    elif isinstance(value, list) and (field.code_list or field.ref or not by_line(field)):
        yield from ((at, shown(item)) for item in value)
    elif isinstance(value, list):
        yield at, "\n".join(shown(item) for item in value)
    else:
        yield at, shown(value)


def shown(value: Any) -> str:
    """A plain value as a control holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def said(value: Any) -> str:
    """A value without a type of its own: a text as it is, unless it could be taken for JSON."""
    if isinstance(value, str) and not _is_json(value):
        return value
    return orjson.dumps(value).decode()


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def to_document(pairs: Iterable[tuple[str, Any]], annotations: Annotations) -> Document:
    """The document of a posted form; names that its standard does not know are passed over."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name.startswith("/") and isinstance(value, str):
            _grow(tree, name.split("/")[1:], value)
    return _read_object(tree, annotations.top)


def _grow(tree: dict[str, Any], tokens: list[str], value: str) -> None:
    for token in tokens[:-1]:
        tree = tree.setdefault(token, {})
        if not isinstance(tree, dict):
            return
    values = tree.setdefault(tokens[-1], [])
    if isinstance(values, list):
        values.append(value)


def _read_object(tree: dict[str, Any], fields: Iterable[Field]) -> Document:
    found = {field.name: _read(tree[field.name], field) for field in fields if field.name in tree}
    return {name: value for name, value in found.items() if value is not None}


def _read(node: Any, field: Field) -> Any:
    if isinstance(node, dict):
        if field.name == EXTENSIONS:
            return _read_extensions(node) or None
        if field.type == "array" and field.children:
            rows = (_read_object(row, field.children) for row in node.values() if isinstance(row, dict))
            return [row for row in rows if row] or None
        return _read_object(node, field.children) or None
    if field.children or field.name == EXTENSIONS:
        return None
    texts = [_clean(text) for text in node]
    if field.type == "array":
        return _read_list(texts, field) or None
    text = next((text for text in reversed(texts) if text), "")
    return typed(text, field.type) if text else None


def _read_list(texts: list[str], field: Field) -> list[Any]:
    inner = str(field.items.get("type", "string"))
    if not (field.code_list or field.ref) and by_line(field):
        texts = [line.strip() for text in texts for line in text.split("\n")]
    return [typed(text, inner) for text in texts if text]


def _read_extensions(node: dict[str, Any]) -> Document:
    found: Document = {}
    for row in node.values():
        if isinstance(row, dict):
            key = _clean((row.get("_key") or [""])[-1])
            value = _clean((row.get("_value") or [""])[-1])
            if key or value:
                found[key] = unsaid(value)
    return found


def typed(text: str, type_: str) -> Any:
    """A text as a value of the schema's type, itself where it is none."""
    if type_ == "boolean":
        return _TRUTHS.get(text.lower(), text)
    if type_ == "integer":
        plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
        return int(plain) if _WHOLE.match(plain) else text
    return text


def unsaid(text: str) -> Any:
    """What ``said`` has written."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return text if value is None or isinstance(value, float) else value


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def filled(value: Any) -> Any:
    """A document without empty texts, lists and objects; None where nothing is left: what a form can hold."""
    if isinstance(value, dict):
        inner = {name: filled(child) for name, child in value.items()}
        return {name: child for name, child in inner.items() if child is not None} or None
    if isinstance(value, list):
        return [child for child in map(filled, value) if child is not None] or None
    return None if value == "" else value

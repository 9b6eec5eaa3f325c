"""What the pages of an upload show: states and next steps, problems in words, changes side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePath
from typing import Any

import orjson

from catalog.base.errors import Violation
from catalog.base.i18n import Language, describe, text
from catalog.exchange.sheets import TABLES, is_workbook
from catalog.exchange.xlsx_cells import codes
from catalog.identity.actors import Actor
from catalog.imports.correct import key_of
from catalog.imports.models import Found, Problem, Upload
from catalog.kinds import BY_NAME
from catalog.registry import rights
from catalog.registry.pages_diff import differences
from catalog.registry.pages_facts import Lookup
from catalog.registry.pages_words import kinds_name
from catalog.standards import schemas
from catalog.standards.annotations import PERSON, Field

STEPS = ("choose", "map", "check", "register")
_AT = {
    "received": "check", "checking": "check", "checked": "check", "failed": "choose", "mapping": "map",
    "submitted": "register", "returned": "check", "registered": "register",
}  # fmt: skip
_MANY = 3  # places from which on one value for all of them is offered
_MOST_CHOICES = 60  # values that a list to choose from may have
_COUNTS = ("read", "created", "revised", "unchanged", "refused")


def report_of(upload: Upload) -> dict[str, Any]:
    """What the last check has found; its counts are 0 before the first."""
    found: dict[str, Any] = orjson.loads(upload.report)
    empty = {"groups": [], "understood": [], "likes": 0, "owners": [], "reason": False}
    return dict.fromkeys(_COUNTS, 0) | empty | found


def acts_of(upload: Upload) -> list[dict[str, Any]]:
    """What was registered from the upload, oldest first."""
    found: list[dict[str, Any]] = orjson.loads(upload.acts)
    return found


def is_table(upload: Upload) -> bool:
    """Whether the file has cells, so that a marked copy can be made of it."""
    return is_workbook(upload.filename) or PurePath(upload.filename).suffix.lower() in TABLES


def steps(upload: Upload | None, language: Language, *, mapped: bool) -> list[dict[str, Any]]:
    """The four steps with the one that the upload stands at; mapping is passed over where none is needed."""
    here = STEPS.index(_AT[upload.state]) if upload else 0
    shown = []
    for place, name in enumerate(STEPS):
        href = ""
        if upload and place < here:
            href = f"/imports/{upload.id}/mapping" if name == "map" and mapped else ""
        shown.append(
            {
                "name": text(f"imports.step-{name}", language),
                "state": "here" if place == here else "done" if place < here else "ahead",
                "href": href,
            }
        )
    return shown


def state_of(upload: Upload) -> tuple[str, str]:
    """The state as it is shown (``checked`` may be partly registered, or idle) and the tone of its mark."""
    report = report_of(upload)
    if upload.state == "checked" and acts_of(upload) and report["refused"]:
        return "partly", "half"
    if upload.state == "checked" and not (report["created"] or report["revised"] or report["refused"]):
        return "idle", "past"
    tones = {
        "registered": "full",
        "failed": "bad",
        "submitted": "wait",
        "returned": "wait",
        "checked": "half",
    }
    return upload.state, tones.get(upload.state, "new")


def next_step(upload: Upload, actor: Actor, language: Language) -> str:
    """What has to be done next, in a few words."""
    report = report_of(upload)
    ready = report["created"] + report["revised"]
    if upload.state == "checked":
        if report["refused"]:
            return text("imports.next-mend", language, n=report["refused"])
        return (
            text("imports.next-register", language, n=ready) if ready else text("imports.next-none", language)
        )
    if upload.state == "submitted" and rights.approves(
        actor, BY_NAME[upload.kind], "register", upload.department
    ):
        return text("imports.next-approve", language)
    return text(f"imports.next-{upload.state}", language)


def listed(upload: Upload, actor: Actor, language: Language, people: Mapping[str, str]) -> dict[str, Any]:
    """One line of the list of uploads."""
    state, tone = state_of(upload)
    return {
        "href": f"/imports/{upload.id}",
        "file": upload.filename,
        "kind": kinds_name(upload.kind, language),
        "state": text(f"imports.state-{state}", language),
        "tone": tone,
        "by": people.get(upload.by, ""),
        "at": upload.changed_at,
        "next": next_step(upload, actor, language),
    }


def place_of(sheet: str, row: int, column: str, language: Language) -> str:
    """Where something stands: its cell, else its row."""
    if column and not column.startswith("「"):
        return column
    where = (
        text("imports.sheet-row", language, sheet=sheet, n=row)
        if sheet
        else text("imports.row", language, n=row)
    )
    return where + column if row else column


def group(entry: Mapping[str, Any], kind: str, problems: Sequence[Problem], names: Mapping[int, str], language: Language) -> dict[str, Any]:  # fmt: skip
    """Problems of one rule and field: a heading that fits them all, how to mend them, and the cells."""
    first = orjson.loads(problems[0].violation) if problems else {"pointer": "", "rule": entry["rule"]}
    same = len({one.violation.partition('"found"')[2] for one in problems}) == 1
    heading = describe(_violation(first if same else first | {"found": "…"}))
    return {
        **entry,
        "heading": heading[language],
        "mend": heading.get(f"mend_{language}", ""),
        "href": f"problems/{entry['rule']}?field={entry['field']}",
        "more": entry["count"] - len(problems),
        "fill": filling(entry, kind, language),
        "cells": [problem(one, names.get(one.number, ""), kind, language) for one in problems],
    }


def problem(one: Problem, name: str, kind: str, language: Language) -> dict[str, Any]:
    """One problem at its cell."""
    annotations = schemas.current(kind).annotations
    said = describe(violation_of(one))
    return {
        "place": one.place,
        "cell": place_of(one.sheet, one.row, one.column, language),
        "record": name,
        "item": annotations.label(one.pointer, language) if one.pointer else text("imports.whole", language),
        "value": one.value,
        "suggestion": one.suggestion,
        "called": called(one.suggestion, annotations.field(one.pointer), language) if one.suggestion else "",
        "text": said[language],
        "mend": said.get(f"mend_{language}", ""),
    }


def violation_of(one: Problem) -> Violation:
    """The violation as it was found."""
    return _violation(orjson.loads(one.violation))


def _violation(members: Mapping[str, Any]) -> Violation:
    known = {
        name: value for name, value in members.items() if name in Violation.__slots__ and name != "source"
    }
    return Violation(**known)


def called(value: str | None, field: Field | None, language: Language) -> str:
    """What a value of an enumeration or a code is called, with itself in brackets."""
    if not value:
        return ""
    for code, label in choices(field, language):
        if code == value:
            return label
    return value


def choices(field: Field | None, language: Language) -> list[tuple[str, str]]:
    """The values to choose from, with what they are called; empty where there are none or too many."""
    if field is None:
        return []
    if field.code_list:
        return _codes(field.code_list)
    values = field.schema.get("enum") or field.items.get("enum")
    if field.type == "boolean":
        return [(text(f"facts.{word}", "zh"), text(f"facts.{word}", language)) for word in ("yes", "no")]
    if values is None or len(values) > _MOST_CHOICES:
        return []
    found = []
    for value in map(str, values):
        try:
            label = text(f"enum.{value}", language)
        except KeyError:
            label = value
        found.append(
            (
                value,
                label
                if label == value
                else f"{label}（{value}）"
                if language == "zh"
                else f"{label} ({value})",
            )
        )
    return found


@cache
def _codes(code_list: str) -> list[tuple[str, str]]:
    """The codes of a short list of ours with their Chinese labels; the first label of a code is its own."""
    found: dict[str, str] = {}
    for label, code in codes(code_list).items():
        found.setdefault(code, label)
    return list(found.items()) if len(found) <= _MOST_CHOICES else []


def leaves(pointer: str, kind: str) -> list[tuple[str, Field]]:
    """The plain values to fill in at a pointer: itself, or what a missing group must have."""
    field = schemas.current(kind).annotations.field(pointer)
    if field is None or field.ref == PERSON:
        return []
    if not field.children:
        return [(pointer, field)] if field.type != "object" else []
    if field.type == "array":
        return []
    needed = [child for child in field.children if child.required_from]
    return [leaf for child in needed for leaf in leaves(f"{pointer}/{child.name}", kind)]


def filling(entry: Mapping[str, Any], kind: str, language: Language) -> list[dict[str, Any]]:
    """The fields by which one value is given to every place of a group; empty where there are none."""
    if entry["severity"] != "error" or entry["count"] < _MANY or not entry["field"]:
        return []
    pointer = entry["field"].replace("/*", "/0")
    return [
        {
            "name": leaf[len(pointer) :],
            "label": field.label(language),
            "choices": choices(field, language),
            "about": field.description(language),
        }
        for leaf, field in leaves(pointer, kind)
    ]


def wrong_cells(
    rows: Sequence[tuple[Found, list[Problem]]], kind: str, language: Language
) -> list[dict[str, Any]]:
    """The correction table: for each refused row its cells with errors, each once, with all that is wrong."""
    annotations = schemas.current(kind).annotations
    shown = []
    for row, problems in rows:
        cells: dict[str, dict[str, Any]] = {}
        for one in problems:
            said = problem(one, row.name, kind, language)
            if one.pointer in cells:
                cells[one.pointer]["texts"].append(said["text"])
                continue
            field = annotations.field(one.pointer)
            missing = leaves(one.pointer, kind) if one.rule == "required" and one.value is None else []
            for leaf, inner in missing:
                offered = choices(inner, language)
                cells[leaf] = {
                    **said,
                    "item": annotations.label(leaf, language),
                    "value": "",
                    "place": f"{one.place}{leaf.replace('/', '-')}",
                    "key": key_of(one.sheet, one.row, leaf),
                    "texts": [said["text"]] if leaf == missing[0][0] else [],
                    "choices": offered,
                    "known": False,
                    "long": False,
                }
            if missing:
                continue
            offered = choices(field, language) if one.value is not None else []
            cells[one.pointer] = {
                **said,
                "key": key_of(one.sheet, one.row, one.pointer),
                "texts": [said["text"]],
                "choices": offered,
                "known": one.value in {value for value, _ in offered},
                "long": bool(one.value and len(one.value) > 60),
            }
        shown.append({"number": row.number, "name": row.name, "cells": list(cells.values())})
    return shown


def changes(row: Found, kind: str, lookup: Lookup, language: Language, *, internal: bool) -> dict[str, Any]:
    """What a revised row changes, old and new; internal fields only for who may read them."""
    said = orjson.loads(row.changes)
    annotations = schemas.current(kind).annotations
    if not isinstance(said, dict):
        said = {}
    before, after = said.get("before", {}), said.get("after", {})
    if not internal:
        before, after = annotations.public(before), annotations.public(after)
    names = [annotations.label(f"/{name}", language) for name in said.get("names", ())]
    return {
        "identifier": row.identifier,
        "name": row.name,
        "cell": place_of(row.sheet, row.row, "", language),
        "href": f"/{BY_NAME[kind].plural}/{row.identifier}" if row.identifier else "",
        "changes": differences(before, after, annotations, language, lookup),
        "status": said.get("status"),
        "names": "、".join(names) if language == "zh" else ", ".join(names),
    }


def alike(row: Found, chosen: Mapping[str, Mapping[str, str]], language: Language) -> list[dict[str, Any]]:
    """What a row or its data items resemble, with what was decided or is advised."""
    shown = []
    for one in orjson.loads(row.likes):
        key = key_of(row.sheet, row.row, one["pointer"])
        decided = chosen.get(key, {})
        register = [
            {
                "key": match["key"],
                "name": match["name"],
                "sure": match["sure"],
                "reasons": text("compare.and", language).join(
                    text(f"compare.{reason}", language, by=word) for reason, word in match["reasons"]
                ),
            }
            for match in one["register"]
        ]
        shown.append(
            {
                "key": key,
                "name": one["name"],
                "short_name": one["short_name"],
                "record": row.name if one["pointer"] else "",
                "cell": place_of(row.sheet, row.row, "", language),
                "register": register,
                "rows": [match["name"] for match in one["rows"]],
                "choice": decided.get("choice", ""),
                "element": decided.get("key") or (register[0]["key"] if register else ""),
                "advice": one["advice"],
                "sure": sum(match["sure"] for match in register) == 1,
            }
        )
    return shown

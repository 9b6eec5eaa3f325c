"""The dry run of an upload: every row judged, nothing written to the register, all that was found as JSON."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import orjson
from sqlmodel import Session

from catalog.base.documents import at, canonical
from catalog.base.errors import Source, Violation
from catalog.base.i18n import text
from catalog.exchange.layouts import Notice
from catalog.exchange.rows import Row
from catalog.exchange.xlsx_cells import codes
from catalog.imports import likes, names, suggest
from catalog.imports.correct import Choice, Correction, key_of, laid_over, place
from catalog.kinds import BY_NAME
from catalog.registry import contents
from catalog.registry.brought import incoming_of
from catalog.registry.plan import ACTIONS, Change, Changes, Permit, plan
from catalog.standards import schemas

MOST_CREATED = 2_000  # rows without anything to say about them that are kept to be leafed through
MOST_CODES = 30  # of a list whose codes a message can name
MOST_GROUPS = 200
MOST_PLACES = 8
MOST_UNDERSTOOD = 60
MOST_SUGGESTED = 2_000  # problems that a value is sought for
_LETTERS = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"/[0-9]+(?=/|$)")
_LONGEST = 200  # characters of a found value that are kept for showing
_LONGEST_CHANGES = 64_000
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Judged:
    """All rows of an upload: the plan of those that could be read, and those that could not."""

    rows: Sequence[Row]
    changes: Changes
    numbers: Sequence[int]  # of the rows, from 1, that each change is for
    unread: Sequence[tuple[int, Row]]
    reused: Sequence[int] = ()  # rows that stand back for an element that there is already
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """``read`` and one number for each action; they add up."""
        found = self.changes.counts
        found["read"] += len(self.unread) + len(self.reused)
        found["refused"] += len(self.unread)
        found["unchanged"] += len(self.reused)
        return found

    @property
    def owners(self) -> list[str]:
        """The departments whose records would be written."""
        active = (change for change in self.changes.all if change.action in ("created", "revised"))
        return sorted({str(change.prepared.owner or change.identifier) for change in active})

    @property
    def mark(self) -> str:
        """What the plan would do, as one digest: a second plan with the same one does the same."""
        digest = hashlib.sha256()
        for change in self.changes.all:
            before = change.before
            document = change.prepared.document
            if change.numbered:
                document = {key: value for key, value in document.items() if key != "identifier"}
            said = [change.action, change.identifier if before else "", before.seq if before else 0]
            digest.update(orjson.dumps(said))
            if change.action in ("created", "revised"):
                digest.update(canonical(document))
        return digest.hexdigest()


def judge(
    session: Session,
    rows: Iterable[Row],
    *,
    kind: str,
    on: date,
    permit: Permit,
    corrections: Sequence[Correction] = (),
    choices: Mapping[str, Choice] | None = None,
    progress: Progress = lambda done, total: None,
) -> Judged:
    """Judge what a file holds, with what was mended and chosen; raises ``Malformed`` while reading."""
    choices = choices or {}
    read: list[Row] = []
    for row in laid_over(rows, kind, corrections, choices):
        read.append(row)
        if len(read) % 500 == 0:
            progress(len(read), 0)
    progress(len(read), len(read))
    read, known = names.led(session, read, kind)
    taken, numbers, unread, reused = [], [], [], []
    pending: list[int] = []
    for number, row in enumerate(read, 1):
        choice = choices.get(key_of(*place(row), ""), {}).get("choice")
        if row.violations:
            unread.append((number, row))
        elif choice == "reuse":
            reused.append(number)
        else:
            taken.append(row)
            numbers.append(number)
            if choice == "pending":
                pending.append(len(taken) - 1)
    incoming = incoming_of(session, taken, kind=kind)
    changes = plan(session, incoming, on=on, permit=permit)
    del incoming
    for index in pending:
        changes.all[index].refuse(Violation("", "left-open"))
    return Judged(read, changes, numbers, unread, reused, known)


@dataclass(slots=True)
class Findings:
    """What is kept of a judgement: the summary, the rows and the problems, ready to be stored."""

    report: dict[str, Any]
    rows: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def findings(session: Session, judged: Judged, kind: str) -> Findings:
    """The judgement as it is kept and shown; the texts that a registration would write are let go."""
    for change in judged.changes.all:
        change.texts = None
    found = Findings({}, [], [])
    changed = _changed(session, judged)
    active = [
        (number, change)
        for number, change in zip(judged.numbers, judged.changes.all, strict=True)
        if change.action != "unchanged"
    ]
    known = {number: str(change.identifier) for number, change in active if change.before}
    similar = likes.compared(
        session, kind, ((number, change.prepared.document) for number, change in active), known
    )
    suggested = created = 0
    for number, row in judged.unread:
        sheet, line = place(row)
        found.rows.append(_row(number, "refused", None, "", None, sheet, line))
        for violation in row.violations:
            _problem(found.problems, number, row, violation, violation.source or row.source, None, kind)
    for number, change in zip(judged.numbers, judged.changes.all, strict=True):
        row = judged.rows[number - 1]
        sheet, line = place(row)
        plain = change.action == "created" and not change.violations and number not in similar
        created += plain
        if change.action != "unchanged" and not (plain and created > MOST_CREATED):
            document = change.prepared.document
            said = _row(
                number, change.action, None if change.numbered else change.identifier,
                str(document.get("name", "")), change.prepared.owner, sheet, line,
            )  # fmt: skip
            said["changes"] = changed.get(number, "[]")
            said["likes"] = orjson.dumps(similar.get(number, [])).decode()
            found.rows.append(said)
        for violation in map(partial(_worded, change.kind.name), change.violations):
            if change.action == "unchanged" and violation.severity != "error":
                continue
            value = None
            if suggested < MOST_SUGGESTED:
                value = suggest.suggestion(
                    violation,
                    change.prepared.document,
                    change.kind.name,
                    change.prepared.profile,
                    judged.names,
                )
                suggested += violation.severity == "error"
            _problem(found.problems, number, row, violation, row.place(violation.pointer), value, kind)
    found.rows.sort(key=lambda one: int(one["number"]))
    found.report = _report(judged, found, kind)
    return found


def _worded(kind: str, violation: Violation) -> Violation:
    """What is no code of a short list, said with the codes to choose from and not with a pattern."""
    if violation.rule != "pattern":
        return violation
    field_ = schemas.current(kind).annotations.field(violation.pointer)
    known = codes(field_.code_list) if field_ is not None and field_.code_list else {}
    labels: list[str] = []
    for label, code in known.items():  # the first way to write a code names it
        if label == code:
            break
        labels.append(label)
    if not labels or len(labels) > MOST_CODES:
        return violation
    return replace(violation, rule="enum", expected=labels)


def _row(
    number: int, action: str, identifier: str | None, name: str, department: str | None, sheet: str, line: int
) -> dict[str, Any]:
    return {
        "number": number, "action": action, "identifier": identifier, "name": name[:_LONGEST],
        "department": department, "sheet": sheet, "row": line, "changes": "[]", "likes": "[]",
    }  # fmt: skip


def _problem(
    problems: list[dict[str, Any]],
    number: int,
    row: Row,
    violation: Violation,
    source: Source | None,
    suggestion: str | None,
    kind: str,
) -> None:
    sheet, line = place(row)
    problems.append(
        {
            "place": len(problems),
            "number": number,
            "rule": violation.rule,
            "severity": violation.severity,
            "pointer": violation.pointer,
            "sheet": sheet,
            "row": line,
            "column": cell_of(source),
            "field": _NUMBER.sub("/*", violation.pointer),
            "value": plain_at(row, violation, kind),
            "suggestion": suggestion,
            "violation": orjson.dumps(violation.asdict(), default=str).decode(),
        }
    )


def plain_at(row: Row, violation: Violation, kind: str) -> str | None:
    """The text that stands at a violation's place; empty where nothing does, None where it is no plain value."""
    if row.violations or not violation.pointer:
        return None
    value = at(row.document, violation.pointer)
    field_ = schemas.current(row.kind or kind).annotations.field(violation.pointer)
    if value is None:
        return None if field_ is not None and field_.children else ""
    if isinstance(value, bool):
        return text("facts.yes" if value else "facts.no", "zh")
    if isinstance(value, list) and not any(isinstance(one, (list, dict)) for one in value):
        return "、".join(map(str, value))
    return None if isinstance(value, (list, dict)) else str(value)


def cell_of(place_: Source | None) -> str:
    """A cell as people write it (``目录!C12``), or the heading that a column has; empty where unknown."""
    if place_ is None or not place_.column:
        return ""
    if not _LETTERS.fullmatch(place_.column):
        return f"「{place_.column}」"
    sheet = f"{place_.sheet}!" if place_.sheet else ""
    return f"{sheet}{place_.column}{place_.row or place_.line or ''}"


def _changed(session: Session, judged: Judged) -> dict[int, str]:
    """What differs in each revised record, as the differing top-level properties of both documents."""
    revised = [
        (number, change)
        for number, change in zip(judged.numbers, judged.changes.all, strict=True)
        if change.action == "revised" and change.before
    ]
    olds = contents.load(session, (change.before.content for _, change in revised if change.before))
    return {number: _difference(change, olds) for number, change in revised}


def _difference(change: Change, olds: Mapping[str, bytes]) -> str:
    text = olds.get(change.before.content) if change.before else None
    old = orjson.loads(text) if text else {}
    old.pop(contents.SALT, None)
    new = change.prepared.document
    names_ = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    both = [{name: side[name] for name in names_ if name in side} for side in (old, new)]
    moved = {"from": change.before.status, "to": change.status} if change.before else {}
    said = {"before": both[0], "after": both[1]}
    if moved and moved["from"] != moved["to"]:
        said["status"] = moved
    written = orjson.dumps(said).decode()
    return written if len(written) <= _LONGEST_CHANGES else orjson.dumps({"names": names_}).decode()


def _report(judged: Judged, found: Findings, kind: str) -> dict[str, Any]:
    verbs = {"created": "register", "revised": "revise"}
    cased = BY_NAME[kind].case
    return judged.counts | {
        "groups": _groups(found.problems),
        "understood": _understood(judged.rows),
        "likes": sum(1 for one in found.rows if one["likes"] != "[]"),
        "owners": judged.owners,
        "reason": any(judged.changes.of(action) and verbs[action] in cased for action in ACTIONS[:2]),
        "mark": judged.mark,
    }


def _understood(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What words were taken as, where that is not what was written; the most frequent first."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        for pointer, (said, meant) in row.understood.items():
            found[_NUMBER.sub("/*", pointer), said[:_LONGEST], meant[:_LONGEST]] += 1
    return [
        {"field": field_, "found": said, "meant": meant, "count": n}
        for (field_, said, meant), n in found.most_common(MOST_UNDERSTOOD)
    ]


def passed(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """What was passed over while a foreign file was read, by rule with its places."""
    found: dict[str, dict[str, Any]] = {}
    for notice in notices:
        rule, source, said = notice.rule, notice.source, notice.found
        one = found.setdefault(rule, {"rule": rule, "count": 0, "places": []})
        one["count"] += 1
        if len(one["places"]) < MOST_PLACES:
            where = f"{source.sheet}!{source.row}" if source.sheet and source.row else source.sheet or ""
            one["places"].append(f"{where}（{said}）" if said else where)
    return list(found.values())


def _groups(problems: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The problems by severity, rule and field, errors first, the most frequent first."""
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    rows: dict[tuple[str, str, str], set[int]] = {}
    for one in problems:
        key = (one["severity"], one["rule"], one["field"])
        group = groups.setdefault(
            key, {"severity": key[0], "rule": key[1], "field": key[2], "count": 0, "suggested": 0}
        )
        group["count"] += 1
        group["suggested"] += one["suggestion"] is not None
        rows.setdefault(key, set()).add(one["number"])
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(groups, key=lambda key: (order[key[0]], -groups[key]["count"], key))
    return [groups[key] | {"rows": len(rows[key])} for key in ranked[:MOST_GROUPS]]

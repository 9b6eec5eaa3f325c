"""The changes of a proposal as its page lists them: by what each would do, a page at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.documents import changes
from catalog.base.i18n import Language, describe, text
from catalog.cases import proposals
from catalog.cases.models import Case, CaseComment
from catalog.cases.proposals import Judged
from catalog.registry.pages_words import kind_name
from catalog.standards import schemas

SHOWN = 50  # changes on one page
_FIELDS = 80
_HELD = 4
_ACTIONS = ("created", "revised", "moved", "retired", "unchanged", "refused", "struck")
_lately: OrderedDict[tuple[str, ...], list[Judged]] = OrderedDict()
_guard = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes a reader wants: one ``action`` ("" for all), words of a name, a page from 1."""

    action: str = ""
    words: str = ""
    page: int = 1

    @property
    def query(self) -> str:
        """The same as an address says it."""
        said = [("show", self.action), ("page", str(self.page) if self.page > 1 else "")]
        return "&".join(f"{name}={value}" for name, value in said if value)


def asked(said: Mapping[str, str]) -> Asked:
    """What an address or a form asks for; what it does not know is left out."""
    page = said.get("page", "")
    action = said.get("show", "")
    return Asked(
        action if action in _ACTIONS else "", said.get("name", "").strip()[:100],
        int(page) if page.isascii() and page.isdigit() and int(page[:6]) > 0 else 1,
    )  # fmt: skip


def lately(session: Session, case: Case, on: date) -> list[Judged]:
    """``proposals.judged``, kept while neither the case nor any record moves: thousands of rows are turned by pages."""
    newest = session.execute(sql("SELECT MAX(seq) FROM record")).scalar()
    key = (str(session.get_bind()), case.number, case.digest, str(newest), on.isoformat())
    with _guard:
        if key in _lately:
            _lately.move_to_end(key)
            return _lately[key]
    found = proposals.judged(session, case, on)
    with _guard:
        _lately[key] = found
        while len(_lately) > _HELD:
            _lately.popitem(last=False)
    return found


def listed(
    found: Sequence[Judged], remarks: Sequence[CaseComment], wanted: Asked, editable: Collection[str],
    case: Case, language: Language,
) -> dict[str, Any]:  # fmt: skip
    """The page of changes that is asked for, the counts of all, and what the reader may do with them."""
    fitting = [
        one for one in found
        if (not wanted.action or one.action == wanted.action)
        and (not wanted.words or wanted.words in one.name or wanted.words == one.identifier)
    ]  # fmt: skip
    pages = max(1, -(-len(fitting) // SHOWN))
    page = min(wanted.page, pages)
    return {
        "changes": [_change(one, remarks, language) for one in fitting[(page - 1) * SHOWN : page * SHOWN]],
        "counts": [
            (name, text(f"case.action-{name}", language), number)
            for name in _ACTIONS if (number := sum(one.action == name for one in found))
        ],
        "all": len(found), "show": wanted.action, "words": wanted.words, "page": page, "pages": pages,
        "strikes": "changes" in editable and case.state == "submitted",
        "edits": "changes" in editable and case.state != "submitted",
    }  # fmt: skip


def since(session: Session, case: Case, language: Language) -> list[tuple[int, str, list[dict[str, Any]]]]:
    """What the author changed since the last return, field by field."""
    rows = proposals.rows_of(case)
    return [
        (number, name, fields(rows[number]["kind"], before or {}, after, [], number, language))
        for number, name, before, after in proposals.since_return(session, case)[:SHOWN]
    ]


def _change(one: Judged, remarks: Sequence[CaseComment], language: Language) -> dict[str, Any]:
    mine = [remark for remark in remarks if remark.pointer.startswith(f"/changes/{one.number}/")]
    return {
        "number": one.number, "kind": kind_name(one.kind, language), "name": one.name, "verb": one.verb,
        "identifier": one.identifier, "action": one.action, "says": text(f"case.action-{one.action}", language),
        "struck": one.struck,
        "problems": [(describe(v)[language], v.severity) for v in one.violations][:20],
        "missing": len(one.missing),
        "clashes": [
            (c.pointer, label(one.kind, c.pointer, language), plain(c.base), plain(c.theirs), plain(c.mine))
            for c in one.clashes
        ],
        "theirs": [label(one.kind, place, language) for place in one.theirs],
        "fields": fields(one.kind, one.before or {}, one.document, mine, one.number, language),
    }  # fmt: skip


def fields(
    kind: str, before: Any, after: Any, remarks: Sequence[CaseComment], number: int, language: Language
) -> list[dict[str, Any]]:
    """What differs, place by place, with the remarks on each; remarks on what does not differ come after."""
    rows = [
        (place, plain(old), plain(new)) for place, old, new in changes(before, after)
    ][:_FIELDS]  # fmt: skip
    prefix = f"/changes/{number}"
    told = {f"{prefix}{place}" for place, _, _ in rows}
    rows += [
        (place.removeprefix(prefix), "", "")
        for place in dict.fromkeys(one.pointer for one in remarks) if place not in told
    ]  # fmt: skip
    return [
        {
            "pointer": f"{prefix}{place}", "label": label(kind, place, language), "before": old, "after": new,
            "remarks": [(one.text, one.by, one.at) for one in remarks if one.pointer == f"{prefix}{place}"],
        }
        for place, old, new in rows
    ]  # fmt: skip


def plain(value: Any) -> str:
    """A value as one text."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return " · ".join(f"{plain(one)}" for one in value.values())
    if isinstance(value, list):
        return "、".join(plain(one) for one in value[:12]) + (" …" if len(value) > 12 else "")
    return str(value)


def label(kind: str, place: str, language: Language) -> str:
    """A place of a document in the words of its standard."""
    steps = place.split("/")[1:]
    annotations = schemas.current(kind).annotations
    pattern, said = "", []
    for step in steps:
        pattern += "/*" if step.isdigit() else f"/{step}"
        field = annotations.by_pattern.get(pattern)
        said.append(str(int(step) + 1) if step.isdigit() else field.label(language) if field else step)
    return " › ".join(said)

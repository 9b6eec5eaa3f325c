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

from catalog.base.i18n import Language, text
from catalog.cases import proposals
from catalog.cases.models import Case, CaseComment
from catalog.cases.proposals import Judged, Mended

SHOWN = 50  # changes on one page
_HELD = 4
_ACTIONS = ("created", "revised", "moved", "retired", "unchanged", "refused", "struck")
_lately: OrderedDict[tuple[str, ...], list[Judged]] = OrderedDict()
_guard = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes a reader wants: one ``action`` ("" for all), words of a name, a page from 1, or the one ``number``."""

    action: str = ""
    words: str = ""
    page: int = 1
    number: int | None = None

    @property
    def query(self) -> str:
        """The same as an address says it."""
        said = [("show", self.action), ("page", str(self.page) if self.page > 1 else "")]
        said.append(("one", "" if self.number is None else str(self.number)))
        return "&".join(f"{name}={value}" for name, value in said if value)


def asked(said: Mapping[str, str]) -> Asked:
    """What an address or a form asks for; what it does not know is left out."""
    action = said.get("show", "")
    return Asked(
        action if action in _ACTIONS else "", said.get("name", "").strip()[:100],
        _number(said, "page") or 1, _number(said, "one"),
    )  # fmt: skip


def _number(said: Mapping[str, str], name: str) -> int | None:
    value = said.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 6 else None


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


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of changes with the remarks on them, what was mended since the return, and what stands around."""

    page: Sequence[Judged]
    since: Sequence[Mended]
    remarks: Sequence[CaseComment]
    around: Mapping[str, Any]


def listed(
    found: Sequence[Judged], since: Sequence[Mended], remarks: Sequence[CaseComment], wanted: Asked,
    editable: Collection[str], case: Case, language: Language,
) -> Listing:  # fmt: skip
    """The page of changes that is asked for, the counts of all, and what the reader may do with them."""
    fitting = [
        one for one in found
        if wanted.number in (None, one.number) and (not wanted.action or one.action == wanted.action)
        and (not wanted.words or wanted.words in one.name or wanted.words == one.identifier)
    ]  # fmt: skip
    pages = max(1, -(-len(fitting) // SHOWN))
    page = min(wanted.page, pages)
    return Listing(fitting[(page - 1) * SHOWN : page * SHOWN], since[:SHOWN], remarks, {
        "counts": [
            (name, text(f"case.action-{name}", language), number)
            for name in _ACTIONS if (number := sum(one.action == name for one in found))
        ],
        "all": len(found), "only": wanted.number, "show": wanted.action, "words": wanted.words, "page": page, "pages": pages,
        "strikes": "changes" in editable and case.state == "submitted",
        "edits": "changes" in editable and case.state != "submitted",
    })  # fmt: skip


def plain(value: Any) -> str:
    """A value as one text."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return " · ".join(f"{plain(one)}" for one in value.values())
    if isinstance(value, list):
        return "、".join(plain(one) for one in value[:12]) + (" …" if len(value) > 12 else "")
    return str(value)

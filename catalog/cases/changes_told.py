"""Changes of a proposal in the words of their standard: codes, references and people by name, row matched with row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from catalog.base.documents import Document
from catalog.base.i18n import Language, describe, text
from catalog.cases.changes import Listing
from catalog.cases.models import CaseComment
from catalog.cases.proposals import Judged
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME
from catalog.registry.pages_diff import Change, differences, marked, written
from catalog.registry.pages_facts import Lookup, facts
from catalog.registry.pages_words import kind_name, lookup
from catalog.registry.reads import Reads
from catalog.standards import schemas
from catalog.standards.annotations import Annotations

_FIELDS = 200  # places of one change that a page shows
_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes documents of one kind for one reader."""

    kind: str
    annotations: Annotations
    language: Language
    lookup: Lookup

    def differing(self, before: Document, after: Document) -> list[Change]:
        """Every place that differs."""
        return differences(before, after, self.annotations, self.language, self.lookup)

    def value(self, value: Any, place: str) -> str:
        """One value as lines of text."""
        return written(value, place, self.annotations, self.language, self.lookup)

    def label(self, place: str) -> str:
        """What a place is called."""
        return self.annotations.label(place, self.language)


async def told(found: Listing, reads: Reads, seen: Sight, language: Language) -> dict[str, Any]:
    """What the page of a proposal shows of its changes and of what was changed since the last return."""
    tellers = await _tellers(found, reads, seen, language)
    return {
        "changes": [
            _change(one, found.remarks, tellers[one.kind], len(found.page) == 1) for one in found.page
        ],
        "since": [
            (one.number, one.name, _rows(tellers[one.kind].differing(one.before, one.after), one.number, ()))
            for one in found.since
        ],
    }


async def _tellers(found: Listing, reads: Reads, seen: Sight, language: Language) -> dict[str, Teller]:
    documents: dict[str, list[Document]] = {}
    for change in found.page:
        documents.setdefault(change.kind, []).extend((change.before or {}, change.document))
    for mended in found.since:
        documents.setdefault(mended.kind, []).extend((mended.before, mended.after))
    made = {}
    for kind, several in documents.items():
        annotations = schemas.current(kind).annotations
        known = await lookup(reads, annotations, several, seen, language, people=True)
        made[kind] = Teller(kind, annotations, language, known)
    return made


def _change(one: Judged, remarks: Sequence[CaseComment], teller: Teller, alone: bool) -> dict[str, Any]:
    """One change; a new document is shown whole where it stands ``alone`` on its page."""
    language = teller.language
    prefix = f"/changes/{one.number}"
    mine = [remark for remark in remarks if remark.pointer.startswith(f"{prefix}/")]
    whole = _readable(one)
    differing = (
        _moved(one, teller)
        if not one.written
        else []
        if whole
        else teller.differing(one.before or {}, one.document)
    )
    return {
        "number": one.number, "kind": kind_name(one.kind, language), "name": one.name, "verb": one.verb,
        "identifier": one.identifier, "action": one.action, "says": text(f"case.action-{one.action}", language),
        "struck": one.struck, "status": text(f"status.{one.to}", language) if one.written and one.to else "",
        "problems": [(describe(v)[language], v.severity) for v in one.violations][:_PROBLEMS],
        "more_problems": max(0, len(one.violations) - _PROBLEMS),
        "missing": len(one.missing),
        "clashes": [
            (c.pointer, teller.label(c.pointer), *(teller.value(v, c.pointer) for v in (c.base, c.theirs, c.mine)))
            for c in one.clashes
        ],
        "theirs": [teller.label(place) for place in one.theirs],
        "whole": whole and not alone,
        "groups": facts(one.document, teller.annotations, language, teller.lookup) if whole and alone else [],
        "fields": _rows(differing[:_FIELDS], one.number, mine) + _remarked(differing, mine, prefix, teller),
        "more": max(0, len(differing) - _FIELDS),
        "places": _places(one, differing, prefix, teller) if alone or not whole else [],
    }  # fmt: skip


def _readable(one: Judged) -> bool:
    """Whether the change brings a new document whose form allows to show it as a record's page does."""
    return one.written and not one.before and not any(v.rule == "type" for v in one.violations)


def _moved(one: Judged, teller: Teller) -> list[Change]:
    """The status, and what takes the record's place."""

    def said(status: str | None) -> str:
        return text(f"status.{status}", teller.language) if status else ""

    left, right = marked(said(one.status), said(one.to or BY_NAME[one.kind].retired))
    found = [Change("/status", text("case.status", teller.language), "", "altered", left, right)]
    if one.successor:
        after = Markup("<ins>{}</ins>").format(one.successor)
        found.append(
            Change("/successor", text("case.successor", teller.language), "", "added", Markup(""), after)
        )
    return found


def _rows(found: Sequence[Change], number: int, remarks: Sequence[CaseComment]) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label, "row": one.row, "before": one.before, "after": one.after,
            "remarks": _said(remarks, f"/changes/{number}{one.place}"),
        }
        for one in found
    ]  # fmt: skip


def _remarked(
    found: Sequence[Change], remarks: Sequence[CaseComment], prefix: str, teller: Teller
) -> list[dict[str, Any]]:
    """Remarks on what does not differ, or stands above as a whole."""
    shown = {f"{prefix}{one.place}" for one in found[:_FIELDS]}
    return [
        {
            "label": teller.label(pointer.removeprefix(prefix)), "row": "", "before": "", "after": "",
            "remarks": _said(remarks, pointer),
        }
        for pointer in dict.fromkeys(one.pointer for one in remarks)
        if pointer not in shown
    ]  # fmt: skip


def _said(remarks: Sequence[CaseComment], pointer: str) -> list[tuple[str, str, str]]:
    return [(one.text, one.by, one.at) for one in remarks if one.pointer == pointer]


def _places(one: Judged, found: Sequence[Change], prefix: str, teller: Teller) -> list[tuple[str, str]]:
    """Where a remark can be made: what differs, or every attribute and row of a new document."""
    if found:
        return [(f"{prefix}{it.place}", f"{it.label} {it.row}".strip()) for it in found[:_FIELDS]]
    places = []
    for name, value in one.document.items():
        places.append((f"{prefix}/{name}", teller.label(f"/{name}")))
        for index, row in enumerate(value if isinstance(value, list) else ()):
            if isinstance(row, dict):
                called = escape(row.get("name") or row.get("code") or "")
                places.append(
                    (f"{prefix}/{name}/{index}", f"{teller.label(f'/{name}/{index}')} {called}".strip())
                )
    return places[:_FIELDS]

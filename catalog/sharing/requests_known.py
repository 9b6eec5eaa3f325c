"""What the desk of sharing asks the register, in the caller's session: the dataset, lists, elements, templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from catalog.base.db import FOREVER, select_in
from catalog.base.documents import Document
from catalog.base.errors import NotFound
from catalog.base.i18n import Language
from catalog.cases.models import Case
from catalog.registry.contents import unpack
from catalog.registry.documents import called, codes_of, whole
from catalog.registry.models import Record
from catalog.sharing.requests_rules import Known

PURPOSE, WAY, CYCLE, RANK, MASK = "CL0105", "CL0102", "CL0103", "CL0117", "CL0119"
_LISTS = (PURPOSE, WAY, CYCLE, RANK, MASK)
_CLASS, _GRADE = "CL0101", "CL0106"
_TEMPLATES = 20


@dataclass(frozen=True)
class Ground:
    """What a request stands on: the dataset as registered, its elements, the lists in force."""

    identifier: str
    name: str
    status: str
    department: str
    dataset: Document
    elements: dict[str, Document] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    list_versions: dict[str, tuple[str, int]] = field(
        default_factory=dict
    )  # of the code list behind an element
    lists: dict[str, list[Document]] = field(default_factory=dict)
    systems: list[tuple[str, str]] = field(default_factory=list)  # of the department that asks

    def known(self) -> Known:
        """The same for the rules."""
        codes = {name: [str(one["code"]) for one in rows] for name, rows in self.lists.items()}
        personal = [
            one["name"]
            for one in self.dataset.get("fields", ())
            if self.elements.get(one.get("element", ""), {}).get("personal") is True
        ]
        return Known(
            self.dataset, codes[PURPOSE], codes[WAY], codes[CYCLE], codes[RANK], codes[MASK],
            [one for one, _ in self.systems], personal,
        )  # fmt: skip

    def label(self, code_list: str, code: str, language: Language = "zh") -> str:
        """What a code is called."""
        found = next((one for one in self.lists.get(code_list, ()) if one["code"] == code), None)
        return called(found, language) if found else code


def ground(session: Session, identifier: str, *, on: date, consumer: str = "") -> Ground:
    """Everything about a dataset that a request of ``consumer`` needs. Raises ``NotFound``."""
    record = session.get(Record, ("dataset", identifier))
    document = whole(session, "dataset", identifier)
    if record is None or document is None:
        raise NotFound(kind="dataset", identifier=identifier)
    wanted = {one["element"] for one in document.get("fields", ()) if one.get("element")}
    elements, versions = _elements(session, wanted)
    return Ground(
        identifier, record.name, record.status, record.department, document, elements, versions,
        _list_versions(session, elements),
        {name: in_force(session, name, on) for name in (*_LISTS, _CLASS, _GRADE)},
        _systems(session, consumer) if consumer else [],
    )  # fmt: skip


def in_force(session: Session, code_list: str, on: date) -> list[Document]:
    """The codes of a maintained list that hold on a day, in their order."""
    day = on.isoformat()
    return [
        one
        for one in codes_of(session, code_list)
        if one.get("valid_from", "") <= day <= one.get("valid_until", "9999")
    ]


def _systems(session: Session, owner: str) -> list[tuple[str, str]]:
    wanted = select(Record.identifier, Record.name).where(
        col(Record.kind) == "system", col(Record.department) == owner, col(Record.status) == "in_service"
    )
    return [(row[0], row[1]) for row in session.exec(wanted.order_by(col(Record.identifier)))]


def _elements(session: Session, wanted: Iterable[str]) -> tuple[dict[str, Document], dict[str, int]]:
    statement = (
        "SELECT r.identifier, r.version, c.text, c.packed FROM record r JOIN content c ON c.digest = r.content"
        " WHERE r.kind = ? AND r.identifier IN (:values)"
    )
    rows = list(select_in(session, statement, wanted, "data-element"))
    documents = {row[0]: orjson.loads(unpack(row[2], row[3])) for row in rows if row[2] or row[3]}
    return documents, {row[0]: row[1] for row in rows}


def _list_versions(session: Session, elements: dict[str, Document]) -> dict[str, tuple[str, int]]:
    named = {
        key: one["value_domain"]["code_list"]
        for key, one in elements.items()
        if one.get("value_domain", {}).get("code_list")
    }
    rows = select_in(
        session, "SELECT identifier, version FROM record WHERE kind = ? AND identifier IN (:values)",
        sorted(set(named.values())), "code-list",
    )  # fmt: skip
    versions = {row[0]: row[1] for row in rows}
    return {key: (one, versions[one]) for key, one in named.items() if one in versions}


def department(session: Session, identifier: str) -> Document:
    """A department's document. Raises ``NotFound``."""
    found = whole(session, "department", identifier)
    if found is None:
        raise NotFound(kind="department", identifier=identifier)
    return found


def short(document: Document) -> str:
    """What a department is called in short."""
    return str(document.get("short_name") or document.get("name", ""))


def taken(session: Session, name: str) -> bool:
    """Whether an agreement of this name is registered already."""
    wanted = select(Record.identifier).where(
        col(Record.kind) == "sharing-agreement", col(Record.name) == name
    )
    return session.scalar(wanted.limit(1)) is not None


def template(session: Session, identifier: str) -> Document:
    """An agreement that another request is made like. Raises ``NotFound``."""
    found = whole(session, "sharing-agreement", identifier)
    if found is None:
        raise NotFound(kind="sharing-agreement", identifier=identifier)
    return found


def templates(session: Session, dataset: str) -> list[tuple[str, str]]:
    """The agreements on a dataset, newest first: each can be followed."""
    statement = sql(
        "SELECT DISTINCT r.identifier, r.name FROM link l JOIN record r ON r.kind = l.kind AND r.identifier = l.identifier"
        " WHERE l.to_kind = 'dataset' AND l.to_identifier = :dataset AND l.kind = 'sharing-agreement'"
        " AND l.pointer = '/dataset' AND l.to_seq = :forever ORDER BY r.identifier DESC LIMIT :most"
    )
    rows = session.execute(statement, {"dataset": dataset, "forever": FOREVER, "most": _TEMPLATES})
    return [(row[0], row[1]) for row in rows]


def asked_like(agreement: Document, dataset: Document, *, on: date) -> dict[str, Any]:
    """What an agreement says, as a request for the same: what the dataset no longer has is left out."""
    names = {one.get("name") for one in dataset.get("fields", ())}
    values: dict[str, Any] = {
        part: agreement[part]
        for part in ("legal_basis", "scenario", "scope", "way", "frequency")
        if agreement.get(part)
    }
    items = [one["field"] for one in agreement.get("items", ()) if one.get("field") in names]
    if items:
        values["items"] = items
    if agreement.get("purposes"):
        values["purpose"] = agreement["purposes"][0]
    period = agreement.get("period", {})
    if period.get("from") and period.get("until"):
        length = date.fromisoformat(period["until"]) - date.fromisoformat(period["from"])
        values["period"] = {"from": on.isoformat(), "until": (on + length).isoformat()}
    return values


def active_departments(session: Session) -> set[str]:
    """Every department that works today."""
    wanted = select(Record.identifier).where(col(Record.kind) == "department", col(Record.status) == "active")
    return set(session.scalars(wanted))


def purposes_wanted(session: Session) -> list[dict[str, str]]:
    """The purposes that open requests wish the list had, oldest first."""
    wanted = select(Case).where(
        col(Case.type) == "sharing-request", col(Case.closed).is_(False),
        col(Case.document).contains('"purpose_wanted":'), ~col(Case.document).contains('"purpose":'),
    )  # fmt: skip
    rows = session.scalars(wanted.order_by(col(Case.number)))
    return [
        {
            "number": one.number, "department": one.from_department, "at": one.opened_at,
            "wanted": orjson.loads(one.document)["purpose_wanted"], "title": one.title,
        }
        for one in rows
    ]  # fmt: skip

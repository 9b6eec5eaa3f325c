"""机构改革: departments are merged, split, renamed or dissolved, and all that they own moves in one act.

A plan is a mapping ``{document, on, acts: […]}``; an act is one of

    {rename: DP0002, to: NAME}
    {merge: [DP0031, DP0032], into: DP0012}
    {split: DP0005, into: [DP0006, DP0007], move: {DP0007: [DS000001, SY0003]}}
    {dissolve: DP0033, into: DP0012}

What still holds, open cases included, moves to the successor; finished documents (ended, expired, terminated, withdrawn) keep
the old department. Old names keep working as aliases.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import FOREVER, Database
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, Malformed, Violation
from catalog.cases import duties
from catalog.departments import desk
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry.apply import apply_in
from catalog.registry.documents import whole
from catalog.registry.plan import Changes, plan
from catalog.registry.prepare import Incoming

FINISHED = (
    "superseded",
    "retired",
    "withdrawn",
    "terminated",
    "expired",
    "ended",
    "cancelled",
    "dissolved",
    "held",
)
_LINEAGE = ("predecessors", "successors")
_IDENTITY = {  # what moves -> table, key, name
    "account": ("account", "person", "login"),
    "role": ("role_grant", "key", "role"),
    "token": ("token", "key", "name"),
}


@dataclass(frozen=True)
class Move:
    """One thing that changes hands: a record, an account, a role or a token."""

    kind: str
    identifier: str
    name: str
    pointer: str
    before: str
    after: str


@dataclass
class Reorganisation:
    """A plan worked out: the departments' new documents, everything that moves, the register's changes."""

    document: str
    on: date
    successors: dict[str, str] = field(
        default_factory=dict
    )  # old department -> the heir of what is not named
    named: dict[tuple[str, str], str] = field(default_factory=dict)  # (old department, record) -> its heir
    heirs: list[str] = field(default_factory=list)  # whose duties change: each owes an update (T1)
    departments: dict[str, Document] = field(default_factory=dict)
    dissolved: set[str] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)


class _Loader(yaml.SafeLoader):
    """YAML in which ``on`` is a word, as in YAML 1.2, and not a truth value."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML reads it from the class
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_plan(text: bytes, file: str) -> dict[str, Any]:
    """The plan that a YAML ``file`` states; raises ``Malformed`` where it is none."""
    try:
        stated = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Malformed("not-yaml", file=file, line=line, column=column, detail=error.problem) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Malformed("malformed") from None
    return stated if isinstance(stated, dict) else {}


def work_out(session: Session, acts: Mapping[str, Any]) -> Reorganisation:
    """What the plan would do; nothing is written. Raises ``InvalidDocument`` for a plan that can't be."""
    found = Reorganisation(_text(acts, "document"), _day(acts))
    if not isinstance(acts.get("acts", []), list):
        raise InvalidDocument(
            [Violation("/acts", "type", found=type(acts["acts"]).__name__, expected="array")]
        )
    for number, act in enumerate(acts.get("acts") or [{}]):
        _read_act(session, found, act, f"/acts/{number}")
    documents = _moved_documents(session, found)
    _identity_moves(session, found)
    found.moves += [Move("case", *one) for one in desk.passing(session, found.successors, found.named)]
    incoming = [
        Incoming("department", document, "dissolved" if identifier in found.dissolved else None)
        for identifier, document in found.departments.items()
    ]
    incoming += [Incoming(kind, document) for (kind, _), document in documents.items()]
    found.changes = plan(session, incoming, on=found.on)
    return found


def carry_out(database: Database, found: Reorganisation, *, by: Actor) -> int:
    """Write the whole act in one transaction; the number of its closing entry.

    Open cases go on with the successor, and every successor owes an update of its catalogue: T1 runs.
    """
    refused = found.changes.of("refused")
    if refused:
        raise InvalidDocument([violation for change in refused for violation in change.violations])
    note = f"机构改革 {found.document}"
    with database.writing(turn=False) as session:
        apply_in(session, found.changes, database=database, by=by, on=found.on, note=note)
        for move in found.moves:
            if move.kind in _IDENTITY:
                table, key, _ = _IDENTITY[move.kind]
                statement = sql(f"UPDATE {table} SET department = :after WHERE {key} = :key")
                session.execute(statement, {"after": move.after, "key": move.identifier})
        desk.pass_on(session, found.successors, found.named, by=by, note=note)
        for heir in found.heirs:
            duties.opened(session, department=heir, title=note, number=found.document, on=found.on, by=by)
        data = {"on": found.on.isoformat(), "successors": found.successors, "moved": len(found.moves)}
        return ledger.append(session, [Line("department.reorganised", note=note, data=data)], by=by)[0]


def _text(acts: Mapping[str, Any], name: str) -> str:
    value = acts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidDocument([Violation(f"/{name}", "required", expected=name)])
    return value


def _day(acts: Mapping[str, Any]) -> date:
    value = acts.get("on")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidDocument([Violation("/on", "format-date", found=value)]) from None


def _read_act(session: Session, found: Reorganisation, act: Any, place: str) -> None:
    words = {"rename", "merge", "split", "dissolve"} & set(act if isinstance(act, dict) else ())
    if len(words) != 1:
        raise InvalidDocument(
            [Violation(place, "reorganise-act", found=act, expected="rename | merge | split | dissolve")]
        )
    word = words.pop()
    olds = act[word] if isinstance(act[word], list) else [act[word]]
    if word == "rename":
        _rename(found, _department(session, found, olds[0], f"{place}/rename"), act.get("to"), f"{place}/to")
        return
    heirs = act.get("into") if isinstance(act.get("into"), list) else [act.get("into")]
    _check_parties(act, word, olds, heirs, place)
    found.heirs = _joined(found.heirs, heirs)
    for heir in heirs:
        if heir in olds:
            raise InvalidDocument([Violation(f"{place}/into", "reorganise-cycle", found=heir)])
        lineage = _department(session, found, heir, f"{place}/into")
        lineage["predecessors"] = _joined(lineage.get("predecessors"), olds)
    for old in olds:
        document = _department(session, found, old, f"{place}/{word}")
        document["successors"] = _joined(document.get("successors"), heirs)
        document["dissolved_on"] = found.on.isoformat()
        document["document_number"] = found.document
        found.dissolved.add(old)
        found.successors[old] = heirs[0]
        for heir, records in (act.get("move") or {}).items():
            found.named |= {(old, record): heir for record in records}


def _check_parties(act: Mapping[str, Any], word: str, olds: list[Any], heirs: list[Any], place: str) -> None:
    """Raise unless somebody ends, somebody inherits, and ``move`` names heirs of this act only."""
    wrong = [Violation(f"{place}/{word}", "min-items", found=0, expected=1)] if not olds else []
    wrong += [Violation(f"{place}/into", "min-items", found=0, expected=1)] if not heirs else []
    named = act.get("move") or {}
    if not isinstance(named, dict):
        wrong.append(Violation(f"{place}/move", "type", found=type(named).__name__, expected="object"))
    else:
        wrong += [
            Violation(f"{place}/move/{heir}", "enum", found=heir, expected=heirs)
            for heir in named
            if heir not in heirs
        ]
    if wrong:
        raise InvalidDocument(wrong)


def _rename(found: Reorganisation, document: Document, name: Any, place: str) -> None:
    if not isinstance(name, str) or name == document["name"]:
        raise InvalidDocument([Violation(place, "required", found=name, expected="to")])
    former = {"name": document["name"], "until": found.on.isoformat()}
    document["former_names"] = [*document.get("former_names", []), former]
    document["name"] = name
    document["document_number"] = found.document


def _department(session: Session, found: Reorganisation, identifier: Any, place: str) -> Document:
    if identifier not in found.departments:
        document = whole(session, "department", str(identifier))
        if document is None:
            raise InvalidDocument(
                [Violation(place, "reference-missing", found=identifier, expected="department")]
            )
        found.departments[identifier] = copy.deepcopy(document)
    return found.departments[identifier]


def _joined(before: list[str] | None, more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*(before or []), *more]))


def _moved_documents(session: Session, found: Reorganisation) -> dict[tuple[str, str], Document]:
    """The documents of every record that still holds and names a dissolved department, with the heir in its place."""
    documents: dict[tuple[str, str], Document] = {}
    statement = sql(
        "SELECT l.kind, l.identifier, l.pointer, l.rel, r.name, r.status FROM link l"
        " JOIN record r ON r.kind = l.kind AND r.identifier = l.identifier"
        " WHERE l.to_kind = 'department' AND l.to_identifier = :old AND l.to_seq = :forever"
        " ORDER BY l.kind, l.identifier, l.pointer"
    )
    for old, heir in found.successors.items():
        for kind, identifier, pointer, rel, name, status in session.execute(
            statement, {"old": old, "forever": FOREVER}
        ):
            if status in FINISHED or rel in _LINEAGE:
                continue
            if kind == "department":
                document = _department(session, found, identifier, pointer)
            else:
                document = documents.get((kind, identifier)) or copy.deepcopy(
                    whole(session, kind, identifier) or {}
                )
                documents[(kind, identifier)] = document
            after = found.named.get((old, identifier), heir)
            _replace(document, pointer, after)
            if pointer == "/department" and "provider_code" in document:
                _renew_provider_code(session, document, after)
            found.moves.append(Move(kind, identifier, name, pointer, old, after))
    return documents


def _renew_provider_code(session: Session, document: Document, heir: str) -> None:
    """A dataset states its provider's unified social credit code; it must be the heir's, or none."""
    code = (whole(session, "department", heir) or {}).get("credit_code")
    if code:
        document["provider_code"] = code
    else:
        del document["provider_code"]


def _replace(document: Any, pointer: str, value: str) -> None:
    *path, last = pointer.split("/")[1:]
    for token in path:
        document = document[int(token)] if isinstance(document, list) else document[token]
    if isinstance(document, list):
        document[int(last)] = value
    else:
        document[last] = value


def _identity_moves(session: Session, found: Reorganisation) -> None:
    for word, (table, key, name) in _IDENTITY.items():
        statement = sql(f"SELECT {key}, {name} FROM {table} WHERE department = :old ORDER BY {key}")
        for old, heir in found.successors.items():
            for identifier, shown in session.execute(statement, {"old": old}):
                found.moves.append(Move(word, identifier, shown, "/department", old, heir))

"""Valid documents of every kind, made from the suites; and people who may write, read or neither.

A document's references to records that the suites only imagine are led to the anchors of ``anchor``, so
that it can be registered on top of the standards' own seed.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.base import clock, files
from catalog.base.documents import Document
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.kinds import BY_NAME
from catalog.registry.apply import apply
from catalog.registry.founding import SEED
from catalog.registry.plan import Changes, plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.standards import schemas

PASSWORD = "Right-horse-1"
EXAMPLES = {
    "department": "branch-of-a-city-bureau",
    "system": "platform-complete",
    "code-list": "sex-complete",
    "data-element": "citizen-number-complete",
    "dataset": "conditional-sharing-complete",
    "sharing-agreement": "in-force-complete",
    "appointment": "district-cdo-complete",
    "training": "complete",
    "topic": "person-complete",
    "calendar": "announced-complete",
}
ANCHORS = {
    "department": "DP0008",
    "system": "SY0901",
    "dataset": "DS000901",
    "data-element": "DE00001",
    "code-list": "CL0002",
    "appointment": "AP00901",
    "topic": "TP-ANCHOR",
    "training": "TR00901",
    "sharing-agreement": "AG2026-0901",
}
_ORDER = ("system", "dataset", "appointment", "training", "sharing-agreement", "topic")
_YEARS = itertools.count(2101)  # a calendar is found by its year: each is of a year of its own
_RANK = {"draft": 0, "recorded": 1, "shareable": 2}


@cache
def _example(kind: str) -> Document:
    folder = files.standards() / "suite" / kind / "valid"
    if (schemas.root().parent / "suite" / kind).is_dir():
        folder = schemas.root().parent / "suite" / kind / "valid"
    wanted = _RANK[BY_NAME[kind].statuses[BY_NAME[kind].initial]]
    names = [f"{EXAMPLES[kind]}.json"] if kind in EXAMPLES else sorted(path.name for path in folder.iterdir())
    for name in names:
        case = json.loads((folder / name).read_text(encoding="utf-8"))
        if _RANK[case["profile"]] >= wanted:
            document: Document = case["document"]
            return document
    raise LookupError(f"no example of {kind} fits its first status")


def document(kind: str, number: int | str = 1, **more: Any) -> Document:
    """A document of ``kind`` without identifier or codes, its name set apart by ``number``."""
    made = copy.deepcopy(_example(kind))
    annotations = schemas.current(kind).annotations
    required = schemas.compiled(kind, BY_NAME[kind].statuses[BY_NAME[kind].initial]).get("required", [])
    for name in list(made):
        if name not in required and annotations.aliases({name: made[name]}):
            del made[name]
    made.pop("identifier", None)
    made["name"] = f"{made['name']}{number}"
    if "attendances" in made:  # the anchor is the one appointment that they can be led to
        made["attendances"] = made["attendances"][:1]
        made["audience_roles"] = ["district_cdo"]
    for slot in (slot for section in made.get("sections", []) for slot in section.get("slots", [])):
        slot.pop("field", None)
    if kind == "calendar":
        year = next(_YEARS)
        made |= {
            "identifier": f"WC{year}",
            "year": year,
            "holidays": [{"on": f"{year}-01-01", "name": "元旦"}],
        }
        made.pop("make_up_days", None)
    known = {"department", "data-element", "code-list"}
    for pointer, _, to_kind, to in annotations.references(made):
        if to_kind not in known or to.startswith("GZ-"):
            _put(made, pointer, ANCHORS[to_kind])
    return made | more


def _put(document: Any, pointer: str, value: str) -> None:
    *path, last = pointer.split("/")[1:]
    for token in path:
        document = document[int(token)] if isinstance(document, list) else document[token]
    document[int(last) if isinstance(document, list) else last] = value


def enter(runtime: Runtime, *incoming: Incoming, by: Any = SEED, note: str = "test") -> Changes:
    """Plan and apply; every document must be accepted."""
    on = clock.today(runtime.settings.zone)
    with runtime.database.reading() as session:
        changes = plan(session, incoming, on=on)
    refused = changes.of("refused")
    assert not refused, [(one.pointer, one.rule, one.found) for one in refused[0].violations]
    apply(runtime.database, changes, by=by, on=on, note=note)
    return changes


def anchor(runtime: Runtime) -> None:
    """Register one record of every kind that the seed has none of, for others to refer to."""
    made = []
    for kind in _ORDER:
        made.append(Incoming(kind, document(kind, "（示例）") | {"identifier": ANCHORS[kind]}))
    enter(runtime, *made)


@dataclass(frozen=True)
class Keys:
    """Headers of accounts: all roles that keep content, one that only reads, an auditor, a vendor."""

    keeper: dict[str, str]
    reader: dict[str, str]
    auditor: dict[str, str]
    readonly: dict[str, str]
    vendor: dict[str, str]
    people: dict[str, str]


_ROLES = {
    "keeper": (("authority", None), ("standards_editor", None), ("standards_approver", None),
               ("data_officer", "DP0008"), ("data_officer", "DP0002"), ("sharing_officer", "DP0008")),
    "reader": (("reader", "DP0009"),),
    "auditor": (("auditor", None),),
    "vendor": (("data_officer", "DP0008"),),
}  # fmt: skip


def people(runtime: Runtime) -> Keys:
    """Open the accounts and make a token for each."""
    on = clock.today(runtime.settings.zone)
    password = passwords.secure(PASSWORD)
    keys: dict[str, dict[str, str]] = {}
    persons_: dict[str, str] = {}
    with runtime.database.writing() as session:
        for login, roles in _ROLES.items():
            department = roles[-1][1] or "DP0002"
            person = persons.create(session, name=f"{login}（示例）", basis="test", by=CONSOLE)
            vendor: dict[str, Any] = (
                {"system": "SY0901", "ends_on": on.replace(year=on.year + 1)} if login == "vendor" else {}
            )
            accounts.create(
                session, login=login, person=person, password=password, department=department, by=CONSOLE,
                **vendor,
            )  # fmt: skip
            for role, where in roles:
                accounts.grant(session, login=login, role=role, department=where, by=CONSOLE, on=on)
            keys[login] = _token(session, login, on, {"read", "write", "internal"})
            persons_[login] = person
        keys["readonly"] = _token(session, "keeper", on, {"read"})
    return Keys(people=persons_, **keys)


def _token(session: Any, login: str, on: Any, scope: set[str]) -> dict[str, str]:
    issued = tokens.issue(
        session, login=login, name="test", scope=frozenset(scope), days=30, on=on, by=CONSOLE
    )
    return {"authorization": f"Bearer {issued.secret}"}

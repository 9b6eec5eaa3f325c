"""The organisation of chief data officers: who stands where, what is vacant, ending or doubled. Pure.

Four tiers: 区首席数据官, 区首席数据执行官, 部门（镇街）首席数据官, and in each department the head of its sharing
office and its data steward (粤办函〔2021〕63号). Built from documents; no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from catalog.base.documents import Document
from catalog.officers.rules import TIERS

SOON = 60  # days before the end of a term from which it is announced
STATES = ("vacant", "ended", "soon", "double", "untrained", "held")
_TOWN = "5"  # administrative level of towns and streets
_ORDER = list(TIERS)
_DEPARTMENT = 3  # from this tier down a post belongs to one department's cell


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment that holds now; ``left`` are the days of its term, ``others`` the holder's other posts."""

    identifier: str
    role: str
    tier: int
    department: str
    title: str
    person: str
    document_number: str
    until: str
    left: int | None
    others: Sequence[str]
    lacks: Sequence[str]

    @property
    def state(self) -> str:
        """vacant, ended (the term is over), soon (it ends within 60 days) or held."""
        if not self.person:
            return "vacant"
        if self.left is None or self.left > SOON:
            return "held"
        return "soon" if self.left >= 0 else "ended"

    def shows(self, state: str) -> bool:
        """Whether the post belongs under a heading of ``STATES``."""
        if state == "double":
            return bool(self.others)
        return bool(self.lacks) if state == "untrained" else self.state == state


@dataclass(frozen=True, slots=True)
class Cell:
    """A department with its posts; ``without_cdo`` where nobody was ever appointed to lead its data."""

    department: str
    posts: Sequence[Post]
    without_cdo: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """The district's posts above the departments, then departments and towns in their order."""

    leaders: Sequence[Post]
    departments: Sequence[Cell]
    towns: Sequence[Cell]

    @property
    def posts(self) -> list[Post]:
        """All posts from the top down."""
        cells = [*self.departments, *self.towns]
        return [*self.leaders, *(post for cell in cells for post in cell.posts)]

    def counts(self) -> dict[str, int]:
        """How many posts stand under each heading of ``STATES``."""
        posts = self.posts
        return {state: sum(1 for post in posts if post.shows(state)) for state in STATES}


def organisation(
    appointments: Iterable[Document],
    trainings: Iterable[Document],
    departments: Mapping[str, Document],
    *,
    on: date,
) -> Organisation:
    """The organisation as it stands ``on`` a day; appointments that hold, trainings that were held."""
    current = list(appointments)
    held = Counter(row["person"] for row in current if row.get("person"))
    taken = list(trainings)
    titles = {row["identifier"]: row.get("post") or row["name"] for row in current}
    by_person: dict[str, list[str]] = {}
    for row in current:
        if row.get("person") and held[row["person"]] > 1:
            by_person.setdefault(row["person"], []).append(row["identifier"])
    posts = [
        _post(
            row,
            [titles[one] for one in by_person.get(row.get("person", ""), ()) if one != row["identifier"]],
            _lacking(row, taken),
            on,
        )
        for row in current
    ]
    return _arranged(posts, departments)


def _post(row: Document, others: Sequence[str], lacks: Sequence[str], on: date) -> Post:
    until = row.get("term", {}).get("until", "")
    return Post(
        identifier=row["identifier"],
        role=row["role"],
        tier=TIERS.get(row["role"], _DEPARTMENT + 1),
        department=row["department"],
        title=row.get("post") or row["name"],
        person=row.get("person", ""),
        document_number=row.get("document_number", ""),
        until=until if row.get("person") else "",
        left=(date.fromisoformat(until) - on).days if until and row.get("person") else None,
        others=others,
        lacks=lacks,
    )


def _lacking(row: Document, trainings: Iterable[Document]) -> list[str]:
    """Trainings for the post's role during its term that the holder missed or failed, and did not repeat."""
    if not row.get("person"):
        return []
    since = row.get("term", {}).get("from", "")
    missed: list[str] = []
    for training in trainings:
        for_role = row["role"] in training.get("audience_roles", ())
        if not for_role or training.get("period", {}).get("until", "") < since:
            continue
        came: Document = next(
            (one for one in training.get("attendances", ()) if one.get("appointment") == row["identifier"]),
            {},
        )
        if not came.get("attended") or came.get("result") == "failed":
            missed.append(training["name"])
    return missed


def _arranged(posts: Sequence[Post], departments: Mapping[str, Document]) -> Organisation:
    def place(identifier: str) -> tuple[int, str]:
        return int(departments.get(identifier, {}).get("sequence", 9999)), identifier

    below = sorted(
        (post for post in posts if post.tier >= _DEPARTMENT),
        key=lambda post: (place(post.department), _ORDER.index(post.role), post.identifier),
    )
    filled = {key: list(found) for key, found in groupby(below, key=lambda post: post.department)}
    expected = {one for one, document in departments.items() if _leads_itself(document, departments)}
    cells = [
        Cell(one, found, one in expected and not any(post.tier == _DEPARTMENT for post in found))
        for one, found in ((one, filled.get(one, [])) for one in sorted(filled.keys() | expected, key=place))
    ]
    return Organisation(
        leaders=sorted((p for p in posts if p.tier < _DEPARTMENT), key=lambda p: (p.tier, p.identifier)),
        departments=[cell for cell in cells if not _town(cell, departments)],
        towns=[cell for cell in cells if _town(cell, departments)],
    )


def _leads_itself(document: Document, departments: Mapping[str, Document]) -> bool:
    """A department directly below the district's government; institutions beneath another are led by that one."""
    parent = str(document.get("parent", ""))
    return bool(parent) and not departments.get(parent, {}).get("parent")


def _town(cell: Cell, departments: Mapping[str, Document]) -> bool:
    return str(departments.get(cell.department, {}).get("level", "")) == _TOWN

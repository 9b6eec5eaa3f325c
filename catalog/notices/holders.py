"""Who holds a post, for being told: in the department itself, else above it, else the bureau."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, or_, select

from catalog.base.db import FOREVER
from catalog.identity.models import Account, Grant
from catalog.identity.roles import BY_NAME
from catalog.registry.models import Link

_HEIGHT = 6  # departments above a department, at most
BUREAU = "authority"


class Posts:
    """The holders of posts on one day, remembered for as long as one transaction lasts."""

    def __init__(self, session: Session, on: date) -> None:
        self._session = session
        self._day = on.isoformat()
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def __call__(self, role: str, department: str) -> frozenset[str]:
        """The person keys; where the post is vacant all the way up, the bureau's."""
        if (role, department) not in self._known:
            self._known[role, department] = self._found(role, department)
        return self._known[role, department]

    def held(self, role: str, department: str) -> bool:
        """Whether anybody holds the post, in the department or above it."""
        return bool(self._climbed(role, department))

    def _found(self, role: str, department: str) -> frozenset[str]:
        found = self._climbed(role, department)
        return found or (self._holding(BUREAU, None) if BY_NAME[role].departmental else found)

    def _climbed(self, role: str, department: str) -> frozenset[str]:
        if not BY_NAME[role].departmental:
            return self._holding(role, None)
        place: str | None = department
        for _ in range(_HEIGHT):
            if not place:
                break
            found = self._holding(role, place)
            if found:
                return found
            place = self._above(place)
        return frozenset()

    def _holding(self, role: str, department: str | None) -> frozenset[str]:
        wanted = (
            select(Grant.person)
            .join(Account, col(Account.person) == col(Grant.person))
            .where(
                col(Grant.role) == role,
                col(Grant.from_on) <= self._day,
                or_(col(Grant.until_on).is_(None), col(Grant.until_on) >= self._day),
                col(Account.disabled).is_(False),
                col(Account.system).is_(None),
                or_(col(Account.ends_on).is_(None), col(Account.ends_on) >= self._day),
            )
        )
        if department is not None:
            wanted = wanted.where(col(Grant.department) == department)
        return frozenset(self._session.scalars(wanted))

    def _above(self, department: str) -> str | None:
        return self._session.scalar(
            select(Link.to_identifier).where(
                col(Link.kind) == "department", col(Link.identifier) == department,
                col(Link.rel) == "parent", col(Link.to_seq) == FOREVER,
            )
        )  # fmt: skip

"""Who acts: the ``by=`` of every verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from catalog.identity.models import Account, Grant
from catalog.identity.roles import BY_NAME, ROLES

Subordinates = Callable[[str], frozenset[str]]  # a department -> all departments beneath it
SCOPES = ("read", "write", "internal")
_NOWHERE: Mapping[str, frozenset[str] | None] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """One person, or the operator at the machine, at one door, with what each role reaches.

    ``reach`` maps every role held to the departments where it holds, None for all of them. ``scope`` is
    None except for tokens. ``system`` marks a vendor's account.
    """

    person: str
    login: str
    name: str
    department: str | None = None
    grants: frozenset[tuple[str, str | None]] = frozenset()
    reach: Mapping[str, frozenset[str] | None] = field(default_factory=lambda: _NOWHERE)
    scope: frozenset[str] | None = None
    door: str = "page"
    client: str | None = None
    system: str | None = None
    request: str | None = None

    @property
    def signed_in(self) -> bool:
        """Whether somebody is there."""
        return self.person != ANONYMOUS.person

    def holds(self, role: str) -> bool:
        """Whether the role is held anywhere."""
        return role in self.reach

    def may(self, role: str, department: str | None) -> bool:
        """Whether the role is held for ``department``: in it, above it, or without bounds."""
        reach = self.reach.get(role, frozenset())
        return reach is None or department in reach

    def allows(self, scope: str) -> bool:
        """Whether a token's scope includes ``scope``; who uses no token is not limited."""
        return self.scope is None or scope in self.scope

    @cached_property
    def internal(self) -> frozenset[str] | None:
        """The departments whose internal fields are visible, None for all."""
        if not self.allows("internal") or self.system is not None:
            return frozenset()
        found: set[str] = set()
        for role, reach in self.reach.items():
            if BY_NAME[role].internal:
                if reach is None:
                    return None
                found |= reach
        return frozenset(found)

    def through(self, door: str, *, client: str | None = None, request: str | None = None) -> Actor:
        """The same actor at a door, from a client (kept where a token is the client), in a request."""
        return replace(self, door=door, client=self.client or client, request=request)


def on_behalf(by: Actor, role: str, department: str) -> Actor:
    """Who records what binds a department, able to draw up for it the case that follows."""
    held = by.reach.get(role, frozenset())
    reach = None if held is None else held | {department}
    return replace(by, reach=MappingProxyType({**by.reach, role: reach}))


ANONYMOUS = Actor(person="anonymous", login="", name="")
CONSOLE = Actor(
    person="console",
    login="console",
    name="console",
    grants=frozenset((role.name, None) for role in ROLES if role.content),
    reach=MappingProxyType({role.name: None for role in ROLES if role.content}),
    door="cli",
)


def actor_of(
    account: Account,
    name: str | None,
    grants: Iterable[Grant],
    *,
    on: date,
    subordinates: Subordinates,
    scope: frozenset[str] | None = None,
    within: str | None = None,
    client: str | None = None,
    door: str = "page",
) -> Actor:
    """The actor behind an account, with the grants that hold ``on`` that day.

    ``within`` (a token's department) cuts every role down to that department and those beneath it.
    """
    held = frozenset((grant.role, grant.department) for grant in grants if holds_on(grant, on))
    bound = subordinates(within) | {within} if within else None
    reach: dict[str, frozenset[str] | None] = {}
    for role, department in held:
        here = subordinates(department) | {department} if department else None
        before = reach.get(role, frozenset())
        reach[role] = None if here is None or before is None else here | before
    if bound is not None:
        reach = {role: bound if here is None else here & bound for role, here in reach.items()}
    return Actor(
        person=account.person,
        login=account.login,
        name=name or account.login,
        department=account.department,
        grants=held,
        reach=MappingProxyType(reach),
        scope=scope,
        door=door,
        client=client,
        system=account.system,
    )


def holds_on(grant: Grant, on: date) -> bool:
    """Whether a grant holds on a day; both ends are included."""
    day = on.isoformat()
    return grant.from_on <= day and (grant.until_on is None or day <= grant.until_on)

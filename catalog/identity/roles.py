"""The roles. All but the last six are held in a department and reach its subordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """What a role is bound to; its texts are ``role.<name>`` in ``locale/identity.yaml``."""

    name: str
    departmental: bool = False  # held in one department
    internal: bool = False  # sees internal fields of the records that it reaches
    content: bool = False  # keeps content: everything but accounts and audit


ROLES: tuple[Role, ...] = (
    Role("reader", departmental=True),
    Role("data_officer", departmental=True, internal=True, content=True),
    Role("sharing_officer", departmental=True, internal=True, content=True),
    Role("department_head", departmental=True, internal=True, content=True),
    Role("cdo", departmental=True, internal=True, content=True),
    Role("standards_editor", content=True),
    Role("standards_approver", content=True),
    Role("authority", internal=True, content=True),
    Role("auditor", internal=True),
    Role("security_admin"),
    Role("admin"),
)
BY_NAME: Mapping[str, Role] = {role.name: role for role in ROLES}
THREE_PERSONS = frozenset({"admin", "security_admin", "auditor"})  # GB/T 22239-2019 §8.1.5: kept apart
VENDOR_ROLES = frozenset({"reader", "data_officer"})

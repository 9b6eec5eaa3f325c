"""People on the desk: one officer of every role on every side, without accounts; each a person of their own."""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import Any

from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.runtime import Runtime
from catalog.standards.lifecycles import Lifecycle

FROM, TO, OTHER = "DP0011", "DP0008", "DP0019"
BOUNDLESS = ("authority", "standards_editor", "standards_approver", "auditor")


def somebody(role: str, department: str | None = None, *, name: str = "") -> Actor:
    """A person with one role, in a department unless the role knows none."""
    key = "PN-" + hashlib.sha256(f"{role}@{department}{name}".encode()).hexdigest()[:16]
    reach = None if role in BOUNDLESS else frozenset({department or ""})
    return Actor(key, key, key, department=department, reach=MappingProxyType({role: reach}), door="api")


def case_at(runtime: Runtime, address: str) -> Case:
    """The case whose page stands at ``address``, as it is now."""
    with runtime.database.reading() as session:
        case = session.get_one(Case, address.rpartition("/")[2])
        session.expunge(case)
    return case


def side(cycle: Lifecycle, which: str, role: str, *, name: str = "") -> Actor:
    """Somebody who acts for one side of a case between ``FROM`` and ``TO``."""
    return somebody(role, {"from": FROM, "to": TO, "bureau": None}[which], name=name)


def sample(schema: Any) -> Any:
    """The smallest value that a part's schema allows."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {
                name: sample(schema["properties"][name])
                for name in schema.get("required", schema.get("properties", ()))
            }
        case "array":
            return [sample(schema["items"])]
        case "integer":
            return schema.get("minimum", 1)
    if schema.get("format") == "date":
        return "2026-09-30"
    if "PN-" in schema.get("pattern", ""):
        return "PN-0123456789abcdef"
    return "AA0001" if "pattern" in schema else "说明"


def filled(cycle: Lifecycle) -> dict[str, Any]:
    """A document with every part."""
    return {part.name: sample(part.schema) for part in cycle.parts.values()}

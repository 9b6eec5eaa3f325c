"""Who may use which verb on which kind, as ``kinds.py`` says. Deny by default, with the reason."""

from __future__ import annotations

from typing import Literal

from catalog.base.errors import CaseRequired, NotPermitted, NotSignedIn
from catalog.identity.actors import Actor
from catalog.kinds import Kind, Verb

OPENS = "/api/v1/cases/proposals"  # the address that opens a case for what demands one


def permit(
    actor: Actor,
    kind: Kind,
    verb: Verb,
    department: str | None,
    *,
    reason: str | None,
    desk: Literal["on", "off"],
) -> None:
    """Return if ``actor`` may use ``verb`` on a record of ``kind`` that ``department`` owns; else raise.

    A direct verb asks for a role among ``kind.editors`` that reaches the owner. A case verb asks for a
    case while the desk is on; while it is off, for a role among ``kind.approvers`` and a ``reason``,
    which goes into the entry. Raises ``NotSignedIn``, ``NotPermitted`` (``token-scope``: the token may not
    write; ``vendor-account``: a vendor's account changes no record) and ``CaseRequired`` (for those who
    could open a case).
    """
    if not actor.signed_in:
        raise NotSignedIn()
    if not actor.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    if actor.system is not None:
        raise NotPermitted("vendor-account", kind=kind.name, verb=verb, system=actor.system)
    edits = any(actor.may(role, department) for role in kind.editors)
    approves = any(actor.may(role, department) for role in kind.approvers)
    if verb not in kind.case:
        if not edits:
            raise NotPermitted(kind=kind.name, verb=verb, department=department, roles=list(kind.editors))
        return
    if not (edits or approves):
        roles = sorted({*kind.editors, *kind.approvers})
        raise NotPermitted(kind=kind.name, verb=verb, department=department, roles=roles)
    if desk == "on":
        raise CaseRequired(
            kind=kind.name, verb=verb, possible=["open-case"], roles=list(kind.approvers), expected=OPENS
        )
    if not (approves and reason and reason.strip()):
        possible = ["reason"] if approves else ["approver-with-reason"]
        raise CaseRequired(kind=kind.name, verb=verb, possible=possible, roles=list(kind.approvers))

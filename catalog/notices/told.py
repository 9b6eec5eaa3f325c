"""Who is told of an entry of the ledger, and why. Pure: facts in, people out.

A person is told once of an entry, for the strongest reason: what waits for them before what was answered,
and that before what they only watch. Nobody is told of their own act.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from catalog.standards.lifecycles import lifecycle

KINDS = ("waits", "urged", "answered", "agreement", "remind", "watched", "digest")
MAILED = frozenset({"waits", "urged", "answered", "agreement", "remind"})
"""What comes by e-mail unless the person has chosen otherwise."""

Holders = Callable[[str, str], Collection[str]]
"""Role and department → the people who hold the post (of the bureau: no department)."""

_ENDS_SHARING = ("suspended", "terminated", "expired")


class Told(NamedTuple):
    """One person who is told, under which kind, in which words (``notice.<message>``)."""

    person: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What an entry of a case says: ``past`` is its verb, ``to`` the state that it led to, empty where none.

    ``requesters`` are who opened the case and who signed for the side that did; ``named`` is the colleague
    to whom it was handed over.
    """

    past: str
    by: str
    type: str
    track: str
    to: str
    side: str
    from_department: str
    to_department: str
    assignee: str
    requesters: Collection[str]
    watchers: Collection[str]
    named: str = ""


def of_movement(it: Movement, holders: Holders) -> list[Told]:
    """Who is told of a case's entry: whom it waits for, who asked (Decree 809 art. 21), who watches."""
    found: list[Told] = []
    if it.past == "handed-over":
        found.append(Told(it.named, "waits", "waits"))
    elif it.past == "commented":
        found += [Told(one, "watched", "remarked") for one in (*it.requesters, it.assignee, *it.watchers)]
    elif it.to:
        found += [Told(one, "waits", "waits") for one in _awaited(it, holders)]
        if it.side != "from":
            found += [Told(one, "answered", "answered") for one in sorted(it.requesters)]
        if it.type == "extension" and it.to == "effective" and it.to_department:
            asked = holders("sharing_officer", it.to_department)
            found += [Told(one, "answered", "extended") for one in sorted(asked)]
        found += [Told(one, "watched", "moved") for one in sorted(it.watchers)]
    return _once(found, it.by)


def of_agreement(
    verb: str, status: str, by: str, provider: str, consumer: str, holders: Holders
) -> list[Told]:
    """Who is told of an agreement's entry: the consumer that loses or gains it, the bureau for the record (备案).

    Decree 809 art. 27(2) and 27(3).
    """
    found: list[Told] = []
    message = ""
    if verb == "registered":
        message = "agreement-made"
    elif status in _ENDS_SHARING and verb in ("moved", "retired"):
        message = f"agreement-{status}"
    elif status == "active" and verb == "moved":
        message = "agreement-resumed"
    elif verb in ("moved", "retired", "revised"):
        message = "agreement-changed"
    if not message:
        return []
    for role, department in (("sharing_officer", consumer), ("sharing_officer", provider)):
        found += [Told(one, "agreement", message) for one in sorted(holders(role, department))]
    found += [Told(one, "agreement", "agreement-filed") for one in sorted(holders("authority", ""))]
    return _once(found, by)


def _awaited(it: Movement, holders: Holders) -> list[str]:
    awaited = lifecycle(it.type).awaited(it.to, it.track)
    if awaited is None:
        return []
    if it.assignee:
        return [it.assignee]
    places = {"from": it.from_department, "to": it.to_department, "bureau": ""}
    return sorted(holders(awaited.role, places[awaited.side]))


def _once(found: list[Told], by: str) -> list[Told]:
    first: dict[str, Told] = {}
    for one in found:
        if one.person.startswith("PN-") and one.person != by:
            first.setdefault(one.person, one)
    return list(first.values())

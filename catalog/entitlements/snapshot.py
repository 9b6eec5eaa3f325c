"""What decisions are made from: agreements, catalogue entries, elements and departments as dictionaries. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

PERMIT = "agreement-permits"
OWN = "own-data"
DRIFTED = "pinned-changed"
"""Beside a permission: what it is bound to has changed in a breaking way since; it holds for the old meaning."""
MASKS = ("", "full", "keep_ends", "last4", "surname", "year_only", "district_only", "yes_no", "hidden")
"""Code list CL0119, the least strict first; a mask that is not here counts as the strictest."""

DENIALS = (
    "consumer-unknown", "consumer-ended", "purpose-unknown", "purpose-ended", "way-unknown", "element-unknown",
    "dataset-unknown", "field-unknown", "sharing-refused", "not-published", "agreement-suspended", "field-hidden",
    "field-rebound", "way-not-agreed", "purpose-not-agreed", "agreement-not-yet", "agreement-expired", "agreement-terminated",
    "agreement-superseded", "field-not-agreed", "element-without-source", "no-agreement-unconditional",
    "no-agreement",
)  # fmt: skip
"""Every reason to deny; the nearest to a permission of those that agreements give comes first."""

PROHIBITIONS = ("agreement-suspended", "field-hidden")
"""What one agreement forbids, whatever another one permits."""

NEVER = "~"
"""A day after all days."""

_RANKS = {code: place for place, code in enumerate(DENIALS)}
_STRICTNESS = {mask: place for place, mask in enumerate(MASKS)}


class Reason(NamedTuple):
    """A stable code, and the agreement or the thing that it is about."""

    code: str
    about: str = ""


class Duty(NamedTuple):
    """One obligation: a code of CL0118, or ``mask``, ``condition``, ``records_until``; and what exactly."""

    type: str
    detail: str = ""


class Pin(NamedTuple):
    """The version of an element, or of the code list of ``element``, that an agreement is bound to."""

    kind: str
    identifier: str
    version: int
    element: str = ""


class Answer(NamedTuple):
    """The decision on one item; ``valid_until`` is the last day on which this very answer holds."""

    effect: str
    reasons: tuple[Reason, ...]
    agreement: str = ""
    clause: str = ""
    obligations: tuple[Duty, ...] = ()
    valid_until: str = ""
    dataset: str = ""
    field: str = ""
    pinned: tuple[Pin, ...] = ()

    @property
    def mask(self) -> str:
        """How the value is masked when it is provided."""
        return next((duty.detail for duty in self.obligations if duty.type == "mask"), "")


Place = tuple[str, str]  # a dataset and the name of its field


@dataclass(frozen=True, slots=True)
class Grant:
    """One clause of one agreement: one field for one consumer."""

    agreement: str
    clause: str
    purposes: frozenset[str]
    ways: tuple[str, ...]  # the agreed one, and none at all
    start: str
    until: str
    first: str  # ``start``, or ``NEVER`` where it is over, suspended or hidden
    cut: bool  # ``until`` is an agreed termination before the end of the term
    ended: str  # the reason, where its status says that it is over
    suspended: bool
    hidden: bool
    mask: str
    permit: Answer
    refusals: dict[str, Answer] = field(default_factory=dict, compare=False)  # those that were needed so far

    def refusal(self, fault: str) -> Answer:
        """The denial for a fault; the same object every time."""
        found = self.refusals.get(fault)
        if found is None:
            found = self.refusals.setdefault(
                fault,
                self.permit._replace(
                    effect="deny", reasons=(Reason(fault, self.agreement),), clause="", obligations=(),
                    valid_until="", pinned=(),
                ),
            )  # fmt: skip
        return found


_NOTHING: dict[str, Any] = {}


@dataclass(slots=True)
class Source:
    """One field of a dataset: what is said of it to its owner, to those with an agreement on the dataset, to the rest."""

    owner: str
    own: Answer
    closed: Answer  # to whoever has no agreement on the dataset
    barred: bool  # closed to everybody else, whatever was agreed
    partners: dict[str, Answer | tuple[Grant, ...]] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A catalogue entry as far as decisions ask; services in their public view."""

    owner: str
    status: str
    share_class: str
    fields: tuple[tuple[str, str, str], ...]  # name, element, class of its own
    services: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a snapshot is compiled from, record by record."""

    departments: Mapping[str, str] = field(default_factory=dict)  # identifier -> status
    purposes: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # code -> first and last day
    ways: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    agreements: Mapping[str, tuple[tuple[str, Place, str, Grant], ...]] = field(default_factory=dict)
    drifted: frozenset[Pin] = frozenset()  # pins of what has changed in a breaking way since


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the register at entry ``seq``; ``digest`` covers every record that decisions ask."""

    seq: int
    digest: str
    departments: Mapping[str, str]
    purposes: Mapping[str, tuple[str, str]]
    ways: frozenset[str]
    elements: frozenset[str]
    datasets: Mapping[str, Dataset]
    sources: Mapping[str, Mapping[str, Source]]  # by dataset and field
    owned: Mapping[tuple[str, str], Place]  # a department and an element -> its own field
    granted: Mapping[tuple[str, str], tuple[Place, ...]]  # a consumer and an element -> what agreements name
    open: Mapping[str, Answer]  # element -> the denial to whoever has no agreement at all
    agreed: Mapping[str, tuple[Place, ...]]  # a consumer -> every field that an agreement names
    fit: dict[Any, Answer | None] = field(default_factory=dict, compare=False, repr=False)  # see decide
    told: dict[Any, Any] = field(
        default_factory=dict, compare=False, repr=False
    )  # answers in bytes, see wording

    def source(self, place: Place) -> Source | None:
        """A field by its place."""
        return self.sources.get(place[0], {}).get(place[1])


@cache
def denied(code: str, about: str) -> Answer:
    """A denial for one reason."""
    return Answer("deny", (Reason(code, about),))


def rank(reason: Reason) -> tuple[int, str]:
    """The order of reasons."""
    return _RANKS[reason.code], reason.about


def strictness(mask: str) -> int:
    """How much a mask takes away; unknown masks most."""
    return _STRICTNESS.get(mask, len(MASKS))

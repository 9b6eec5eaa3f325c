"""THE list of record kinds and case types. A kind is one schema file, a case type one lifecycle file; each one entry here.

``statuses`` names for every status the profile of the schema that it demands (D§3.5); ``moves`` says
which status follows which; ``case`` lists the verbs that demand a case on the desk, or, while the desk
is off, an approving role and a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Profile = Literal["draft", "recorded", "shareable"]
Verb = Literal["register", "revise", "move", "retire", "confirm", "restore"]
VERBS: tuple[Verb, ...] = ("register", "revise", "move", "retire", "confirm", "restore")


@dataclass(frozen=True)
class Kind:
    """One kind of record: where it is found, who keeps it, which statuses it passes through."""

    name: str
    plural: str
    prefix: str
    pattern: str  # how a new identifier is written: "DE{:05d}", "AG{year}-{:04d}"
    statuses: Mapping[str, Profile]  # the first is the status of a new record
    retired: str  # where ``retire`` leads
    moves: Mapping[str, tuple[str, ...]]
    editors: tuple[str, ...]  # roles that may use direct verbs
    approvers: tuple[str, ...]  # roles that may use case verbs while the desk is off
    case: tuple[Verb, ...] = ()
    agreed: bool = (
        False  # while the desk is on, made and changed by requests and cases of its own, not proposed
    )
    standard: bool = False  # readable by everybody under CATALOG_PUBLIC_READ=standards
    rules: str = ""  # "catalog.elements.rules:violations"
    after: str = ""  # "catalog.cases.due:recount": what follows a write, in its transaction
    beside: str = ""  # "module:function", what another slice shows beside a record's facts

    @property
    def initial(self) -> str:
        """The status of a record registered without one."""
        return next(iter(self.statuses))


_ELEMENT_STATUSES: Mapping[str, Profile] = {
    "recorded": "recorded",
    "qualified": "shareable",
    "standard": "shareable",
    "preferred": "shareable",
    "superseded": "recorded",
    "retired": "recorded",
}
_ELEMENT_MOVES = {
    "recorded": ("qualified", "standard", "superseded", "retired"),
    "qualified": ("recorded", "standard", "superseded", "retired"),
    "standard": ("preferred", "qualified", "superseded", "retired"),
    "preferred": ("standard", "superseded", "retired"),
    "superseded": ("retired",),
    "retired": (),
}

KINDS: tuple[Kind, ...] = (
    Kind(
        name="department",
        plural="departments",
        prefix="DP",
        pattern="DP{:04d}",
        statuses={"active": "recorded", "dissolved": "draft"},
        retired="dissolved",
        moves={"active": ("dissolved",), "dissolved": ()},
        editors=("authority",),
        approvers=("authority",),
        rules="catalog.departments.rules:violations",
    ),
    Kind(
        name="system",
        plural="systems",
        prefix="SY",
        pattern="SY{:04d}",
        statuses={"in_service": "recorded", "planned": "recorded", "retired": "draft"},
        retired="retired",
        moves={"planned": ("in_service", "retired"), "in_service": ("retired",), "retired": ()},
        editors=("data_officer", "authority"),
        approvers=("authority",),
        rules="catalog.departments.rules:system_violations",
    ),
    Kind(
        name="code-list",
        plural="code-lists",
        prefix="CL",
        pattern="CL{:04d}",
        statuses=_ELEMENT_STATUSES,
        retired="retired",
        moves=_ELEMENT_MOVES,
        editors=("standards_editor",),
        approvers=("standards_approver",),
        case=("register", "revise", "move", "retire", "restore"),
        standard=True,
        rules="catalog.codelists.rules:violations",
        after="catalog.sharing.drift:follow",
    ),
    Kind(
        name="data-element",
        plural="data-elements",
        prefix="DE",
        pattern="DE{:05d}",
        statuses=_ELEMENT_STATUSES,
        retired="retired",
        moves=_ELEMENT_MOVES,
        editors=("standards_editor",),
        approvers=("standards_approver",),
        case=("register", "revise", "move", "retire", "restore"),
        standard=True,
        rules="catalog.elements.rules:violations",
        after="catalog.sharing.drift:follow",
        beside="catalog.entitlements.choices:beside",
    ),
    Kind(
        name="dataset",
        plural="datasets",
        prefix="DS",
        pattern="DS{:06d}",
        statuses={"published": "shareable", "suspended": "shareable", "withdrawn": "draft"},
        retired="withdrawn",
        moves={
            "published": ("suspended", "withdrawn"),
            "suspended": ("published", "withdrawn"),
            "withdrawn": (),
        },
        editors=("data_officer",),
        approvers=("department_head", "authority"),
        case=("register", "revise", "move", "retire", "restore"),
        rules="catalog.datasets.rules:violations",
        beside="catalog.entitlements.choices:beside",
    ),
    Kind(
        name="sharing-agreement",
        plural="sharing-agreements",
        prefix="AG",
        pattern="AG{year}-{:04d}",
        statuses={
            "active": "shareable",
            "suspended": "recorded",
            "expired": "recorded",
            "terminated": "recorded",
            "superseded": "recorded",
        },
        retired="terminated",
        moves={
            "active": ("suspended", "expired", "terminated", "superseded"),
            "suspended": ("active", "expired", "terminated", "superseded"),
            "expired": ("superseded",),
            "terminated": (),
            "superseded": (),
        },
        editors=("sharing_officer", "authority"),
        approvers=("authority",),
        case=("register", "revise", "move", "retire", "restore"),
        agreed=True,
        rules="catalog.sharing.rules:violations",
    ),
    Kind(
        name="appointment",
        plural="appointments",
        prefix="AP",
        pattern="AP{:05d}",
        statuses={"current": "recorded", "ended": "recorded"},
        retired="ended",
        moves={"current": ("ended",), "ended": ()},
        editors=("authority",),
        approvers=("authority",),
        rules="catalog.officers.rules:violations",
    ),
    Kind(
        name="training",
        plural="trainings",
        prefix="TR",
        pattern="TR{:05d}",
        statuses={"held": "recorded", "planned": "recorded", "cancelled": "draft"},
        retired="cancelled",
        moves={"planned": ("held", "cancelled"), "held": ("cancelled",), "cancelled": ()},
        editors=("authority",),
        approvers=("authority",),
        rules="catalog.officers.rules:training_violations",
    ),
    Kind(
        name="topic",
        plural="topics",
        prefix="TP",
        pattern="TP-{:04d}",
        statuses={"published": "recorded", "withdrawn": "draft"},
        retired="withdrawn",
        moves={"published": ("withdrawn",), "withdrawn": ("published",)},
        editors=("standards_editor", "authority"),
        approvers=("standards_approver", "authority"),
        case=("register", "revise", "retire", "restore"),
        rules="catalog.topics.rules:violations",
    ),
    Kind(
        name="calendar",
        plural="calendars",
        prefix="WC",
        pattern="WC{:04d}",
        statuses={"in_force": "recorded", "withdrawn": "draft"},
        retired="withdrawn",
        moves={"in_force": ("withdrawn",), "withdrawn": ("in_force",)},
        editors=("authority",),
        approvers=("authority",),
        standard=True,
        rules="catalog.calendars.rules:violations",
        after="catalog.cases.due:recount",
    ),
)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
BY_PLURAL: Mapping[str, Kind] = {kind.plural: kind for kind in KINDS}


@dataclass(frozen=True)
class CaseType:
    """One type of case: ``standards/lifecycles/<name>.yaml``, and what the slice that owns it adds."""

    name: str
    effects: str = ""  # "catalog.cases.applying:effect": what its verbs do beside moving the case
    part: str = ""  # "catalog.sharing.requests_view:part": what its page shows of its own
    template: str = ""  # the template of that part
    typed: str = ""  # "catalog.sharing.requests_view:typed": how the form of that part becomes values


CASES: tuple[CaseType, ...] = (
    CaseType("proposal", effects="catalog.cases.applying:effect"),
    CaseType("initial-load"),
    CaseType(
        "sharing-request",
        effects="catalog.sharing.requests_effects:effect",
        part="catalog.sharing.requests_view:part",
        template="sharing/_request.html",
        typed="catalog.sharing.requests_view:typed",
    ),
    CaseType(
        "enforcement",
        effects="catalog.sharing.enforcement:effect",
        part="catalog.sharing.enforcement_view:part",
        template="sharing/_enforcement.html",
    ),
    CaseType(
        "drift",
        effects="catalog.sharing.drift:effect",
        part="catalog.sharing.drift:part",
        template="sharing/_drift.html",
    ),
    CaseType(
        "extension",
        effects="catalog.cases.extensions:effect",
        part="catalog.cases.extensions:part",
        template="cases/_extension.html",
    ),
    CaseType(
        "correction",
        effects="catalog.corrections.corrections:effect",
        part="catalog.corrections.corrections:part",
        template="corrections/_correction.html",
    ),
    CaseType(
        "dispute",
        effects="catalog.corrections.disputes:effect",
        part="catalog.corrections.disputes:part",
        template="corrections/_dispute.html",
    ),
    CaseType(
        "demand",
        effects="catalog.corrections.demands:effect",
        part="catalog.corrections.demands:part",
        template="corrections/_demand.html",
    ),
    CaseType(
        "release",
        effects="catalog.releases.releasing:effect",
        part="catalog.releases.releasing:part",
        template="releases/_release.html",
    ),
    CaseType("receipt", part="catalog.releases.releasing:receipt", template="releases/_receipt.html"),
)

CASE_TYPES: Mapping[str, CaseType] = {one.name: one for one in CASES}

"""A profile: how one layout is read, kept as a plain document so that next month's file needs no mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from catalog.base.errors import Malformed
from catalog.exchange.layouts_tables import Table
from catalog.exchange.tables import plain
from catalog.kinds import BY_NAME

Groups = Literal["line", "identity", "sheet"]
DepartmentFrom = Literal["column", "sheet", "label", "constant", "none"]
Reads = Literal["", "text", "names"]

_GROUPS: tuple[Groups, ...] = ("line", "identity", "sheet")
_DEPARTMENTS: tuple[DepartmentFrom, ...] = ("column", "sheet", "label", "constant", "none")
_READS: tuple[Reads, ...] = ("", "text", "names")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one column: the pointers that it fills (``/share/class``, ``/fields/*/name``).

    No pointer leaves the column out on purpose. ``reads``: empty reads what people write, as the property
    asks; ``text`` takes it as it stands; ``names`` makes an item of each name in a cell. ``values`` are words
    that a person decided (found → value). ``nth`` tells columns of one heading apart, from 0.
    """

    heading: str
    to: tuple[str, ...] = ()
    reads: Reads = ""
    values: Mapping[str, str] = field(default_factory=dict)
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """How the tables of one layout become documents of a kind.

    ``items`` is the list whose items stand in the lines (``/fields``), empty where a line is a document.
    ``groups``: every line is a document (``line``), one begins where the identity columns are filled anew
    (``identity``), or the whole sheet is one (``sheet``). ``department_from`` names the source of
    ``/department``: its column, the sheet's name, the label above the list (填报单位), a constant.
    ``labels`` are rules for what is written above the list; like ``constants`` they fill what a document
    leaves open (pointer → value). Where a sheet is one document without a name, the sheet's name is it.
    ``skip`` are words whose lines are left out, beside totals, examples and signatures.
    """

    kind: str
    fingerprint: str
    columns: tuple[Rule, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    items: str = ""
    groups: Groups = "line"
    identity: tuple[str, ...] = ("/name",)
    department_from: DepartmentFrom = "column"
    labels: tuple[Rule, ...] = ()
    skip: tuple[str, ...] = ()
    title: str = ""
    vendor: str = ""

    def document(self) -> dict[str, Any]:
        """The profile as plain JSON."""
        return {
            "version": VERSION,
            "kind": self.kind,
            "fingerprint": self.fingerprint,
            "columns": [_rule_document(rule) for rule in self.columns],
            "constants": dict(self.constants),
            "items": self.items,
            "groups": self.groups,
            "identity": list(self.identity),
            "department_from": self.department_from,
            "labels": [_rule_document(rule) for rule in self.labels],
            "skip": list(self.skip),
            "title": self.title,
            "vendor": self.vendor,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Profile:
        """The profile of a plain document; raises ``Malformed`` (``profile-invalid``) for anything else."""
        try:
            found = cls(
                kind=str(document["kind"]),
                fingerprint=str(document["fingerprint"]),
                columns=tuple(_rule(part) for part in document["columns"]),
                constants=dict(document.get("constants", {})),
                items=str(document.get("items", "")),
                groups=document.get("groups", "line"),
                identity=tuple(document.get("identity", ("/name",))),
                department_from=document.get("department_from", "column"),
                labels=tuple(_rule(part) for part in document.get("labels", ())),
                skip=tuple(document.get("skip", ())),
                title=str(document.get("title", "")),
                vendor=str(document.get("vendor", "")),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed("profile-invalid", found=str(error)) from None
        _check(found, document.get("version", VERSION))
        return found


def fingerprint(table: Table) -> str:
    """What two tables of one layout share: their set of headings, whatever the order, the data, the sheets."""
    headings = sorted({plain(column.title) for column in table.columns if column.heading})
    return hashlib.sha256("\n".join([table.shape, *headings]).encode()).hexdigest()[:32]


def _rule_document(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {"heading": rule.heading, "to": list(rule.to)}
    if rule.reads:
        found["reads"] = rule.reads
    if rule.values:
        found["values"] = dict(rule.values)
    if rule.nth:
        found["nth"] = rule.nth
    return found


def _rule(document: Mapping[str, Any]) -> Rule:
    return Rule(
        heading=str(document["heading"]),
        to=tuple(str(pointer) for pointer in document.get("to", ())),
        reads=document.get("reads", ""),
        values={str(found): str(meant) for found, meant in document.get("values", {}).items()},
        nth=int(document.get("nth", 0)),
    )


def _check(profile: Profile, version: Any) -> None:
    faults = [
        str(found)
        for found, allowed in (
            (version, (VERSION,)),
            (profile.kind, tuple(BY_NAME)),
            (profile.groups, _GROUPS),
            (profile.department_from, _DEPARTMENTS),
            *((rule.reads, _READS) for rule in profile.columns),
        )
        if found not in allowed
    ]
    if faults:
        raise Malformed("profile-invalid", found="、".join(faults))

"""Dated waivers: a rule of a slice that weighs otherwise, for some kinds and statuses, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from catalog.base.errors import Severity, Violation
from catalog.base.files import standards

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One line of ``standards/waivers.yaml``; ``until`` is the last day on which it holds."""

    rule: str
    kinds: frozenset[str]
    severity: Severity
    until: date
    reason: str
    statuses: frozenset[str] = frozenset()  # none named: all

    def covers(self, rule: str, kind: str, status: str, on: date) -> bool:
        """Whether it holds for a rule, on a day."""
        named = not self.statuses or status in self.statuses
        return rule == self.rule and kind in self.kinds and named and on <= self.until


def read(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file; ``ValueError`` names the line's number and what is wrong with it."""
    found = []
    for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
        missing = [name for name in ("rule", "kinds", "severity", "until", "reason") if not row.get(name)]
        if missing or row["severity"] not in SEVERITIES or not isinstance(row["until"], date):
            raise ValueError(f"{path.name}, waiver {number}: {missing or row}")
        kinds, statuses = frozenset(row["kinds"]), frozenset(row.get("statuses", ()))
        found.append(Waiver(row["rule"], kinds, row["severity"], row["until"], row["reason"], statuses))
    return tuple(found)


@cache
def in_force() -> tuple[Waiver, ...]:
    """The waivers of the standards in use."""
    path = standards() / "waivers.yaml"
    return read(path) if path.is_file() else ()


def weighed(
    violations: Iterable[Violation], *, kind: str, status: str, on: date, waivers: tuple[Waiver, ...]
) -> Iterator[Violation]:
    """The violations with the severity that holds on that day; a waived one carries the reason and the day."""
    for violation in violations:
        waiver = next((one for one in waivers if one.covers(violation.rule, kind, status, on)), None)
        if waiver is None:
            yield violation
            continue
        values = violation.values | {"waived_until": waiver.until.isoformat(), "waiver": waiver.reason}
        yield replace(violation, severity=waiver.severity, values=values)

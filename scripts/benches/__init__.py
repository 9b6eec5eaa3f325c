"""The figures of ``scripts/bench``, one module for each theme; every figure is a plain dictionary."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    size: int,
    database: str,
    baseline: float | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One line of the report; ``ratio`` is value to baseline, both measured in this run."""
    ratio = round(value / baseline, 3) if baseline else None
    head = {
        "figure": name,
        "value": round(value, 3),
        "unit": unit,
        "baseline": baseline and round(baseline, 3),
    }
    return head | {"ratio": ratio, "size": size, "database": database} | more


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

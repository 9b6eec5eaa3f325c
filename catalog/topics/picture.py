"""The picture of a topic: the subject in the centre, sections around it as petals, one cell for each slot.

Pure geometry, in units of an SVG of 520 × 520 with its origin in the middle. Cells of a petal lie in rings
from the centre outwards, the best covered inside; a petal is as wide as it has slots. So a petal grows out of
the centre as its slots climb the ladder of coverage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, sin

from catalog.topics.coverage import STEPS

_INNER = 84.0
_RING = 30.0
_GAP = 0.05  # between petals, radians
_LABEL = 20.0  # from the outermost ring to the name
_RINGS = 4
_UPRIGHT = 0.2  # a petal that points so nearly up or down has its name centred


@dataclass(frozen=True, slots=True)
class Cell:
    """One slot: its outline as an SVG path, its state, its name and the anchor of its row."""

    path: str
    state: str
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Petal:
    """One section with its cells, and where its name stands."""

    name: str
    short: str
    x: float
    y: float
    side: str  # of its name: start, middle or end
    cells: Sequence[Cell]
    done: int  # slots on the last step


def petals(
    sections: Sequence[tuple[str, str, Sequence[tuple[str, str, str]]]], steps: Sequence[str] = STEPS
) -> list[Petal]:
    """Petals of (name, short name, slots as (name, state, anchor)), clockwise from the top; ``steps`` end with the best."""
    filled = [section for section in sections if section[2]]
    total = sum(max(len(slots), _RINGS) for _, _, slots in filled)
    if not total:
        return []
    free = 2 * pi - _GAP * len(filled)
    made = []
    start = -pi / 2
    for name, short, slots in filled:
        width = free * max(len(slots), _RINGS) / total
        middle = start + width / 2
        cells = [
            Cell(_sector(start, width, place, len(slots)), state, label, anchor)
            for place, (label, state, anchor) in enumerate(
                sorted(slots, key=lambda slot: -steps.index(slot[1]))
            )
        ]
        x, y = round(_reach(slots) * cos(middle), 1), round(_reach(slots) * sin(middle), 1)
        side = "middle" if abs(cos(middle)) < _UPRIGHT else "start" if cos(middle) > 0 else "end"
        made.append(Petal(name, short, x, y, side, cells, sum(cell.state == steps[-1] for cell in cells)))
        start += width + _GAP
    return made


def _reach(slots: Sequence[object]) -> float:
    return _INNER + min(_RINGS, len(slots)) * _RING + _LABEL


def _sector(start: float, width: float, place: int, count: int) -> str:
    """The outline of one cell: rings are filled from the inside, each ring evenly."""
    rings = min(_RINGS, count)
    across = ceil(count / rings)
    ring, column = divmod(place, across)
    in_ring = min(across, count - ring * across)
    left = start + width * column / in_ring
    right = start + width * (column + 1) / in_ring
    inner, outer = _INNER + ring * _RING, _INNER + (ring + 1) * _RING
    large = 1 if right - left > pi else 0
    a, b, c, d = _at(inner, left), _at(outer, left), _at(outer, right), _at(inner, right)
    return f"M{a}L{b}A{outer:g} {outer:g} 0 {large} 1 {c}L{d}A{inner:g} {inner:g} 0 {large} 0 {a}Z"


def _at(radius: float, angle: float) -> str:
    return f"{radius * cos(angle):.1f} {radius * sin(angle):.1f}"

"""The picture of what a record uses and what uses it: columns from left to right, lines between them. Pure.

Geometry in units of an SVG: the record in its column, left of it what it refers to, right of it what refers
to it, and at the far right what refers to that. Nodes stand in groups of one kind under a heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Key = tuple[str, str]  # kind, identifier

_WIDE = 212
_BETWEEN = 76
_ROW = 30
_HEADING = 30
_APART = 14
_ROOM = 28  # half characters in a node


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind in one column; ``total`` may be more than are named, ``href`` opens all.

    What stands two steps away was looked for from a few records only, so it is named and not counted.
    """

    kind: str
    label: str
    total: int
    nodes: Sequence[tuple[Key, str, str]]  # key, name, address
    href: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A box with its text; ``title`` says everything."""

    x: int
    y: int
    text: str
    title: str
    href: str
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What a group is called and how many there are."""

    x: int
    y: int
    text: str
    href: str
    more: int
    more_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw, in reading order."""

    width: int
    height: int
    nodes: Sequence[Node]
    headings: Sequence[Heading]
    edges: Sequence[str]


def picture(
    centre: tuple[Key, str, str],
    left: Sequence[Group],
    right: Sequence[Group],
    further: Sequence[Group],
    pairs: Iterable[tuple[Key, Key]],
) -> Picture:
    """The picture around ``centre``; ``pairs`` are lines from a record at the right to one further on."""
    columns = [left] if left else []
    columns += [[Group("", "", 1, [centre])]]
    columns += [column for column in (right, further) if column]
    height = max(_tall(column) for column in columns)
    nodes: list[Node] = []
    headings: list[Heading] = []
    places: dict[tuple[int, Key], tuple[int, int]] = {}
    middle = 1 if left else 0
    for number, column in enumerate(columns):
        x = number * (_WIDE + _BETWEEN)
        y = (height - _tall(column)) // 2
        for group in column:
            if number != middle:
                more = group.total - len(group.nodes)
                foot = y + _HEADING + len(group.nodes) * _ROW
                counted = f"{group.label} {group.total:,}" if number <= middle + 1 else group.label
                headings.append(Heading(x, y + 18, counted, group.href, more, foot + 16))
                y += _HEADING
            for key, name, href in group.nodes:
                places[number, key] = (x, y + _ROW // 2 - 2)
                title = f"{group.label} {name} {key[1]}".strip()
                nodes.append(Node(x, y, short(name), title, href, number == middle))
                y += _ROW
            y += (_ROW if group.total > len(group.nodes) else 0) + _APART
    return Picture(
        len(columns) * (_WIDE + _BETWEEN) - _BETWEEN, height, nodes, headings, _edges(places, middle, pairs)
    )


def _tall(column: Sequence[Group]) -> int:
    alone = len(column) == 1 and not column[0].label
    heads = 0 if alone else len(column) * _HEADING
    rows = sum(len(group.nodes) + (group.total > len(group.nodes)) for group in column)
    return heads + rows * _ROW + max(0, len(column) - 1) * _APART


def _edges(
    places: Mapping[tuple[int, Key], tuple[int, int]], middle: int, pairs: Iterable[tuple[Key, Key]]
) -> list[str]:
    centre = next(place for (number, _), place in places.items() if number == middle)
    found = []
    for (number, _), place in places.items():
        if number == middle - 1:
            found.append(_curve(place, centre))
        elif number == middle + 1:
            found.append(_curve(centre, place))
    for one, other in dict.fromkeys(pairs):
        start, end = places.get((middle + 1, one)), places.get((middle + 2, other))
        if start and end:
            found.append(_curve(start, end))
    return found


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    x, y = start[0] + _WIDE, start[1]
    half = (end[0] - x) // 2
    return f"M{x} {y}C{x + half} {y} {x + half} {end[1]} {end[0]} {end[1]}"


def short(name: str, room: int = _ROOM) -> str:
    """The name as it fits a node, shortened in its middle: beginning and end tell agreements apart.

    A Chinese character is as wide as two Latin ones.
    """
    widths = [1 if character.isascii() else 2 for character in name]
    if sum(widths) <= room:
        return name
    head, tail = 0, len(name)
    taken = 2
    while True:
        at = head if sum(widths[:head]) <= sum(widths[tail:]) else tail - 1
        if taken + widths[at] > room:
            return f"{name[:head]}…{name[tail:]}"
        taken += widths[at]
        head, tail = (head + 1, tail) if at == head else (head, tail - 1)

"""A lifecycle as a picture: states in columns by their distance from the first, verbs as labelled lines."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from catalog.base.i18n import Language
from catalog.standards.lifecycles import Lifecycle

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _EDGE = 150, 46, 250, 96, 12


def picture(cycle: Lifecycle, language: Language) -> Markup:
    """The SVG of one case type; the table beside it says the same."""
    places = _places(cycle)
    width = max(x for x, _ in places.values()) + _WIDTH + _EDGE
    height = max(y for _, y in places.values()) + _HEIGHT + _EDGE
    title = cycle.zh if language == "zh" else cycle.en
    parts = [
        Markup(
            '<svg class="life" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" role="img">'
            "<title>{}</title>"
        ).format(width, height, width, height, title)
    ]
    parts += _lines(cycle, places, language)
    for state in cycle.states.values():
        x, y = places[state.name]
        label = state.zh if language == "zh" else state.en
        parts.append(
            Markup('<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>{}</g>').format(
                "end" if state.final else "first" if state.name == cycle.initial else "mid",
                x,
                y,
                _WIDTH,
                _HEIGHT,
                _words(label, x + _WIDTH // 2, y + _HEIGHT // 2),
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _places(cycle: Lifecycle) -> dict[str, tuple[int, int]]:
    """Column: the fewest verbs from the first state; row: the order of the file."""
    depth = {cycle.initial: 0}
    waiting = [cycle.initial]
    while waiting:
        state = waiting.pop(0)
        for row in cycle.rows:
            if state in row.source and row.to not in depth:
                ended = cycle.states[row.to].final
                depth[row.to] = depth[state] + 1 if not ended else 0
                if not ended:
                    waiting.append(row.to)
    last = max(depth.values()) + 1
    columns: dict[int, int] = {}
    places = {}
    for one in cycle.states.values():
        column = last if one.final else depth[one.name]
        above = columns.get(column, 0)
        columns[column] = above + 1
        places[one.name] = (_EDGE + column * _ACROSS, _EDGE + above * _DOWN)
    return places


def _lines(cycle: Lifecycle, places: dict[str, tuple[int, int]], language: Language) -> list[Markup]:
    verbs: dict[tuple[str, str], list[str]] = {}
    for row in cycle.rows:
        for source in row.source:
            said = row.zh if language == "zh" else row.en
            names = verbs.setdefault((source, row.to), [])
            if said not in names:
                names.append(said)
    return [_line(places[a], places[b], names) for (a, b), names in verbs.items()]


def _line(start: tuple[int, int], end: tuple[int, int], names: Iterable[str]) -> Markup:
    forward = end[0] > start[0]
    x1 = start[0] + (_WIDTH if forward else _WIDTH // 2)
    y1 = start[1] + (_HEIGHT // 2 if forward else _HEIGHT)
    x2 = end[0] if forward else end[0] + _WIDTH // 2
    y2 = end[1] + (_HEIGHT // 2 if forward else _HEIGHT)
    bend = 60 if forward else 0
    drop = 0 if forward else 34
    path = f"M{x1} {y1} C{x1 + bend} {y1 + drop} {x2 - bend} {y2 + drop} {x2} {y2}"
    said = " / ".join(names)
    if abs(end[0] - start[0]) > _ACROSS or end[0] == start[0]:
        return Markup('<path d="{}"><title>{}</title></path>').format(
            path, said
        )  # its name stands in the table
    middle = (x1 + x2) // 2, (y1 + y2) // 2 + drop * 3 // 4 - 4
    return Markup('<path d="{}"><title>{}</title></path><text class="verb" x="{}" y="{}">{}</text>').format(
        path, said, *middle, said if len(said) < 26 else said[:25] + "…"
    )


def _words(label: str, x: int, y: int) -> Markup:
    most = 10 if any(ord(sign) > 0x2E80 for sign in label) else 21
    if len(label) <= most:
        return Markup('<text x="{}" y="{}">{}</text>').format(x, y + 4, label)
    cut = label.rfind(" ", 0, most + 1) if " " in label else -1
    cut = cut if cut > 0 else most
    return Markup('<text x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text>').format(
        x, y - 4, label[:cut].strip(), x, y + 13, label[cut:].strip()
    )

"""Which lines belong together: a document begins where what identifies it is filled anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.exchange.layouts_tables import Line, Table
from catalog.exchange.words import normal

_OFTEN = 0.2  # share of groups with different texts that makes a column one of the items


def begins(line: Line, identity: Sequence[int], current: Sequence[str]) -> bool:
    """Whether a line begins a document: a text of its own in an identity column that differs from before.

    ``current`` are the texts of the document so far. A later column (a code) counts only where both say
    something; a name that is repeated in every line goes on with the same document.
    """
    first, *others = identity
    text = line.cells[first]
    if not text or first in line.repeats:
        return _differs(line, others, current[1:]) if not text else False
    return normal(text) != normal(current[0]) or _differs(line, others, current[1:])


def _differs(line: Line, columns: Sequence[int], current: Sequence[str]) -> bool:
    return any(
        line.cells[column]
        and before
        and column not in line.repeats
        and normal(line.cells[column]) != normal(before)
        for column, before in zip(columns, current, strict=True)
    )


def groups(lines: Sequence[Line], identity: Sequence[int]) -> Iterator[list[Line]]:
    """The lines of each document, from above; lines before the first identity are one of their own."""
    group: list[Line] = []
    current = [""] * len(identity)
    for line in lines:
        if group and begins(line, identity, current):
            yield group
            group, current = [], [""] * len(identity)
        group.append(line)
        current = [before or line.cells[column] for column, before in zip(identity, current, strict=True)]
    if group:
        yield group


def is_grouped(table: Table, identity: int) -> bool:
    """Whether some documents have several lines."""
    return any(len(group) > 1 for group in groups(table.lines, [identity]))


def differs(table: Table, index: int, identity: int | None) -> bool:
    """Whether the texts of a column differ within documents, so that they belong to the items."""
    gathered = groups(table.lines, [identity]) if identity is not None else iter([list(table.lines)])
    long = [group for group in gathered if len(group) > 1]
    varied = sum(
        len({normal(line.cells[index]) for line in group if line.cells[index] and index not in line.repeats})
        > 1
        for group in long
    )
    return varied > _OFTEN * len(long) if long else False

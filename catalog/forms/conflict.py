"""Two people changed one record: what each changed, what merges by itself, what somebody must choose (C9). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from catalog.base.documents import Document, escape

Side = Literal["theirs", "mine"]
ROW_KEYS = ("identifier", "code", "name")
NONE: Any = None  # an absent value; documents hold no null


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs from what was read. ``both``: both sides changed it, and differently.

    ``key`` names the place by the rows' own names; ``place`` is its pointer where ``where`` stands.
    """

    key: str
    place: str
    base: Any
    theirs: Any
    mine: Any
    both: bool
    taken: Side


def merged(
    base: Document, theirs: Document, mine: Document, chosen: Mapping[str, str]
) -> tuple[Document, list[Difference]]:
    """The document that holds the changes of both sides, and every place where the sides differ.

    Where only one side changed a place its value is taken; where both did, ``chosen`` says which by
    ``key`` (mine, where it says nothing). Rows are matched by their identifier, code or name.
    """
    found: list[Difference] = []
    document = _merge(base, theirs, mine, chosen, "", "", found)
    return (document if isinstance(document, dict) else {}), found


def _merge(
    base: Any, theirs: Any, mine: Any, chosen: Mapping[str, str], key: str, place: str, found: list[Difference]
) -> Any:  # fmt: skip
    if theirs == mine:
        return mine
    if isinstance(theirs, dict) and isinstance(mine, dict):
        old = base if isinstance(base, dict) else {}
        names = dict.fromkeys([*theirs, *mine, *old])
        made = {
            name: _merge(old.get(name), theirs.get(name), mine.get(name), chosen,
                         f"{key}/{escape(name)}", f"{place}/{escape(name)}", found)
            for name in names
        }  # fmt: skip
        return {name: value for name, value in made.items() if value is not NONE}
    if isinstance(theirs, list) and isinstance(mine, list):
        by = next(
            (k for k in ROW_KEYS if _keyed(base or [], k) and _keyed(theirs, k) and _keyed(mine, k)), None
        )
        if by is not None:
            return _rows(base or [], theirs, mine, chosen, key, place, found, by)
    return _take(base, theirs, mine, chosen, key, place, found)


def _take(
    base: Any, theirs: Any, mine: Any, chosen: Mapping[str, str], key: str, place: str, found: list[Difference]
) -> Any:  # fmt: skip
    if base == theirs:
        side: Side = "mine"
    elif base == mine:
        side = "theirs"
    else:
        side = "theirs" if chosen.get(key) == "theirs" else "mine"
    found.append(Difference(key, place, base, theirs, mine, base not in (theirs, mine), side))
    return mine if side == "mine" else theirs


def _rows(
    base: list[Any], theirs: list[Any], mine: list[Any], chosen: Mapping[str, str],
    key: str, place: str, found: list[Difference], by: str,
) -> list[Any] | None:  # fmt: skip
    """Rows of both sides, in the order of theirs; what only mine has follows the row that it follows in mine."""
    olds, others, mines = ({str(row[by]): (n, row) for n, row in enumerate(rows)} for rows in (base, theirs, mine))  # fmt: skip
    order = [*others]
    for number, name in enumerate(mines):
        if name not in others:
            before = list(mines)[number - 1] if number else None
            order.insert(
                order.index(before) + 1 if before in order else 0 if number == 0 else len(order), name
            )
    order += [name for name in olds if name not in others and name not in mines]
    made = []
    for name in order:
        sides = [side.get(name, (0, NONE)) for side in (olds, others, mines)]
        number = next(side[name][0] for side in (mines, others, olds) if name in side)
        value = _merge(sides[0][1], sides[1][1], sides[2][1], chosen,
                       f"{key}/{by}={escape(name)}", f"{place}/{number}", found)  # fmt: skip
        if value is not NONE:
            made.append(value)
    return made or NONE


def _keyed(rows: Any, by: str) -> bool:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return False
    values = [row.get(by) for row in rows]
    return all(isinstance(value, str) for value in values) and len(set(values)) == len(values)

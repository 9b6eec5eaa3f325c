"""From a pointer to its cell: worked out only for the few values that somebody asks about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Source
from catalog.exchange.layouts_tables import letter

if TYPE_CHECKING:
    from catalog.exchange.xlsx_read import Grid


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list with the row it stands in (from 0)."""

    document: Document
    grid: Grid
    row: int


@dataclass(slots=True, eq=False)
class Places(Mapping[str, Source]):
    """The cells of one record, over all its sheets; ``listed`` has the items of each list with those around."""

    file: str
    grid: Grid
    row: int
    listed: dict[tuple[str, ...], list[tuple[tuple[int, ...], Item]]] = field(default_factory=dict)

    def __getitem__(self, pointer: str) -> Source:
        found = self._find(pointer)
        if found is None:
            raise KeyError(pointer)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.grid.cells)

    def __len__(self) -> int:
        return len(self.grid.cells)

    def text(self, column: int) -> str:
        """What stands in a cell of the record's own row."""
        return self.grid.sheet.rows[self.row][column]

    def nested(self, array: tuple[str, ...]) -> list[tuple[tuple[int, ...], Document]]:
        """The items of a list that rows stand for, each with its places from 0, outer ones first."""
        counts: dict[tuple[int, ...], int] = {}
        found = []
        for around, item in self.listed.get(array, ()):
            number = counts.get(around, 0)
            counts[around] = number + 1
            found.append(((*around, number), item.document))
        return found

    def _find(self, pointer: str) -> Source | None:
        tokens = pointer.split("/")[1:]
        pattern = "".join("/*" if token.isdigit() else f"/{token}" for token in tokens)
        places = tuple(int(token) for token in tokens if token.isdigit())
        grid, row = self.grid, self.row
        if places:
            item = self._item(tokens, places)
            if item is not None:
                grid, row = item.grid, item.row
                if pattern.endswith("/*") and pattern not in grid.cells:
                    return Source(self.file, sheet=grid.sheet.name, row=row + 1)
        column = grid.cells.get(pattern)
        if column is None:
            column = grid.cells.get(pattern.removesuffix("/*"))
        if column is None:
            return None
        heading = grid.sheet.rows[grid.head][column].rstrip(" *")
        return Source(
            self.file, sheet=grid.sheet.name, row=row + 1, column=letter(column + 1), heading=heading
        )

    def _item(self, tokens: list[str], places: tuple[int, ...]) -> Item | None:
        names = tuple(token for before, token in zip(tokens[1:], tokens, strict=False) if before.isdigit())
        while names:
            listed = self.listed.get(names)
            if listed is not None:
                number = 0
                for around, item in listed:
                    if around == places[: len(names) - 1]:
                        if number == places[len(names) - 1]:
                            return item
                        number += 1
            names = names[:-1]
        return None

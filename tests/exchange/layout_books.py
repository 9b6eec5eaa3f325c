"""Sheets for tests, made of rows; and what a person cares for in the documents that come of them."""

from collections.abc import Sequence
from pathlib import Path

from catalog.exchange.layouts import Profile, Suggestion, Table, apply, suggest, survey
from catalog.exchange.rows import Row
from catalog.exchange.sheets import Book, Merge, Sheet, open_book

FOLDER = Path(__file__).parents[1] / "data" / "workbooks"
GUIDE, DISTRICT = "catalogue-guide-2017-layout.xlsx", "catalogue-district-layout.xlsx"


def sheet(rows: Sequence[Sequence[str]], name: str = "区民政局", merged: Sequence[Merge] = ()) -> Sheet:
    return Sheet(name, rows, merged=merged)


def book(*sheets: Sheet) -> Book:
    return Book("目录.xlsx", sheets)


def opened(name: str) -> Book:
    return open_book((FOLDER / name).read_bytes(), name)


def tables(found: Book) -> list[Table]:
    return [table for table in survey(found) if table.shape != "none"]


def mapped(table: Table, kind: str = "dataset") -> Suggestion:
    return suggest(table, kind)


def read(found: Book, kind: str = "dataset") -> list[Row]:
    """Every table by its own suggestion, whose profile went through its document."""
    rows: list[Row] = []
    for table in tables(found):
        profile = Profile.of(suggest(table, kind).profile.document())
        rows += apply(table, profile, file=found.filename)
    return rows


def targets(table: Table) -> dict[str, tuple[str, ...]]:
    """Heading → what it was taken for."""
    return {guessed.column.title: guessed.taken for guessed in suggest(table, "dataset").columns}

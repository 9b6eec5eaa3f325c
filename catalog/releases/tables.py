"""A release as rows: what its list, its file and its printed page show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.base.i18n import Language, text
from catalog.releases.releasing import Release

COLUMNS = ("dataset", "name", "department", "version", "action")


def heads(language: Language) -> list[str]:
    """The headings of the columns."""
    return [text(f"release.{name}", language) for name in COLUMNS]


def rows(one: Release, departments: Mapping[str, str], language: Language) -> Iterator[list[str | int]]:
    """The lines of the list in its order, in words."""
    for item in one.items:
        yield [
            item["dataset"], item["name"], departments.get(item["department"], item["department"]),
            item["version"], text(f"release.{item['action']}", language),
        ]  # fmt: skip

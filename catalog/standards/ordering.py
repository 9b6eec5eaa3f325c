"""What rules of every slice ask: dates in order, rows told apart, paths without a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Violation


def date_violations(document: Document, *names: str, prefix: str = "") -> Iterator[Violation]:
    """Dates that do not follow each other in the order named; those absent are passed over.

    Dates are ``YYYY-MM-DD`` and compare as text. ``prefix`` is the pointer of ``document`` itself.
    """
    last: tuple[str, str] | None = None
    for name in names:
        value = document.get(name)
        if not value:
            continue
        if last and value < last[1]:
            yield Violation(
                f"{prefix}/{name}", "dates-order", found=value, expected=last[1], values={"earlier": last[0]}
            )
        last = (name, value)


def future_violations(document: Document, today: str, *names: str, prefix: str = "") -> Iterator[Violation]:
    """Dates of what has happened that lie after ``today``: a warning."""
    for name in names:
        value = document.get(name)
        if value and value > today:
            yield Violation(f"{prefix}/{name}", "date-in-future", "warning", found=value, expected=today)


def repeated(values: Iterable[Any]) -> Iterator[tuple[int, int, Any]]:
    """(index, first index, value) of every value that stood before; None is no value."""
    seen: dict[Any, int] = {}
    for index, value in enumerate(values):
        if value is None:
            continue
        first = seen.setdefault(value, index)
        if first != index:
            yield index, first, value


def circle(start: str, above: Callable[[str], str | None], *, limit: int = 100) -> Sequence[str] | None:
    """The path from ``start`` upwards if it comes back to ``start``; ``above`` names what is next."""
    path = [start]
    here = above(start)
    while here is not None and len(path) < limit:
        path.append(here)
        if here == start:
            return path
        here = above(here)
    return None

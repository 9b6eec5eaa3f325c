"""What each column of a foreign table probably means, from its heading, the heading above it, and its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.exchange.layouts_profile import Profile
from catalog.exchange.layouts_tables import Column, Table

Reason = Literal["heading", "alias", "upper", "near", "values", "pair"]


@dataclass(frozen=True, slots=True)
class Guess:
    """One property that a column may mean: its pointer pattern, 0 to 1, and what speaks for it.

    ``heading`` its own label or heading, ``alias`` a word that others use, ``upper`` the heading above
    decided, ``near`` a similar word, ``values`` what stands in the cells.
    """

    to: str
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Guessed:
    """A column with its guesses, best first, and some of its texts; ``taken`` are the pointers chosen.

    ``why`` says why none was chosen: ``number`` (序号), ``person`` (a person's name never enters a
    document), ``empty``, ``double`` (another column is nearer), or ``unknown``.
    """

    column: Column
    guesses: tuple[Guess, ...]
    samples: tuple[str, ...]
    taken: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ready profile with what speaks for it; ``confidence`` 0 to 1; ``missing`` are pointers that a record needs."""

    profile: Profile
    columns: tuple[Guessed, ...]
    confidence: float
    missing: tuple[str, ...]

    @property
    def unmapped(self) -> tuple[Guessed, ...]:
        """The columns that nothing was found for."""
        return tuple(column for column in self.columns if not column.taken)


def suggest(table: Table, kind: str) -> Suggestion:
    """The mapping of a table to a kind, complete enough to be applied at once and to be corrected."""
    raise NotImplementedError

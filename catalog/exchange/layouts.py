"""Workbooks that other people shaped, understood: survey, suggest, keep a profile, apply it.

``survey(open_book(data, name))`` gives the tables of a workbook; ``suggest(table, "dataset")`` a profile for
one, with what speaks for it; ``Profile.document()`` / ``Profile.of(document)`` store it under its
``fingerprint(table)``, so that the next file of the same layout is read by ``apply(table, profile)`` at once.
"""

from catalog.exchange.layouts_apply import apply
from catalog.exchange.layouts_headings import Guess
from catalog.exchange.layouts_profile import Profile, Rule, fingerprint
from catalog.exchange.layouts_suggest import Guessed, Suggestion, suggest
from catalog.exchange.layouts_survey import survey
from catalog.exchange.layouts_tables import Column, Line, Notice, Table, letter

__all__ = [
    "Column",
    "Guess",
    "Guessed",
    "Line",
    "Notice",
    "Profile",
    "Rule",
    "Suggestion",
    "Table",
    "apply",
    "fingerprint",
    "letter",
    "suggest",
    "survey",
]

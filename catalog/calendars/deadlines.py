"""A statutory day for anybody who asks: from a day, by a rule or a number of working days, with pauses and extension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from catalog.base.errors import InvalidDocument, Violation
from catalog.standards.calendars import Calendar
from catalog.standards.clocks import LONGEST, Deadline, Pause, Rule, deadline, rules


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, judged."""

    start: date
    rule: Rule
    pauses: tuple[Pause, ...]
    extension: int


def asked(
    start: str | None,
    *,
    days: str | None = None,
    rule: str | None = None,
    pauses: Iterable[str] = (),
    extension: str | None = None,
) -> Question:
    """The question that texts state; pauses are ``FROM:UNTIL``, open without ``UNTIL``.

    Raises ``InvalidDocument`` with everything that is wrong at once.
    """
    found: list[Violation] = []
    begins = _day(start, "/from", found)
    counted = _rule(days, rule, found)
    held = [_pause(said, n, found) for n, said in enumerate(pauses)]
    more = _number(extension, "/extension", found) if extension is not None else 0
    if counted and more is not None:
        # a bare number of days knows no rule of its own, and no limit to its extension
        most = counted.extension * counted.extensions if rule else LONGEST
        if not 0 <= more <= most:
            found.append(Violation("/extension", "deadline-extension", found=more, expected=most))
        elif not rule and more:
            counted = replace(counted, days=counted.days + more)
            more = 0
    if found or begins is None or counted is None or more is None:
        raise InvalidDocument(found)
    return Question(begins, counted, tuple(one for one in held if one), more)


def answer(question: Question, calendar: Calendar) -> dict[str, Any]:
    """``{"from", "rule", "days", "due_on", "provisional", …}``; ``due_on`` is null while a pause is open.

    Raises ``InvalidDocument`` (``deadline-beyond``) for a day that no calendar knows.
    """
    try:
        found: Deadline = deadline(
            question.start, question.rule, calendar, question.pauses, extension=question.extension
        )
    except ValueError as beyond:
        raise InvalidDocument(
            [Violation("/from", "deadline-beyond", found=question.start.isoformat())]
        ) from beyond
    rule = question.rule
    named = {"zh": rule.zh, "en": rule.en, "article": rule.article} if rule.name else {}
    return {
        "from": question.start.isoformat(), "rule": rule.name or None, **named,
        "days": rule.days or None, "years": rule.years or None, "extension": question.extension,
        "pauses": [
            {"from": one.start.isoformat(), "until": one.until.isoformat() if one.until else None}
            for one in question.pauses
        ],
        "due_on": found.on.isoformat() if found.on else None, "provisional": found.provisional,
        "counts_first_day": rule.count_start_day,
    }  # fmt: skip


def wrong_names(said: Sequence[str], known: Mapping[str, Any]) -> list[Violation]:
    """The parameters that nobody knows."""
    return [
        Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(known))
        for name in sorted(set(said) - set(known))
    ]


def _rule(days: str | None, rule: str | None, found: list[Violation]) -> Rule | None:
    if (days is None) == (rule is None):
        found.append(Violation("/days", "deadline-one-of"))
        return None
    if rule is not None:
        known = {name: one for name, one in rules().items() if one.days or one.years}
        if rule not in known:
            found.append(Violation("/rule", "enum", found=rule, expected=sorted(known)))
        return known.get(rule)
    number = _number(days, "/days", found)
    if number is None:
        return None
    if not 1 <= number <= LONGEST:
        found.append(Violation("/days", "deadline-days", found=number, expected=LONGEST))
        return None
    return Rule("", "", "", "", days=number, count_start_day=rules()["T4"].count_start_day)


def _number(said: str | None, place: str, found: list[Violation]) -> int | None:
    if said and said.isascii() and said.isdigit() and len(said) <= 6:
        return int(said)
    found.append(Violation(place, "deadline-number", found=said))
    return None


def _pause(said: str, number: int, found: list[Violation]) -> Pause | None:
    first, colon, last = said.partition(":")
    begins = _day(first, f"/pause/{number}", found)
    ends = _day(last, f"/pause/{number}", found) if colon and last else None
    if begins and ends and ends < begins:
        found.append(Violation(f"/pause/{number}", "dates-order", found=last, expected=first,
                               values={"earlier": "from"}))  # fmt: skip
    return Pause(begins, ends) if begins else None


def _day(said: str | None, place: str, found: list[Violation]) -> date | None:
    try:
        if said and len(said) == 10:
            return date.fromisoformat(said)
    except ValueError:
        pass
    found.append(Violation(place, "format-date", found=said))
    return None

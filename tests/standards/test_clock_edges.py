"""The edges of the clock: years, the longest limit, days that just count or just do not, what is provisional."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import yaml

from catalog.base import files
from catalog.standards.calendars import seeded
from catalog.standards.clocks import LONGEST, Deadline, Pause, Rule, cool_down, deadline, rules

START = date(2026, 9, 1)  # a Tuesday; the next days are working days
RULE = Rule("T", "", "", "", days=3, extension=2, extensions=2)


def due(start: date = START, rule: Rule = RULE, *pauses: Pause, extension: int = 0) -> Deadline:
    return deadline(start, rule, seeded(), pauses, extension=extension)


def test_the_day_of_receipt_counts_where_the_rule_says_so() -> None:
    assert due() == Deadline(date(2026, 9, 4), False)
    assert due(rule=replace(RULE, count_start_day=True)) == Deadline(date(2026, 9, 3), False)
    assert {rule.count_start_day for rule in rules().values()} == {False}


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [("2026-11-23", 3, "2029-11-23"), ("2024-02-29", 3, "2027-03-01"), ("2024-02-29", 4, "2028-02-29")],
)
def test_years_end_on_the_same_day_and_are_never_provisional(start: str, years: int, end: str) -> None:
    rule = Rule("T", "", "", "", years=years)

    assert due(date.fromisoformat(start), rule) == Deadline(date.fromisoformat(end), False)


def test_an_extension_is_allowed_up_to_all_of_them_together() -> None:
    assert due(extension=4).on == date(2026, 9, 10)
    for wrong in (-1, 5):
        with pytest.raises(ValueError, match=r"extension of T must be between 0 and 4$"):
            due(extension=wrong)
    assert Rule("T", "", "", "").extensions == 1


def test_a_limit_has_days_and_no_more_than_the_longest() -> None:
    assert due(rule=replace(RULE, days=1)).on == date(2026, 9, 2)
    assert due(rule=replace(RULE, days=LONGEST)).provisional
    wrong = [replace(RULE, days=0), replace(RULE, days=-1), replace(RULE, days=LONGEST + 1)]
    for rule in wrong:
        with pytest.raises(ValueError, match=f"T must have between 1 and {LONGEST} working days$"):
            due(rule=rule)
    with pytest.raises(ValueError, match="between 1 and 2000"):
        due(rule=replace(RULE, days=LONGEST), extension=1)


def test_a_pause_begins_with_its_first_day_and_ends_before_the_day_of_resumption() -> None:
    assert due(START, RULE, Pause(date(2026, 9, 4), date(2026, 9, 4))) == due()
    assert due(START, RULE, Pause(date(2026, 9, 4), date(2026, 9, 5))).on == date(2026, 9, 7)
    assert due(START, RULE, Pause(date(2026, 9, 5), date(2026, 9, 8))) == due()
    assert due(START, RULE, Pause(date(2026, 8, 1), date(2026, 9, 2))) == due()
    open_ = due(START, RULE, Pause(date(2026, 9, 4)))
    assert open_ == Deadline(None, False)
    assert due(START, RULE, Pause(date(2026, 9, 5))) == due()


def test_only_a_day_that_is_passed_makes_it_provisional() -> None:
    last = max(seeded().years)
    assert not due(date(last, 12, 1), replace(RULE, days=5)).provisional
    assert due(date(last, 12, 31)).provisional
    assert due(date(last + 1, 3, 1)).provisional
    assert due(date(last, 12, 31), RULE, Pause(date(last + 1, 1, 1))) == Deadline(None, True)
    assert due(date(min(seeded().years) - 1, 12, 31), replace(RULE, days=10)).provisional


def test_rules_carry_their_article_and_both_names() -> None:
    assert all(rule.name == name and rule.article and rule.zh and rule.en for name, rule in rules().items())
    assert all(rule.extensions == 1 for rule in rules().values())


def test_the_cool_down_is_what_the_standards_say() -> None:
    said = yaml.safe_load((files.standards() / "lifecycles" / "clocks.yaml").read_text(encoding="utf-8"))

    assert cool_down() == said["cool_down_days"] > 0

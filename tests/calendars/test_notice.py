"""The State Council's notice: the published texts give exactly the years of the seed; a slip is named."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import orjson
import pytest

from catalog.base.errors import Violation
from catalog.base.files import standards
from catalog.base.i18n import describe
from catalog.calendars.notice import read
from catalog.standards.calendars import Calendar, seeded, year

FOLDER = Path(__file__).resolve().parents[1] / "data" / "holiday-notices"
YEARS = [2021, 2022, 2023, 2024, 2025, 2026]
SEED: dict[int, Any] = {
    row["year"]: {name: said for name, said in row.items() if name != "department"}
    for row in orjson.loads((standards() / "calendars" / "01-announced.json").read_bytes())
}


def text(of: int) -> str:
    return (FOLDER / f"{of}.txt").read_text(encoding="utf-8")


def slips(said: str) -> list[tuple[str, object]]:
    return [(one.rule, one.found) for one in read(said).found if one.severity == "error"]


@pytest.mark.parametrize("of", YEARS)
def test_a_published_notice_gives_exactly_the_seeded_year(of: int) -> None:
    notice = read(text(of))

    assert slips(text(of)) == []
    assert notice.document() == SEED[of]


@pytest.mark.parametrize("of", YEARS)
def test_a_read_year_works_on_the_same_days_as_an_independent_calendar(of: int) -> None:
    calendar = Calendar({of: year(read(text(of)).document())})
    days = [date(of, 1, 1) + timedelta(n) for n in range(366) if (date(of, 1, 1) + timedelta(n)).year == of]

    assert [calendar.works(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_the_seed_works_on_the_same_days_as_an_independent_calendar() -> None:
    days = [date(2020, 1, 1) + timedelta(n) for n in range((date(2027, 1, 1) - date(2020, 1, 1)).days)]

    assert [seeded().works(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_a_notice_on_one_line_with_plain_punctuation_reads_the_same() -> None:
    said = (
        text(2026)
        .replace("\n", "")
        .replace("　", "")
        .replace("，", ",")
        .replace("（", "(")
        .replace("）", ")")
    )

    assert read(said).document() == SEED[2026]


def test_days_of_the_year_before_are_named_and_not_registered() -> None:
    found = [one for one in read(text(2023)).found if one.rule == "notice-other-year"]

    assert [(one.found, one.severity, one.expected) for one in found] == [("2022-12-31", "info", "WC2022")]
    moved = text(2023).replace(
        "2022年12月31日至2023年1月2日放假调休，共3天", "2022年12月30日至2023年1月2日放假调休，共4天"
    )
    severe = [one.severity for one in read(moved).found if one.found == "2022-12-30"]
    assert severe == ["warning"]  # a Friday: it changes the calendar of 2022


@pytest.mark.parametrize(
    ("right", "wrong", "rule", "found"),
    [
        ("1月4日（周日）上班", "1月4日（周六）上班", "notice-weekday", "2026-01-04（周六）"),
        ("共9天", "共8天", "notice-total", 8),
        ("5月9日（周六）上班", "5月8日（周五）上班", "calendar-make-up", "2026-05-08"),
        ("6月19日（周五）至21日（周日）放假", "6月19日（周五）至31日（周日）放假", "notice-date", "2026-06-31"),
        ("9月25日（周五）至27日（周日）放假", "9月27日（周日）至25日（周五）放假", "notice-range", None),
        ("六、中秋节：", "六、秋收节：", "notice-festival-unknown", "秋收节"),
        ("10月10日（周六）上班", "10月10日（周六）照常营业", "notice-unread", None),
        ("2月28日（周六）上班", "2月21日（周六）上班", "notice-twice", "2026-02-21"),
        ("（农历腊月二十八、周日）", "（全国哀悼日、周日）", "notice-unread", "全国哀悼日"),
        ("共3天。1月4日", "共3天。各单位值班另行通知。1月4日", "notice-unread", "各单位值班另行通知"),
        ("国务院办公厅\n\n　　2025年11月4日", "另，12月31日（周四）放假。", "notice-unread", None),
    ],
)  # fmt: skip
def test_a_slip_is_named_and_hinders(right: str, wrong: str, rule: str, found: object) -> None:
    said = text(2026).replace(right, wrong)
    named = slips(said)

    assert said != text(2026)
    assert not read(said).clear
    assert rule in [one[0] for one in named]
    assert found is None or (rule, found) in named


def test_a_text_without_its_year_or_its_sections_is_refused() -> None:
    assert slips("元旦放假一天。") == [("notice-year", None)]
    assert {one[0] for one in slips("国务院办公厅关于2027年部分节假日安排的通知")} == {"notice-festival"}
    assert ("notice-festival", "清明节") in slips(text(2026).replace("三、清明节", "三、寒食节"))


def test_every_slip_is_worded_in_both_languages() -> None:
    said = text(2026).replace("周四", "周五").replace("共9天", "共8天")
    told: list[Violation] = read(said).found

    assert told
    assert all(describe(one)["zh"] and describe(one)["mend_en"] for one in told)

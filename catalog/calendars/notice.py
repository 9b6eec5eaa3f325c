"""The State Council's holiday notice, read strictly: what is not understood is said, never guessed. Pure.

Understood are days and ranges (放假, 放假调休, 补休, 上班), also across the turn of the year, the weekday and the
lunar day beside a date, 共N天, 与周末连休 and 不调休; what encourages or reminds binds nobody and is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.calendars.rules import identifier_of

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_WEEKDAYS = "一二三四五六日"
_TITLE = re.compile(r"关于(20\d\d)年部分节假日(?:休息)?安排的通知")
_LEAD = re.compile(r"现将(20\d\d)年")
_NUMBER = re.compile(r"(国办发(?:明电)?)[〔\[(](20\d\d)[〕\])](\d{1,3})号")
_ISSUED = re.compile(r"国务院办公厅(20\d\d)年(\d{1,2})月(\d{1,2})日")
_SECTION = re.compile(
    r"(?:^|(?<=[。\n:]))[一二三四五六七八九十]{1,2}、([^:。、\n]{2,6}(?:、[^:。、\n]{2,6})*):"
)
_DAY = r"(?:(?P<y{0}>20\d\d)年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})日(?:\((?P<s{0}>[^)]*)\))?"
_SPAN = re.compile(_DAY.format(0) + "(?:至" + _DAY.format(1) + ")?(?:、|$)")
_OFF = re.compile(r"(?P<days>.*日(?:\([^)]*\))?)(?:放假(?:调休|公休)?|补休)(?:(?P<n>\d{1,2})天)?")
_WORK = re.compile(r"(?P<days>.*日(?:\([^)]*\))?)上班")
_TOTAL = re.compile(r"共(\d{1,2})天")
_JOINED = re.compile(r"与周[末六日]连休")
_LUNAR = re.compile(
    r"(?:农历)?(?:除夕|大年.+|(?:正|腊|冬|[一二三四五六七八九十]+)月.+|初.+)|(?:元旦|春节|清明|国庆|中秋|端午).*"
)
_PASSED = ("鼓励", "节假日期间")
_SIGNED = re.compile(r"国务院办公厅|(?:国务院办公厅)?20\d\d年\d{1,2}月\d{1,2}日")
_BINDING = re.compile(r"\d日(?:\([^)]*\))?(?:放假|补休|上班)")


@dataclass
class Notice:
    """What a notice says of one year; ``found`` is everything that it does not say clearly."""

    year: int | None = None
    number: str = ""
    issued_on: str = ""
    holidays: dict[date, str] = field(default_factory=dict)
    make_up_days: list[date] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)  # sentences that bind nobody
    found: list[Violation] = field(default_factory=list)

    @property
    def clear(self) -> bool:
        """Whether nothing stands in the way of registering the year."""
        return self.year is not None and not any(one.severity == "error" for one in self.found)

    def document(self) -> Document:
        """The record of the kind ``calendar``; days of another year are left out (``found`` names them)."""
        year = self.year or 0
        source: Document = {"title": f"国务院办公厅关于{year}年部分节假日安排的通知"}
        source |= {"number": self.number} if self.number else {}
        source |= {"issued_on": self.issued_on} if self.issued_on else {}
        made: Document = {
            "identifier": identifier_of(year), "name": f"{year}年工作日历",
            "name_en": f"Working calendar of {year}", "year": year, "announced": True, "source": source,
        }  # fmt: skip
        off: list[Any] = [
            {"on": day.isoformat(), "name": name}
            for day, name in sorted(self.holidays.items())
            if day.year == year
        ]
        work = [{"on": day.isoformat()} for day in sorted(set(self.make_up_days)) if day.year == year]
        return made | ({"holidays": off} if off else {}) | ({"make_up_days": work} if work else {})


def read(text: str) -> Notice:
    """What the text of a notice says; everything that is doubtful stands in ``found``."""
    said = _plain(text)
    notice = Notice()
    heading = _TITLE.search(said.replace("\n", "")) or _LEAD.search(said)
    if heading is None:
        notice.found.append(Violation("/text", "notice-year"))
        return notice
    notice.year = int(heading[1])
    number = _NUMBER.search(said.replace("\n", ""))
    notice.number = f"{number[1]}〔{number[2]}〕{number[3]}号" if number else ""
    issued = _ISSUED.search(said.replace("\n", ""))
    if issued:
        notice.issued_on = _iso(*issued.groups()) or ""
    sections = list(_SECTION.finditer(said))
    before = said[: sections[0].start()] if sections else said
    notice.found += [
        Violation("/text", "notice-unread", found=one[:200])
        for one in re.split(r"[。;\n]", before)
        if _BINDING.search(one)
    ]
    for one, after in zip_longest(sections, sections[1:]):
        _read_section(notice, one[1], said[one.end() : after.start() if after else len(said)])
    notice.found.extend(_doubts(notice, [name for one in sections for name in one[1].split("、")]))
    return notice


def _plain(text: str) -> str:
    """Full-width forms as plain ones, no blanks, lines kept; a comma in brackets is no end of a clause."""
    narrow = unicodedata.normalize("NFKC", text).replace("星期", "周").replace("周天", "周日")
    lines = (re.sub(r"\s+", "", line) for line in narrow.splitlines())
    joined = "\n".join(line for line in lines if line)
    return re.sub(r"\(([^)]*)\)", lambda found: f"({found[1].replace(',', '、')})", joined)


def _read_section(notice: Notice, names: str, text: str) -> None:
    """One festival: its sentences, each made of clauses; a total counts the days off before it."""
    off: list[date] = []
    ended = False  # after the last section comes what binds nobody: reminder, signature, date
    for sentence in re.split(r"[。;\n]", text):
        if not sentence:
            continue
        if _SIGNED.fullmatch(sentence):
            ended = True
        elif sentence.startswith(_PASSED) or (ended and not _BINDING.search(sentence)):
            ended = ended or sentence.startswith("节假日期间")
            notice.passed.append(sentence)
        else:
            for clause in sentence.split(","):
                _read_clause(notice, names, clause, off)


def _read_clause(notice: Notice, names: str, clause: str, off: list[date]) -> None:
    if clause == "不调休":
        return
    if total := _TOTAL.fullmatch(clause):
        _check_total(notice, names, int(total[1]), off)
    elif _JOINED.fullmatch(clause):
        if not any(day.weekday() in (0, 4) for day in off):
            notice.found.append(Violation("/text", "notice-joined", found=names))
    elif work := _WORK.fullmatch(clause):
        notice.make_up_days += _days(notice, work["days"], clause)
    elif rest := _OFF.fullmatch(clause):
        days = _days(notice, rest["days"], clause)
        off += days
        for day in days:
            if day in notice.holidays:
                notice.found.append(Violation("/text", "notice-twice", found=day.isoformat()))
            notice.holidays[day] = names
        if rest["n"]:
            _check_total(notice, names, int(rest["n"]), days)
    else:
        notice.found.append(Violation("/text", "notice-unread", found=clause[:200]))


def _check_total(notice: Notice, names: str, said: int, off: list[date]) -> None:
    if said != len(off):
        notice.found.append(
            Violation("/text", "notice-total", found=said, expected=len(off), values={"name": names})
        )


def _days(notice: Notice, text: str, clause: str) -> list[date]:
    """The days that a list of dates and ranges names; a month holds on until another is named."""
    found: list[date] = []
    place, year, month = 0, notice.year or 0, 0
    while place < len(text):
        span = _SPAN.match(text, place)
        if span is None:
            notice.found.append(Violation("/text", "notice-unread", found=clause[:200]))
            return []
        ends: list[date] = []
        for which in ("0", "1"):
            if span[f"d{which}"] is None:
                continue
            year = int(span[f"y{which}"] or year)
            month = int(span[f"m{which}"] or month)
            day = _iso(year, month, span[f"d{which}"])
            if day is None:
                shown = f"{year}-{month:02d}-{int(span[f'd{which}']):02d}"
                notice.found.append(Violation("/text", "notice-date", found=shown))
                return []
            ends.append(date.fromisoformat(day))
            notice.found.extend(_beside(ends[-1], span[f"s{which}"]))
        if not 0 <= (ends[-1] - ends[0]).days <= 31:
            notice.found.append(Violation("/text", "notice-range", found=clause[:200]))
            return []
        found += [ends[0] + timedelta(n) for n in range((ends[-1] - ends[0]).days + 1)]
        place = span.end()
    return found


def _beside(day: date, said: str | None) -> Iterator[Violation]:
    """What stands in brackets after a date: a weekday, which must be right, or a lunar day."""
    for part in (said or "").split("、"):
        if re.fullmatch(rf"周[{_WEEKDAYS}]", part):
            if _WEEKDAYS.index(part[1]) != day.weekday():
                expected = f"周{_WEEKDAYS[day.weekday()]}"
                yield Violation(
                    "/text", "notice-weekday", found=f"{day.isoformat()}（{part}）", expected=expected
                )
        elif part and not _LUNAR.fullmatch(part):
            yield Violation("/text", "notice-unread", found=part[:200])


def _doubts(notice: Notice, named: list[str]) -> Iterator[Violation]:
    for name in FESTIVALS:
        if name not in named:
            yield Violation("/text", "notice-festival", found=name)
    for name in named:
        if name not in FESTIVALS:
            yield Violation("/text", "notice-festival-unknown", found=name, expected="、".join(FESTIVALS))
    for day in notice.make_up_days:
        if day.weekday() < 5:
            yield Violation("/text", "calendar-make-up", found=day.isoformat())
        if day in notice.holidays or notice.make_up_days.count(day) > 1:
            yield Violation("/text", "notice-twice", found=day.isoformat())
    for day in sorted({*notice.holidays, *notice.make_up_days}):
        if day.year != notice.year:
            matters = day.weekday() < 5 or day in notice.make_up_days
            yield Violation(
                "/text", "notice-other-year", "warning" if matters else "info", found=day.isoformat(),
                expected=identifier_of(day.year),
            )  # fmt: skip
    if not notice.number:
        yield Violation("/text", "notice-number", "warning")


def _iso(year: Any, month: Any, day: Any) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None

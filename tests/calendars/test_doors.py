"""Working calendars through the doors: deadlines for anybody, the notice for the bureau, the clock on a case's page."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from catalog.calendars.deadlines import answer, asked
from catalog.calendars.force import in_force
from catalog.cases import duties
from catalog.cli import app
from catalog.home import calendar as first_page
from catalog.standards.calendars import seeded
from catalog.standards.clocks import rules
from tests.asking import apart
from tests.cases.clocked import TO, filed, now, without_slices
from tests.cases.people import somebody
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in

NOTICE = (Path(__file__).resolve().parents[1] / "data" / "holiday-notices" / "2026.txt").read_text(
    encoding="utf-8"
)
RECEIVED = date(2026, 9, 1)


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    colleague(desk, "bureau", "authority", None)
    colleague(desk, "provider", "sharing_officer", TO)
    return desk


def typed(page: httpx.Response, **more: str) -> dict[str, str]:
    return {"csrf": re.search(r'name="csrf" value="([^"]*)"', page.text)[1]} | more  # type: ignore[index]


def test_a_deadline_is_answered_with_its_doubt(office: Desk) -> None:
    golden = office.get("/api/v1/deadlines?from=2026-09-30&days=10")
    ruled = office.get("/api/v1/deadlines?from=2026-12-25&rule=T4&pause=2026-12-28:2026-12-30&extension=5")
    paused = office.get("/api/v1/deadlines?from=2026-09-01&rule=T7&pause=2026-09-02")
    kept = office.get("/api/v1/deadlines?from=2026-09-01&rule=T8")

    assert (golden["due_on"], golden["provisional"]) == ("2026-10-20", False)
    assert (ruled["due_on"], ruled["provisional"], ruled["article"]) == (
        "2027-01-19",
        True,
        "第二十一条第一款",
    )
    assert (paused["due_on"], paused["pauses"]) == (None, [{"from": "2026-09-02", "until": None}])
    assert kept["due_on"] == "2029-09-01"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("/from", "format-date"), ("/days", "deadline-one-of")]),
        ("from=2026-02-30&days=x&pause=2026-05-02:2026-05-01&speed=3",
         [("/speed", "parameter-unknown"), ("/from", "format-date"), ("/days", "deadline-number"), ("/pause/0", "dates-order")]),
        ("from=2026-09-01&days=1&rule=T4", [("/days", "deadline-one-of")]),
        ("from=2026-09-01&rule=T5", [("/rule", "enum")]),
        ("from=2026-09-01&rule=T6&extension=1", [("/extension", "deadline-extension")]),
        ("from=2026-09-01&days=0", [("/days", "deadline-days")]),
        ("from=9999-12-30&days=9", [("/from", "deadline-beyond")]),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_question_is_said_at_once(
    office: Desk, query: str, found: list[tuple[str, str]]
) -> None:
    refused = office.send("GET", f"/api/v1/deadlines?{query}")

    assert refused.status_code == 422
    said = refused.json()["violations"]
    assert [(one["pointer"].lstrip("#"), one["rule"]) for one in said] == found
    assert all(one["zh"] and one["mend_en"] for one in said)


@given(st.dates(date(2025, 1, 1), date(2026, 11, 30)), st.integers(1, 30), st.integers(0, 20))
def test_a_question_by_days_and_one_by_rule_agree(start: date, days: int, more: int) -> None:
    by_days = answer(asked(start.isoformat(), days=str(days), extension=str(more)), seeded())
    at_once = answer(asked(start.isoformat(), days=str(days + more)), seeded())
    by_rule = answer(asked(start.isoformat(), rule="T4"), seeded())

    assert by_days["due_on"] == at_once["due_on"]
    assert (
        by_rule["due_on"]
        == answer(asked(start.isoformat(), days=str(rules()["T4"].days)), seeded())["due_on"]
    )


def test_the_command_prints_the_day(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_DATA_DIR", str(office.runtime.settings.data_dir))
    monkeypatch.setenv("CATALOG_DATABASE_URL", office.runtime.settings.database_url or "")

    done = CliRunner().invoke(app, ["deadline", "--from", "2026-09-30", "--days", "10", "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["due_on"] == "2026-10-20"


def test_the_bureau_registers_a_year_from_the_pasted_notice(office: Desk) -> None:
    said = NOTICE.replace("2026年", "2031年").replace("〔2025〕7号", "〔2030〕9号")
    said = re.sub(r"（[^）]*周[一二三四五六日]）", "", said).replace("2025年11月4日", "2030年11月4日")
    for day in ("1月4日", "2月14日、2月28日", "5月9日", "9月20日、10月10日"):
        said = said.replace(f"{day}上班", "1月5日上班" if day == "1月4日" else "X")
    said = said.replace("。X", "")
    with signed_in(office, "bureau") as client:
        blank = client.get("/calendars/notice")
        seen = client.post("/calendars/notice", data=typed(blank, act="preview", text=said))
        lacking = client.post("/calendars/notice", data=typed(seen, act="register", text=said))
        done = client.post(
            "/calendars/notice", data=typed(seen, act="register", text=said, note="按通知登记"),
            follow_redirects=False,
        )  # fmt: skip
        slip = client.post(
            "/calendars/notice", data=typed(seen, act="preview", text=said.replace("共3天", "共4天"))
        )
        again = client.post("/calendars/notice", data=typed(seen, act="preview", text=said))

    assert (seen.status_code, seen.text.count('<table class="month">')) == (200, 12)
    assert (lacking.status_code, slip.status_code) == (422, 422)
    assert "共 4 天" in slip.text
    assert (done.status_code, done.headers["location"]) == (303, "/calendars/WC2031?done=registered")
    assert 'name="seq"' in again.text
    held = office.get("/api/v1/calendars/WC2031")
    assert held["document"]["source"]["number"] == "国办发明电〔2030〕9号"
    with office.runtime.database.reading() as session:
        assert in_force(session).announced(date(2031, 5, 1))


def test_nobody_else_opens_the_page_of_the_notice(office: Desk) -> None:
    with signed_in(office, "provider") as client:
        assert client.get("/calendars/notice").status_code == 403


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), 2027),
        (date(2027, 1, 4), 2027),
        (date(2026, 3, 1), None),
    ],
)
def test_the_bureau_is_warned_from_december_until_the_year_is_there(
    office: Desk, on: date, year: int | None
) -> None:
    def warned(actor: Any) -> list[dict[str, str]]:
        return apart(office.runtime, lambda runtime: first_page.unannounced(runtime, actor, "zh", on))

    assert warned(somebody("data_officer", TO)) == []
    assert [str(year) in one["sentence"] for one in warned(somebody("authority"))] == ([True] if year else [])


def test_the_page_of_a_case_shows_its_clock_and_leads_to_its_extension(office: Desk) -> None:
    with office.runtime.database.writing() as session:
        number = duties.owe(
            session,
            department=TO,
            title="示例条例修订",
            on=RECEIVED,
            by=somebody("authority"),
            today=RECEIVED,
        ).number
    with signed_in(office, "provider") as client:
        page = client.get(f"/cases/{number}")
        form = client.get(f"/cases/{number}/extension")
        many = client.post(f"/cases/{number}/extension", data=typed(form, days="6", reason="系统改造"))
        sent = client.post(
            f"/cases/{number}/extension",
            data=typed(form, days="3", reason="系统改造"),
            follow_redirects=False,
        )
        made = sent.headers["location"].rpartition("/")[2]
        told = client.get(f"/cases/{made}")
    with signed_in(office, "bureau") as client:
        theirs = client.get(f"/cases/{number}")

    assert f'href="/cases/{number}/extension"' in page.text
    assert "第十七条第二款" in page.text
    assert (many.status_code, "系统改造" in many.text) == (422, True)
    assert f'href="/cases/{number}"' in told.text
    assert (theirs.status_code, f'href="/cases/{number}/extension"' in theirs.text) == (200, False)
    assert now(office.runtime, made).awaits_role == "authority"


def test_an_extension_by_api_says_all_that_is_wrong(office: Desk) -> None:
    wrong = office.send("POST", "/api/v1/cases/extensions", json={"days": "3", "why": "x"})
    nobody = office.send("POST", "/api/v1/cases/extensions", by=None, json={})

    assert wrong.status_code == 422
    assert [one["pointer"] for one in wrong.json()["violations"]] == ["#/why", "#/case", "#/reason", "#/days"]
    assert nobody.status_code == 401
    with without_slices():
        number = filed(office.runtime, RECEIVED).number  # the keeper keeps TO, which is the provider
        body = {"case": number, "days": 2, "reason": "系统改造"}
        done = office.send("POST", "/api/v1/cases/extensions", json=body)
    assert (done.status_code, done.json()["state"], done.json()["document"]["days"]) == (201, "asked", 2)
    assert office.get(f"/api/v1/cases/{number}")["clock"]["state"] == "running"

"""校验: by page, by API and at the command line; nothing is ever written."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import load_workbook
from typer.testing import CliRunner

from catalog.cli import app
from tests.desk import Desk
from tests.factories import PASSWORD

SHEET = """中文名称,标识符（拼音首字母）,定义,对象类词,特性词,表示词,数据类型,数据格式,值域类型,提交机构
身份证号,SFZH,居民身份证上的号码,人员,身份,number,string,c18,free,DP0007
公民身份号码,,赋码机关给出的号码,公民,身份,number,string,c18,free,DP0007
身份证号,SFZ,同一张证件上的号码,人员,身份,number,string,c18,free,DP0007
渣土车准运证颁发日期,,渣土运输车辆准运证颁发的那一天,准运证,颁发,date,date,YYYYMMDD,free,DP0007
没有格式的一项,,,,,,,,,DP0007
"""
ADVICE = ["reuse", "reuse", "reuse", "new", "new"]


@pytest.fixture
def browser(desk: Desk) -> Any:
    with httpx.Client(base_url=desk.client.base_url, follow_redirects=True) as client:
        client.post("/sign-in", data={"login": "keeper", "password": PASSWORD, "next": "/"})
        yield client


def csrf(client: httpx.Client) -> str:
    page = client.get("/data-elements/check", headers={"accept": "text/html"})
    assert page.status_code == 200, page.text
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def send(client: httpx.Client, data: bytes, name: str, language: str = "zh-CN") -> httpx.Response:
    return client.post(
        "/data-elements/check",
        data={"csrf": csrf(client)},
        files={"file": (name, data)},
        headers={"accept": "text/html", "accept-language": language},
    )


def test_the_page_judges_every_row_and_writes_nothing(desk: Desk, browser: httpx.Client) -> None:
    before = desk.last()

    page = send(browser, SHEET.encode("gb18030"), "厂商.csv")

    assert page.status_code == 200
    checked = re.findall(r'name="choice-\d+" value="(\w+)" checked', page.text)
    assert checked == ADVICE
    assert "同义词「身份证号」" in page.text
    assert "缺少「定义」" in page.text
    assert desk.last() == before


def test_the_page_speaks_english(browser: httpx.Client) -> None:
    page = send(browser, SHEET.encode(), "v.csv", "en")

    assert "synonym “身份证号”" in page.text
    assert "Row 3" in page.text


def test_what_was_decided_leaves_as_a_workbook(browser: httpx.Client) -> None:
    typed = {
        "csrf": csrf(browser), "row": ["1", "2"],
        "place-1": "第 2 行", "name-1": "=HYPERLINK(1)", "choice-1": "reuse", "identifier-1": "DE00001",
        "element-1": "公民身份号码", "problems-1": "",
        "place-2": "第 3 行", "name-2": "渣土车", "choice-2": "new", "identifier-2": "DE00001", "problems-2": "x",
    }  # fmt: skip

    answer = browser.post("/data-elements/check/result.xlsx", data=typed)

    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["位置", "名称", "结论", "复用的标识符", "复用的数据元", "问题"]
    assert rows[1] == ["第 2 行", "=HYPERLINK(1)", "复用已有", "DE00001", "公民身份号码", ""]
    assert rows[2] == ["第 3 行", "渣土车", "新建", "", "", "x"]


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "empty.csv"), (b"x", "x.exe"), (b"\x00\xff\xfe\x00", "v.csv")]
)
def test_a_file_that_cannot_be_read_is_explained(browser: httpx.Client, data: bytes, name: str) -> None:
    page = send(browser, data, name)

    assert 400 <= page.status_code < 500
    assert 'role="alert"' in page.text


def test_a_stranger_is_asked_to_sign_in(desk: Desk) -> None:
    answer = desk.client.get("/data-elements/check", headers={"accept": "text/html"})

    assert answer.status_code == 401


def test_the_api_gives_the_same_judgement(desk: Desk) -> None:
    before = desk.last()

    answer = desk.send(
        "POST",
        "/api/v1/data-elements:compare",
        content=SHEET.encode(),
        headers={"content-type": "text/csv"},
    )

    body = answer.json()
    assert answer.status_code == 200, body
    assert [item["advice"] for item in body["items"]] == ADVICE
    assert body["items"][0]["register"][0]["key"] == "DE00001"
    assert [match["key"] for match in body["items"][0]["rows"]] == ["#3"]
    assert body["read"] == 5 == body["reuse"] + body["new"] + body["pending"]
    assert desk.last() == before


def test_the_command_gives_the_same_judgement(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "v.csv"
    file.write_text(SHEET, encoding="utf-8")
    monkeypatch.setenv("CATALOG_DATA_DIR", str(desk.runtime.settings.data_dir))
    monkeypatch.setenv("CATALOG_DATABASE_URL", desk.runtime.settings.database_url)

    done = CliRunner().invoke(app, ["compare", str(file)])

    assert done.exit_code == 1
    assert "DE00001 公民身份号码" in done.stdout

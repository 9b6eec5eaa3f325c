"""What is to be seen on each picture: who is signed in, and how one gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
LIST = """中文名称,标识符（拼音首字母）,定义,对象类词,特性词,表示词,数据类型,数据格式,值域类型,提交机构
身份证号,SFZH,居民身份证上的号码,人员,身份,号码,字符型,c18,自由文本,DP0007
公民身份号码,GMSFHM,赋码机关给出的法定号码,公民,身份,号码,字符型,c18,自由文本,DP0007
申请人身份证号码,SQRSFZH,提出申请的人的身份证号码,申请人,身份,号码,字符型,an..18,自由文本,DP0007
准运证颁发日期,ZYZBFRQ,渣土运输车辆准运证颁发的那一天,准运证,颁发,日期,日期型,d8,自由文本,DP0007
"""


@dataclass(frozen=True)
class Scene:
    """One picture: its file name, who looks, and the steps that lead there."""

    name: str
    login: str
    play: Callable[[Page, Path], None]
    height: int = 0


def _at(address: str) -> Callable[[Page, Path], None]:
    return lambda page, _: void(page.goto(address))


def void(_: object) -> None:
    """A step whose result says nothing."""


def _form(page: Page, _: Path) -> None:
    page.goto("/datasets/DS000039/edit")
    page.locator("#g-fields, [id$=fields]").first.scroll_into_view_if_needed()


def _check(page: Page, folder: Path) -> None:
    """The department's own export, edited as people edit: two right changes and three that need mending."""
    path = folder / "卫健局数据目录.xlsx"
    path.write_bytes(page.request.get("/datasets/export.xlsx?department=DP0019").body())
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {
        str(cell.value or "").strip("* "): cell.column for row in sheet.iter_rows(max_row=4) for cell in row
    }
    first = next(
        row for row in range(1, 9) if str(sheet.cell(row, columns["标识符"]).value or "").startswith("DS")
    )
    for heading, value, row in (
        ("更新周期", "每季度末", 0),
        ("共享类型", "看情况", 1),
        ("数据更新日期", "2026年13月1日", 2),
        ("信息资源摘要", "家庭医生签约居民、签约团队和服务包。", 3),
        ("更新周期", "每天", 4),
    ):
        sheet.cell(first + row, columns[heading], value)
    book.save(path)
    page.goto("/imports?kind=dataset")
    _send(page, path)
    page.locator("#problems, .tally").first.wait_for(timeout=60_000)


def _map(page: Page, _: Path) -> None:
    page.goto("/imports?kind=dataset")
    _send(page, ROOT / "tests" / "data" / "workbooks" / "catalogue-district-layout.xlsx")
    page.locator("select").first.wait_for(timeout=60_000)


def _send(page: Page, path: Path) -> None:
    page.set_input_files("input[type=file]", path)
    page.locator("input[type=checkbox][name=statement], input[type=checkbox]").first.check()
    page.locator("main form[enctype] button[type=submit]").first.click()


def _elements(page: Page, folder: Path) -> None:
    path = folder / "vendor.csv"
    path.write_text(LIST, encoding="utf-8")
    page.goto("/data-elements/check")
    page.set_input_files("#file", path)
    page.locator(".check-file button").click()


def _case(name: str) -> Callable[[Page, Path], None]:
    """A case of the inbox by its title."""

    def play(page: Page, _: Path) -> None:
        page.goto("/inbox")
        page.get_by_role("link", name=name).first.click()

    return play


SCENES = (
    Scene("inbox", "zhuguan", _at("/inbox"), 900),
    Scene("proposal", "zhuguan", _case("失业登记信息更新周期和摘要"), 1000),
    Scene("answer", "renshebm", _case("劳动合同备案信息"), 1000),
    Scene("late", "zhuguan", _at("/late"), 640),
    Scene("outlook", "minzheng", _at("/topics/TP-PERSON/outlook?department=DP0008&purpose=P02"), 1000),
    Scene("home", "weijian", _at("/")),
    Scene("list", "weijian", _at("/datasets?department=DP0019")),
    Scene("form", "weijian", _form),
    Scene("check", "weijian", _check),
    Scene("map", "weijian", _map),
    Scene("elements-check", "biaozhun", _elements),
    Scene("topic", "zhuguan", _at("/topics/TP-PERSON"), 900),
    Scene("organisation", "zhuguan", _at("/organisation")),
)

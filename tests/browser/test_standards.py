"""The standards team in a real browser: a vendor's list is judged, an element is edited and handed over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

LIST = """中文名称,标识符（拼音首字母）,定义,对象类词,特性词,表示词,数据类型,数据格式,值域类型,提交机构
身份证号,SFZH,居民身份证上的号码,人员,身份,number,string,c18,free,DP0007
渣土车准运证颁发日期,,渣土运输车辆准运证颁发的那一天,准运证,颁发,date,date,d8,free,DP0007
"""
WORDS = {
    "zh": {"login": "用户名", "password": "密码", "sign-in": "登录", "file": "数据元清单", "check": "开始校验",
           "decision": "结论", "reuse": "复用已有", "new": "新建", "why": "同义词「身份证号」", "format": "数据格式",
           "judge": "检查", "hand": "送审", "waiting": "待审", "download": "下载结论表",
           "says": "3 至 8 位字母或数字"},
    "en": {"login": "User name", "password": "Password", "sign-in": "Sign in", "file": "List of data elements",
           "check": "Check", "decision": "Decision", "reuse": "Reuse", "new": "New", "why": "synonym “身份证号”",
           "format": "Format", "judge": "Check", "hand": "Hand over", "waiting": "Handed over",
           "download": "Download the decisions", "says": "3 to 8 letters or digits"},
}  # fmt: skip


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    with served(runtime) as found:
        yield found


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, language: str, address: str) -> Iterator[Page]:
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = browser.new_context(locale=locale, base_url=address)
    page = context.new_page()
    words = WORDS[language]
    page.goto("/sign-in")
    page.get_by_label(words["login"]).fill("biaozhun")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"]).click()
    yield page
    context.close()


def test_a_vendors_list_is_judged_row_by_row(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/data-elements/check")
    file = {"name": "vendor.csv", "mimeType": "text/csv", "buffer": LIST.encode("gb18030")}

    page.get_by_label(words["file"]).set_input_files(file)
    page.get_by_role("button", name=words["check"], exact=True).click()

    first = page.get_by_role("row").filter(has_text="SFZH")
    expect(first).to_contain_text("公民身份号码")
    expect(first).to_contain_text(words["why"])
    expect(first.get_by_role("radio", name=words["reuse"])).to_be_checked()
    second = page.get_by_role("row").filter(has_text="渣土车准运证颁发日期")
    expect(second.get_by_role("radio", name=words["new"])).to_be_checked()
    expect(second).to_contain_text("d8")
    with page.expect_download() as saved:
        page.get_by_role("button", name=words["download"]).click()
    assert saved.value.suggested_filename.endswith(".xlsx")


def test_an_element_is_edited_with_its_format_explained_and_handed_over(page: Page, language: str) -> None:
    words = WORDS[language]
    number = {"zh": "DE00002", "en": "DE00026"}[language]
    page.goto(f"/data-elements/{number}/edit")
    before = page.locator("#f-format").input_value()

    page.locator("#f-format").fill("an3..8")
    page.locator("#f-format").press("Tab")
    expect(page.get_by_text(words["says"]).first).to_be_visible()
    page.locator("#f-format").fill("d8")
    page.get_by_role("button", name=words["judge"], exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("d8")
    expect(page.locator("#f-format")).to_have_attribute("aria-invalid", "true")
    page.locator("#f-format").fill(before)
    page.get_by_role("button", name=words["hand"]).click()

    expect(page.locator(".byline, .head").first).to_contain_text(words["waiting"])

"""Finding things by keyboard, in both languages: suggestions, rows, columns, views, several at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"search": "搜索", "columns": "列", "apply": "应用", "format": "数据格式", "save": "保存视图",
           "name": "名称", "keep": "保存", "views": "我的视图", "confirm": "确认", "do": re.compile("确认这 2 条"),
           "done": "已确认 2 条", "export": "导出所选", "login": "用户名", "password": "密码", "sign-in": "登录",
           "type": "数据类型"},
    "en": {"search": "Search", "columns": "Columns", "apply": "Apply", "format": "Data format",
           "save": "Save view", "name": "Name", "keep": "Save", "views": "Saved views", "confirm": "Confirm",
           "do": re.compile("Confirm these 2"), "done": "2 confirmed", "export": "Export selected",
           "login": "User name", "password": "Password", "sign-in": "Sign in", "type": "Data type"},
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
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def sign_in(page: Page, words: dict[str, str]) -> None:
    page.goto("/sign-in?next=/data-elements")
    page.get_by_label(words["login"]).fill("biaozhun")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"]).click()
    page.wait_for_url("**/data-elements")


def test_a_record_is_found_without_the_mouse(page: Page, language: str) -> None:
    page.goto("/code-lists")

    page.keyboard.press("/")
    box = page.get_by_role("combobox", name=WORDS[language]["search"])
    expect(box).to_be_focused()
    page.keyboard.type("sfzh")
    expect(page.get_by_role("option", name="公民身份号码")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("公民身份号码")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(page: Page, language: str) -> None:
    page.goto("/code-lists")
    box = page.get_by_role("combobox", name=WORDS[language]["search"])
    box.focus()
    page.keyboard.type("身份")
    expect(page.get_by_role("option").first).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value("身份")


def test_arrows_move_between_rows_and_enter_opens(page: Page, language: str) -> None:
    page.goto("/data-elements")

    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/data-elements/DE00002$"))


def test_chosen_columns_stand_in_the_address_and_in_a_saved_view(page: Page, language: str) -> None:
    words = WORDS[language]
    sign_in(page, words)
    page.get_by_text(words["columns"], exact=True).click()
    page.get_by_role("checkbox", name=words["type"], exact=True).check()
    page.get_by_role("button", name=words["apply"]).click()
    expect(page.get_by_role("columnheader", name=words["type"])).to_be_visible()

    page.get_by_text(words["save"]).click()
    page.get_by_role("textbox", name=words["name"], exact=True).fill(f"类型 {language}")
    page.get_by_role("button", name=words["keep"], exact=True).click()
    page.goto("/data-elements")
    page.get_by_role("link", name=f"类型 {language}").click()

    expect(page.get_by_role("columnheader", name=words["type"])).to_be_visible()
    page.goto("/views")
    expect(page.get_by_role("heading", level=1)).to_have_text(words["views"])
    expect(page.get_by_role("link", name=f"类型 {language}")).to_be_visible()


def test_two_records_are_confirmed_after_a_preview(page: Page, language: str) -> None:
    words = WORDS[language]
    sign_in(page, words)
    ticks = page.get_by_role("row").get_by_role("checkbox")

    ticks.nth(0).check()
    ticks.nth(1).click(modifiers=["Shift"])
    page.get_by_role("button", name=words["confirm"], exact=True).click()
    page.get_by_role("button", name=words["do"]).click()

    expect(page.get_by_role("status")).to_contain_text(words["done"])


def test_a_selection_is_downloaded(page: Page, language: str) -> None:
    page.goto("/data-elements")
    page.get_by_role("row").get_by_role("checkbox").nth(2).check()

    with page.expect_download() as downloading:
        page.get_by_role("button", name=WORDS[language]["export"]).click()

    lines = downloading.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("DE00003,")

"""Filling a form with a keyboard and a clipboard: pickers, blocks from Excel, suggestions, drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"login": "用户名", "password": "密码", "sign-in": "登录"},
    "en": {"login": "User name", "password": "Password", "sign-in": "Sign in"},
}
BLOCK = (
    '公民身份号码\tSFZH\t\t字符串型\n姓名\tXM\t\t字符串型\n"婚姻\n状况"\tHYZK\t\t字符串型\n'
    "出生日期\tCSRQ\t\t日期型\n电话\tDH\t\t没有这种类型"
)
PASTE = """text => {
  const held = new DataTransfer();
  held.setData('text/plain', text);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    with served(runtime) as found:
        yield found


BOTH = pytest.mark.parametrize("language", ["zh", "en"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def language(request: pytest.FixtureRequest) -> str:
    """Chinese, where a test does not ask for both."""
    return str(getattr(request, "param", "zh"))


@pytest.fixture(scope="module")
def signed_in(browser: Browser, address: str, language: str) -> dict[str, Any]:
    """What a browser keeps after a data officer has signed in."""
    context = browser.new_context(base_url=address, locale={"zh": "zh-CN", "en": "en-GB"}[language])
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label(WORDS[language]["login"]).fill("weijian")
    page.get_by_label(WORDS[language]["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=WORDS[language]["sign-in"]).click()
    page.wait_for_url("**/")
    kept: dict[str, Any] = dict(context.storage_state())
    context.close()
    return kept


@pytest.fixture
def page(browser: Browser, address: str, language: str, signed_in: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, locale={"zh": "zh-CN", "en": "en-GB"}[language], storage_state=signed_in
    )
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto("/datasets/new")
    expect(opened.get_by_role("toolbar")).to_be_visible()
    yield opened
    context.close()
    assert wrong == []


def cell(page: Page, row: int, column: str) -> Locator:
    rows = page.locator("table[data-grid='/fields'] tbody tr[data-row]")
    return rows.nth(row).locator(f"[data-column={column}] :is(input, select, textarea)")


def names(page: Page) -> list[str]:
    found = page.locator("table[data-grid='/fields'] [data-column=name] input")
    return list(found.evaluate_all("all => all.map(one => one.value)"))


def paste(page: Page, text: str) -> None:
    cell(page, 0, "name").click()
    page.evaluate(PASTE, text)


def test_a_department_is_chosen_by_its_initials(page: Page) -> None:
    box = page.locator("input[name='/department']")
    box.focus()
    box.fill("")

    box.press_sequentially("gzsbyqmz")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_contain_text("广州市白云区民政局")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    box.press("Enter")

    expect(box).to_have_value("DP0008")
    expect(page.locator("#f-department-chosen")).to_have_text("广州市白云区民政局")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_escape_closes_the_list_and_keeps_what_was_typed(page: Page) -> None:
    box = page.locator("input[name='/department']")
    box.focus()
    box.fill("")
    box.press_sequentially("gzsbyq")
    expect(page.get_by_role("listbox")).to_be_visible()

    box.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("gzsbyq")


def test_a_whole_name_is_recognised_on_leaving(page: Page) -> None:
    box = page.locator("input[name='/department']")
    box.fill("广州市白云区民政局")

    box.press("Tab")

    expect(box).to_have_value("DP0008")


def test_a_block_from_excel_fills_rows_and_can_be_taken_back(page: Page) -> None:
    before = names(page)

    paste(page, BLOCK)

    assert names(page)[:5] == ["公民身份号码", "姓名", "婚姻 状况", "出生日期", "电话"]
    expect(cell(page, 3, "column")).to_have_value("CSRQ")
    expect(cell(page, 4, "data_type")).to_have_value("")
    assert cell(page, 4, "data_type").locator("xpath=..").get_attribute("data-unknown") == "没有这种类型"
    page.keyboard.press("Control+z")
    assert names(page) == before
    page.keyboard.press("Control+y")
    assert names(page)[4] == "电话"


@BOTH
def test_labels_become_codes_where_the_page_is_chinese(page: Page, language: str) -> None:
    label = cell(page, 0, "data_type").locator("option").nth(1)
    code, said = label.get_attribute("value"), label.inner_text().split(" · ")[0]

    paste(page, f"甲\tJIA\t\t{said}\n乙\tYI\t\t{code}")

    expect(cell(page, 0, "data_type")).to_have_value(str(code))
    expect(cell(page, 1, "data_type")).to_have_value(str(code))


def test_a_row_of_headings_says_which_column_is_which(page: Page) -> None:
    head = page.locator("table[data-grid='/fields'] thead th")
    titles = [head.nth(at).evaluate("e => e.firstChild.textContent.trim()") for at in (1, 2)]

    paste(page, f"{titles[1]}\t{titles[0]}\nSFZH\t公民身份号码")

    assert names(page)[0] == "公民身份号码"
    expect(cell(page, 0, "column")).to_have_value("SFZH")


def test_a_suggested_element_is_taken_with_a_key(page: Page) -> None:
    cell(page, 0, "name").click()
    page.keyboard.type("身份证号")
    expect(page.locator(".suggestion").first).to_contain_text("公民身份号码")

    page.keyboard.press("Alt+Enter")

    expect(cell(page, 0, "element")).to_have_value("DE00001")
    expect(page.locator(".suggestion")).to_have_count(0)


def test_cells_are_walked_edited_and_given_up_as_in_a_spreadsheet(page: Page) -> None:
    paste(page, "甲\tA\n乙\tB")
    cell(page, 0, "name").click()

    page.keyboard.press("ArrowDown")
    expect(cell(page, 1, "name")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(page, 1, "column")).to_be_focused()
    page.keyboard.type("C")
    expect(cell(page, 1, "column")).to_have_value("C")
    page.keyboard.press("Escape")
    expect(cell(page, 1, "column")).to_have_value("B")
    page.keyboard.press("F2")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "column")).to_have_value("B2")
    expect(cell(page, 2, "column")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Delete")
    expect(cell(page, 0, "column")).to_have_value("")
    expect(cell(page, 1, "column")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, "column")).to_have_value("B2")


def test_a_name_that_is_there_already_is_warned_of(page: Page) -> None:
    box = page.locator("input[name='/name']")
    page.locator("input[name='/department']").fill("DP0008")

    box.fill("白云区婚姻登记信息")

    expect(page.locator("#f-name-live").get_by_role("link")).to_have_attribute(
        "href", re.compile("/datasets/DS000101")
    )


@BOTH
def test_what_was_typed_is_kept_without_being_asked(page: Page, language: str) -> None:
    page.locator("input[name='/name']").fill("试验之草稿")

    page.keyboard.press("Control+s")
    link = page.locator("#draft-said a")
    expect(link).to_have_text(re.compile(r"\d\d:\d\d$"))
    page.goto(str(link.get_attribute("href")))

    expect(page.locator("input[name='/name']")).to_have_value("试验之草稿")


TIMED = """() => new Promise((done) => {
  const spent = [];
  const table = document.querySelector("table[data-grid='/fields']");
  const next = (left) => {
    if (!left) { done(spent); return; }
    const begin = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    table.getBoundingClientRect();
    spent.push(performance.now() - begin);
    requestAnimationFrame(() => next(left - 1));
  };
  next(20);
})"""


def test_arrows_walk_down_three_hundred_pasted_rows_one_by_one(page: Page, record_property: Any) -> None:
    paste(page, "\n".join(f"数据项{n}\tF{n}" for n in range(300)))
    cell(page, 0, "name").focus()

    spent = sorted(page.evaluate(TIMED))

    record_property("arrow_ms", spent)
    expect(cell(page, 20, "name")).to_be_focused()
    assert names(page)[299] == "数据项299"

"""The rooms of organisation and trace in a real browser: by role and label, in both languages, on a telephone too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from tests.flows import district
from tests.officers import test_pages as officers
from tests.served import served

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"rooms": "组织与首席数据官", "vacant": "1 个空缺", "posts": "1 个岗位", "ledger": "操作留痕",
           "kind": "种类", "dataset": "数据目录", "filter": "筛选", "did": "修订了", "version": "第 2 版",
           "next": "接下来要做的", "usages": "使用情况", "proof": "链的证明", "compare": "改了什么",
           "login": "用户名", "password": "密码", "sign-in": "登录"},
    "en": {"rooms": "Organisation and CDOs", "vacant": "1 vacant", "posts": "1 posts", "ledger": "Ledger",
           "kind": "Kind", "dataset": "Datasets", "filter": "Filter", "did": "revised", "version": "Version 2",
           "next": "What to do next", "usages": "Used by", "proof": "Proof of the chain",
           "compare": "What changed", "login": "User name", "password": "Password", "sign-in": "Sign in"},
}  # fmt: skip
PAGES = ("/organisation", "/departments/DP0008", "/ledger", "/data-elements/DE00001/usages",
         "/datasets/DS000101/history", "/datasets/DS000101/diff")  # fmt: skip


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    officers.fill(runtime)
    with served(runtime) as found:
        yield found


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(browser: Browser, language: str, address: str) -> Iterator[Page]:
    """A page of an officer of 民政局, without JavaScript; signed in once."""
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = browser.new_context(locale=locale, base_url=address, java_script_enabled=False)
    page = context.new_page()
    words = WORDS[language]
    page.goto("/sign-in")
    page.get_by_label(words["login"]).fill("minzheng")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"], exact=True).click()
    yield page
    context.close()


def test_the_vacancy_in_the_sentence_opens_its_row(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/")

    page.get_by_role("navigation").get_by_role("link", name=words["rooms"], exact=True).click()
    page.get_by_role("link", name=words["vacant"]).click()

    table = page.get_by_role("table", name=words["posts"])
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("岗位 AP00901")


def test_a_member_reads_on_the_department_s_page_what_to_do_next(page: Page, language: str) -> None:
    page.goto("/departments/DP0008")

    expect(page.get_by_role("region", name=WORDS[language]["next"])).to_be_visible()


def test_the_ledger_tells_who_revised_what(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name=words["ledger"], exact=True).click()

    page.get_by_label(words["kind"]).select_option("dataset")
    page.get_by_role("button", name=words["filter"]).click()

    row = page.get_by_role("listitem").filter(has_text=words["did"])
    expect(row).to_contain_text(words["version"])
    expect(row.get_by_role("link")).to_have_attribute("href", "/datasets/DS000101")
    expect(page.get_by_role("region", name=words["proof"])).to_contain_text("catalog verify")


def test_the_picture_of_usages_leads_to_the_dataset_by_keyboard(page: Page, language: str) -> None:
    page.goto("/data-elements/DE00001/usages")
    node = page.locator("svg.graph a[href='/datasets/DS000101']")

    node.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("婚姻登记信息")


def test_the_history_leads_to_what_changed(page: Page, language: str) -> None:
    page.goto("/datasets/DS000101/history")

    page.get_by_role("link", name=WORDS[language]["compare"]).click()

    expect(page.locator("ins").first).to_be_visible()
    expect(page.locator("del").first).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_a_room_fits_its_screen(page: Page, path: str) -> None:
    page.goto(path)

    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_organisation_prints_on_one_sheet(page: Page, language: str) -> None:
    page.goto("/organisation")

    sheet = page.pdf(prefer_css_page_size=True)

    assert sheet.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 1191" in sheet

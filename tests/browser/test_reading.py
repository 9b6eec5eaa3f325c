"""Reading in a real browser: found by role and label, in both languages, wide and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "list": "/data-elements",
    "detail": "/data-elements/DE00001",
    "search": "/search?q=身份证",
    "codes": "/code-lists/CL0008/codes",
    "help": "/help/formats",
    "missing": "/nowhere",
}
WORDS = {
    "zh": {"search": "搜索", "standards": "标准", "elements": "数据元", "history": "历史", "sign-in": "登录",
           "login": "用户名", "password": "密码", "topics": "一人一册 · 一企一档", "other": "English"},
    "en": {"search": "Search", "standards": "Standards", "elements": "Data elements", "history": "History",
           "sign-in": "Sign in", "login": "User name", "password": "Password",
           "topics": "Person and enterprise topics", "other": "中文"},
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
    context = browser.new_context(locale=locale, base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_breaks_no_policy(
    browser: Browser, address: str, language: str, name: str
) -> None:
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = browser.new_context(locale=locale, base_url=address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("request", lambda sent: complaints.append(sent.url) if not sent.url.startswith(address) else None)

    page.goto(PAGES[name])

    overflows = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        overflows.append(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
    context.close()
    assert max(overflows) <= 0
    assert [said for said in complaints if "404" not in said] == []


def test_a_reader_finds_an_element_by_searching(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/")

    page.get_by_role("searchbox", name=words["search"]).fill("sfzh")
    page.get_by_role("button", name=words["search"]).click()
    page.get_by_role("link", name="公民身份号码").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("公民身份号码")
    expect(page.get_by_text("an18").or_(page.get_by_text("c18")).first).to_be_visible()


def test_a_reader_narrows_a_list_and_opens_the_history(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/")

    page.get_by_role("navigation").get_by_role("link", name=words["standards"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["elements"])
    page.get_by_role("link", name="公民身份号码", exact=True).click()
    page.get_by_role("link", name=words["history"], exact=True).click()

    expect(page.get_by_role("listitem").filter(has=page.locator("time")).first).to_be_visible()


def test_a_reader_changes_the_language_and_it_stays(page: Page, language: str) -> None:
    page.goto("/data-elements/DE00001")

    page.get_by_role("link", name=WORDS[language]["other"]).click()
    page.goto("/help")

    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "zh" else "zh-CN")


def test_an_officer_signs_in_and_reads_a_topic(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/topics/TP-PERSON")
    page.get_by_role("main").get_by_role("link", name=words["sign-in"]).click()

    page.get_by_label(words["login"]).fill("minzheng")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"]).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("一人一册")
    expect(page.locator("svg.flower path.cell")).to_have_count(3)
    expect(page.get_by_role("table").filter(has_text="白云区婚姻登记信息")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(page: Page, language: str) -> None:
    page.goto("/data-elements")

    page.keyboard.press("Tab")

    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()

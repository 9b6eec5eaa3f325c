"""The first page, an agreement, a topic and the attachments in a real browser, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

AGREEMENT = "AG2026-0042"
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORDS = {
    "zh": {"next": "下一步", "register": "登记数据资源", "parties": "双方", "term": "使用期限", "login": "用户名",
           "password": "密码", "sign-in": "登录", "add": "附上扫描件", "choose": "选择文件", "paper": "文件名称",
           "send": "附上", "off": "撤下", "refused": "没有附上", "print": "打印登记表", "clerk": "经办人",
           "slots": "数据位"},
    "en": {"next": "What to do next", "register": "Register a dataset", "parties": "Parties", "term": "Term",
           "login": "User name", "password": "Password", "sign-in": "Sign in", "add": "Attach a scan",
           "choose": "Choose a file", "paper": "Paper", "send": "Attach", "off": "Take off", "refused": "Not attached",
           "print": "Print the form", "clerk": "Prepared by", "slots": "Slots"},
}  # fmt: skip


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    agreement = factories.document("sharing-agreement") | {
        "identifier": AGREEMENT, "name": "婚姻登记信息共享协议", "dataset": district.DATASET,
        "consumer_system": "SY0004",
    }  # fmt: skip
    factories.enter(runtime, Incoming("sharing-agreement", agreement))
    with served(runtime) as found:
        yield found


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, language: str, address: str) -> Iterator[Page]:
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = browser.new_context(locale=locale, base_url=address, java_script_enabled=False)
    page = context.new_page()
    words = WORDS[language]
    page.goto("/sign-in")
    page.get_by_label(words["login"]).fill("zhuguan")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"]).click()
    yield page
    context.close()


def test_the_first_page_says_what_to_do_next(page: Page, language: str) -> None:
    page.goto("/")

    expect(page.get_by_role("heading", name=WORDS[language]["next"])).to_be_visible()


def test_an_agreement_reads_from_its_parties_to_its_term(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto(f"/sharing-agreements/{AGREEMENT}")

    headings = page.get_by_role("main").get_by_role("heading", level=2).all_inner_texts()

    assert headings.index(words["parties"]) < headings.index(words["term"])


def test_a_topic_leads_from_a_cell_to_its_row(page: Page, language: str) -> None:
    page.goto("/topics/TP-PERSON")

    page.locator("svg.flower a").first.focus()
    page.keyboard.press("Enter")

    assert page.url.endswith("#basic-id")
    expect(page.locator("#basic-id")).to_be_in_viewport()


def test_a_scan_is_attached_refused_and_taken_off(page: Page, language: str, tmp_path: Path) -> None:
    words = WORDS[language]
    scan, lie = tmp_path / f"协议-{language}.pdf", tmp_path / "假的.png"
    scan.write_bytes(PAPER)
    lie.write_bytes(PAPER)
    page.goto(f"/sharing-agreements/{AGREEMENT}")
    page.get_by_role("link", name=words["add"]).click()

    page.get_by_label(words["choose"]).set_input_files(lie)
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["refused"])
    page.get_by_label(words["choose"]).set_input_files(scan)
    page.get_by_label(words["paper"], exact=True).fill("双方盖章页")
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_role("row").filter(has_text="双方盖章页")).to_be_visible()
    page.get_by_role("link", name=words["off"]).click()
    page.get_by_role("button", name=words["off"]).click()

    expect(page.get_by_text("双方盖章页")).to_have_count(0)


def test_a_record_prints_as_a_form_to_sign(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto(f"/sharing-agreements/{AGREEMENT}")

    page.get_by_role("link", name=words["print"]).first.click()
    page.emulate_media(media="print")

    expect(page.get_by_role("columnheader", name=words["clerk"])).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")

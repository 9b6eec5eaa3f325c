"""Story 3 in a real browser: one dataset by form, controls found by role and label, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from catalog.standards import schemas
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

ANNOTATIONS = schemas.current("dataset").annotations
WORDS = {
    "zh": {"login": "用户名", "password": "密码", "sign-in": "登录", "new": "新建", "check": "检查", "draft": "保存草稿",
           "register": "登记", "wrong": "处需要修改", "kept": "草稿已保存。", "done": "已登记。", "reason": "登记理由",
           "row": "，第 {n} 行"},
    "en": {"login": "User name", "password": "Password", "sign-in": "Sign in", "new": "New", "check": "Check",
           "draft": "Save draft", "register": "Register", "wrong": "things to correct", "kept": "The draft is kept.",
           "done": "Registered.", "reason": "Reason", "row": ", row {n}"},
}  # fmt: skip


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    with served(runtime) as found:
        yield found


def label(pointer: str, language: Any) -> str:
    return ANNOTATIONS.by_pattern[pointer].label(language)


def signed_in(browser: Browser, address: str, language: str, *, scripts: bool, width: int = 1280) -> Page:
    words = WORDS[language]
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
        base_url=address,
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label(words["login"]).fill("weijian")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.locator("main").get_by_role("button", name=words["sign-in"], exact=True).click()
    return page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_data_officer_registers_a_dataset_without_a_script(
    browser: Browser, address: str, language: str
) -> None:
    words, name = WORDS[language], f"新生儿疾病筛查信息（{language}）"
    page = signed_in(browser, address, language, scripts=False)
    page.goto("/datasets")
    page.get_by_role("link", name=words["new"], exact=True).click()

    page.get_by_label(label("/name", language)).first.fill(name)
    page.get_by_role("button", name=words["draft"]).click()
    expect(page.get_by_text(words["kept"])).to_be_visible()
    page.get_by_role("button", name=words["check"], exact=True).last.click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(words["wrong"])
    summary.get_by_role("link").first.click()
    assert "#f-" in page.url
    expect(page.locator("#f-name")).to_have_value(name)

    complete(page, language)
    page.get_by_role("button", name=words["register"], exact=True).click()

    problems = page.locator("#summary li")
    assert problems.all_inner_texts() == []
    expect(page.get_by_role("status").first).to_contain_text(words["done"])
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto("/drafts")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.context.close()


def complete(page: Page, language: str) -> None:
    """What a published dataset must say, typed by label."""
    words = WORDS[language]

    def box(pointer: str) -> Any:
        return page.locator(f'[name="{pointer}"]')

    texts = {
        "/summary": "全区新生儿疾病筛查的结果。", "/use_conditions": "仅用于妇幼健康服务。",
        "/grade/rationale": "按 GB/T 43697 判定。", "/approval/post": "分管领导",
        "/assessments/secrecy_risk/number": "评估〔2026〕1号", "/assessments/secrecy_risk/result": "可以共享",
        "/assessments/personal_information/number": "评估〔2026〕2号",
        "/assessments/personal_information/result": "可以共享",
    }  # fmt: skip
    for pointer, value in texts.items():
        page.get_by_label(label(pointer, language)).and_(box(pointer)).fill(value)
    for pointer in ("/grade/confirmed_on", "/secrecy/declared_on", "/approval/approved_on",
                    "/assessments/secrecy_risk/done_on", "/assessments/personal_information/done_on"):  # fmt: skip
        box(pointer).fill("2026-09-30")
    for pointer, value in {
        "/share/class": "1",
        "/origin": "1",
        "/secrecy/no_secret": "true",
        "/grade/grade": "general",
        "/grade/harm": "ordinary",
    }.items():
        page.locator(f'[name="{pointer}"][value="{value}"]').check()
    box("/share/ways").first.check()
    box("/grade/affected").select_option("individual")
    for pointer in ("/format/category", "/classification", "/update_cycle"):
        one = box(pointer)
        if one.first.evaluate("e => e.tagName") == "SELECT":
            one.select_option(index=1)
        elif one.first.get_attribute("type") == "radio":
            one.first.check()
    row = words["row"].format(n=1)
    page.get_by_label(label("/fields/*/name", language) + row).fill("筛查编号")
    page.get_by_label(label("/fields/*/data_type", language) + row).select_option(index=1)
    page.get_by_label(label("/fields/*/format", language) + row).fill("an..30")
    page.locator("#reason").fill("会议纪要第3号")


@pytest.mark.parametrize("path", ["/datasets/new", "/drafts", f"/datasets/{district.DATASET}/act/retire"])
def test_a_form_fits_its_screen(browser: Browser, address: str, path: str) -> None:
    page = signed_in(browser, address, "zh", scripts=True)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))

    page.goto(path)

    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one for one in complaints if "404" not in one and "403" not in one] == []
    page.context.close()

"""“May we use it” in a real browser without scripts: from an element's page to a permit, a denial and a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.flows import district
from tests.served import served

pytestmark = pytest.mark.browser

AGREEMENT = "AG2026-0043"
WORDS = {
    "zh": {"title": "可以用吗", "login": "用户名", "password": "密码", "sign-in": "登录", "purpose": "用途", "ask": "查询",
           "dataset": "或者数据资源", "permit": "可以使用", "deny": "不可以使用", "part": "部分可以使用", "mask": "保留首尾",
           "box": "我能用吗", "consumer": "使用部门", "request": "申请"},
    "en": {"title": "May we use it", "login": "User name", "password": "Password", "sign-in": "Sign in",
           "purpose": "Purpose", "ask": "Ask", "dataset": "Or a dataset", "permit": "May use", "deny": "May not use",
           "part": "May use in part", "mask": "Keep",
           "box": "May I use this", "consumer": "Department", "request": "Request"},
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


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 375)])
def test_an_officer_asks_and_understands(browser: Browser, address: str, language: str, width: int) -> None:
    words = WORDS[language]
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-GB"}[language], base_url=address, java_script_enabled=False,
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    page: Page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label(words["login"]).fill("zhuguan")
    page.get_by_label(words["password"]).fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name=words["sign-in"]).click()

    page.goto(f"/datasets/{district.DATASET}")
    box = page.get_by_role("region", name=words["box"])
    box.get_by_label(words["consumer"]).select_option("DP0011")
    box.get_by_label(words["purpose"]).select_option("P01")
    box.get_by_role("button", name=words["ask"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["title"])
    expect(page.get_by_label(words["dataset"])).to_have_value(district.DATASET)
    expect(page.locator("#consumer")).to_have_value("DP0011")
    expect(page.locator("#purpose")).to_have_value("P01")
    expect(page.locator("#answer")).to_contain_text(words["part"])
    page.get_by_role("checkbox", name="公民身份号码").check()
    page.get_by_role("checkbox", name="姓名").check()
    page.get_by_role("button", name=words["ask"], exact=True).click()

    expect(page.locator("#answer")).to_contain_text(words["part"])
    permit, denial = page.locator(".verdict").all()
    expect(permit.locator(".state")).to_have_text(words["permit"])
    expect(permit).to_contain_text(words["mask"])
    expect(permit.get_by_role("link", name="婚姻登记信息共享协议")).to_have_attribute(
        "href", f"/sharing-agreements/{AGREEMENT}"
    )
    expect(denial.locator(".state")).to_have_text(words["deny"])
    expect(denial.get_by_role("link", name=words["request"])).to_have_attribute(
        "href", re.compile(f"^/sharing-requests/new.dataset={district.DATASET}&field=.*&purpose=P01$")
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto("/decisions/new?consumer=DP0011&purpose=P01&element=DE00001&at=1999-01-01")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()


def test_the_answer_stands_beside_the_record_where_scripts_run(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN", base_url=address)
    page = context.new_page()
    page.goto("/data-elements/DE00001")
    box = page.get_by_role("region", name="我能用吗")
    box.get_by_role("link", name="登录后查询").click()
    page.get_by_label("用户名").fill("zhuguan")
    page.get_by_label("密码").fill(district.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()

    expect(page).to_have_url(re.compile("/data-elements/DE00001$"))
    box.get_by_label("使用部门").select_option("DP0011")
    box.get_by_label("用途").select_option("P01")
    box.get_by_role("button", name="查询").click()
    expect(box.get_by_role("status")).to_contain_text("可以使用")
    expect(box.get_by_role("status")).to_contain_text("保留首尾")
    expect(page).to_have_url(re.compile("/data-elements/DE00001$"))

    page.goto("/topics/TP-PERSON")
    page.get_by_role("link", name="换个部门看").click()
    page.get_by_label("使用部门").select_option("DP0011")
    page.get_by_label("用途").select_option("P01")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("row").filter(has_text="没有来源").first).to_be_visible()
    expect(page.locator(".flower .cell.none").first).to_be_visible()
    context.close()


def test_a_stranger_is_asked_to_sign_in(browser: Browser, address: str) -> None:
    page = browser.new_context(base_url=address).new_page()
    answer = page.goto("/decisions/new?consumer=DP0011&purpose=P01&element=DE00001")

    assert answer is not None
    assert answer.status == 401 or "/sign-in" in page.url
    context = page.context
    context.close()

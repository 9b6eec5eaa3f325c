"""A sharing request through the pages: asked with the keyboard, answered item by item, in use. Decree 809 art. 20 to 22."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from catalog.runtime import Runtime
from tests.browser.visiting import enter, fits, opened, press
from tests.sharing import requesting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    with opened(runtime) as found:
        yield found


def test_civil_affairs_asks_human_resources_for_six_fields_and_gets_four(
    browser: Browser, address: str
) -> None:
    author = enter(browser, address, "minzheng")
    author.goto(f"/datasets/{requesting.DATASET}")
    author.get_by_role("link", name="申请共享").click()
    author.get_by_label("使用场景").fill("审核低保申请人的参保状态。")
    author.get_by_role("button", name="报负责人").click()

    # everything that is missing is said at once; what was typed stands
    said = author.get_by_role("alert")
    expect(said.get_by_role("link")).to_have_count(6)
    expect(author.get_by_label("使用场景")).to_have_value("审核低保申请人的参保状态。")
    fits(author)

    for name in requesting.ASKED:  # by keyboard alone
        box = author.get_by_role("checkbox", name=name, exact=True)
        box.focus()
        box.press("Space")
    author.locator("#purpose").select_option("P02")
    author.get_by_label("文件名称 1").fill("社会救助暂行办法")
    author.locator("[id='basis.0.rank']").select_option("administrative_regulation")
    author.locator("#scope").fill("区民政局社会救助科")
    way = author.get_by_role("radio", name="服务接口")
    way.focus()
    way.press("Space")
    author.get_by_label("自", exact=True).fill("2099-01-01")
    author.get_by_label("至", exact=True).fill("2098-12-31")
    author.get_by_role("button", name="报负责人").press("Enter")
    expect(author.get_by_role("alert")).to_contain_text("2098-12-31 早于 2099-01-01")
    author.get_by_label("至", exact=True).fill("2099-12-31")
    author.get_by_role("button", name="报负责人").press("Enter")
    expect(author.get_by_role("heading", level=1)).to_contain_text("城镇职工基本养老保险参保信息")
    case = author.url

    signer = enter(browser, address, "gongxiang")
    signer.goto(case)
    press(signer, "file")

    provider = enter(browser, address, "renshebm", width=375)
    provider.goto(case)
    fits(provider)
    press(provider, "ask-supplement", "缺使用场景的具体环节。")
    signer.goto(case)
    expect(signer.get_by_role("main")).to_contain_text("需要补充的材料：缺使用场景的具体环节。")
    signer.get_by_role("link", name="修改申请").click()
    signer.get_by_label("使用场景").fill("低保新申请和年度复核时审核参保状态。")
    signer.get_by_role("button", name="保存").last.click()
    press(signer, "supplement")

    provider.goto(case)
    provider.get_by_role("button", name="同意共享", exact=True).click()
    expect(provider.get_by_role("alert").get_by_role("link")).to_have_count(6)
    provider.get_by_role("button", name="同意全部").click()
    expect(provider.get_by_label("脱敏方式 · 公民身份号码")).to_have_value("keep_ends")
    for name in requesting.WITHHELD:
        group = provider.get_by_role("group", name=f"答复 · {name}")
        group.get_by_role("radio", name="不予提供").check()
        provider.get_by_label(f"不予提供的依据 · {name}").select_option(label="超出办理事项所必需")
    provider.get_by_label(f"不予提供的理由 · {requesting.WITHHELD[0]}").fill("超出社会救助审核所需。")
    provider.get_by_label("评估报告编号").fill("个保评估〔2026〕12号")
    provider.get_by_label("完成日期").fill("2026-09-20")
    provider.get_by_role("button", name="同意共享", exact=True).click()
    expect(provider.get_by_role("alert").get_by_role("link")).to_have_count(1)  # the second reason
    expect(provider.get_by_label(f"不予提供的理由 · {requesting.WITHHELD[0]}")).to_have_value(
        "超出社会救助审核所需。"
    )
    fits(provider)
    provider.get_by_label(f"不予提供的理由 · {requesting.WITHHELD[1]}").fill("系统字段，与用途无关。")
    provider.get_by_role("button", name="同意共享", exact=True).click()
    expect(provider.get_by_role("heading", name="协议草案")).to_be_visible()
    press(provider, "deliver")

    author.goto(case)
    row = author.get_by_role("row").filter(has_text=requesting.WITHHELD[0])
    expect(row).to_contain_text("超出社会救助审核所需。")
    press(author, "confirm")
    author.get_by_role("link", name="AG2", exact=False).first.click()
    expect(author.get_by_role("row")).not_to_have_count(0)
    expect(author.get_by_role("main")).to_contain_text("保留首尾")
    author.get_by_role("link", name="照此为本部门申请").click()
    expect(author.get_by_role("checkbox", checked=True)).to_have_count(4)


def test_what_is_not_shared_says_why_and_what_to_do(browser: Browser, address: str) -> None:
    author = enter(browser, address, "minzheng")
    author.goto(f"/datasets/{requesting.CLOSED}")
    expect(author.get_by_role("link", name="申请共享")).to_have_count(0)
    answer = author.goto(f"/sharing-requests/new?dataset={requesting.CLOSED}")

    assert answer is not None
    assert answer.status == 409
    expect(author.get_by_role("main")).to_contain_text("《某法》第九条")
    expect(author.get_by_role("main")).to_contain_text("协调处理")

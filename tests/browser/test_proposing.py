"""A dataset through the pages: drafted incomplete, consented, returned with a remark, mended in the form, published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.runtime import Runtime
from tests.browser.visiting import enter, fits, opened, press
from tests.sharing import requesting

pytestmark = pytest.mark.browser
NAME = "城镇居民基本养老保险参保信息（试）"
ASSESSMENTS = ("secrecy_assessment", "privacy_assessment")


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    runtime.settings = runtime.settings.model_copy(update={"desk": "on"})
    with opened(runtime) as found:
        yield found


def drafted(author: Page) -> str:
    """An incomplete draft as a proposal, which says what it lacks."""
    author.goto("/datasets")
    author.get_by_role("link", name="新建送审").click()
    author.get_by_label("目录名称").fill(NAME)
    author.get_by_role("button", name="送审").click()
    expect(author.get_by_role("heading", level=1)).to_have_text(NAME)
    main = author.get_by_role("main")
    expect(main).to_contain_text("发布前还缺")
    expect(main).to_contain_text("缺少「数据项」")
    expect(main).not_to_contain_text("缺少「部门负责人审核」")  # the proposal itself brings it
    expect(author.get_by_role("button", name="送审")).to_be_disabled()
    fits(author)
    return author.url


def assessed(author: Page) -> None:
    author.locator("[id='f-summary']").fill("首次编目")
    for name in ASSESSMENTS:
        author.locator(f"[id='f-{name}.result']").fill("通过")
        author.locator(f"[id='f-{name}.on']").fill("2026-09-01")
        author.locator(f"[id='f-{name}.number']").fill("云人社评〔2026〕3号")
    author.get_by_role("button", name="保存").press("Enter")


def test_a_dataset_is_drafted_returned_mended_and_published(browser: Browser, address: str) -> None:
    author = enter(browser, address, "renshe", width=375)
    incomplete = drafted(author)
    press(author, "withdraw")
    expect(author.get_by_role("main")).to_contain_text("已撤回")
    assert author.url == incomplete

    author.goto(f"/datasets/new?copy={requesting.DATASET}")
    author.get_by_label("目录名称").fill(NAME)
    author.get_by_role("button", name="送审").click()
    case = author.url
    assessed(author)
    press(author, "submit")

    head = enter(browser, address, "juzhang")
    head.goto(case)
    press(head, "consent")

    bureau = enter(browser, address, "zhuguan")
    bureau.goto(case)
    expect(bureau.get_by_role("main")).to_contain_text("有条件共享")  # a code by its name
    bureau.locator("details.remarking > summary").click()
    bureau.locator("[name=pointer]").select_option(label="摘要")
    bureau.locator("details.remarking textarea").fill("请写明每日几时前更新完毕。")
    bureau.get_by_role("button", name="提交", exact=False).first.click()
    press(bureau, "return", "摘要须补充更新时间。")

    author.goto(case)
    author.get_by_role("link", name="在表单中修改").click()
    expect(author.get_by_role("main")).to_contain_text("请写明每日几时前更新完毕。")
    author.locator("[name='/summary']").fill("参保登记和参保状态，每日八时前更新完毕，自2004年起。")
    author.get_by_role("button", name="保存到提案").click()
    expect(author.get_by_role("region", name="退回以后的修改")).to_contain_text("每日八时前更新完毕")
    press(author, "submit")
    head.goto(case)
    press(head, "consent")

    bureau.goto(case)
    bureau.goto("/datasets")
    expect(bureau.get_by_role("heading", level=1)).to_be_visible()
    expect(bureau.get_by_role("main")).not_to_contain_text(NAME)
    bureau.goto(case)
    press(bureau, "approve")
    bureau.get_by_role("link", name=NAME).click()
    expect(bureau.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(bureau.get_by_role("main")).to_contain_text("2026-09-01")  # the assessments said once


def test_a_status_is_proposed_from_the_page_of_a_dataset(browser: Browser, address: str) -> None:
    author = enter(browser, address, "renshe")
    author.goto(f"/datasets/{requesting.DATASET}")
    author.get_by_text("更多操作").click()
    author.get_by_role("link", name="变更状态").click()
    author.get_by_label("送审说明").fill("系统升级，停两周")
    author.get_by_role("button", name="送审").click()

    expect(author.locator("table.fields ins")).to_have_text("暂停")
    expect(author.locator("#f-summary")).to_have_value("系统升级，停两周")

    stranger = enter(browser, address, "zhuguan")
    stranger.goto(f"/datasets/{requesting.DATASET}")
    expect(stranger.get_by_text("更多操作")).to_have_count(0)

"""Importing in a real browser, without a script: found by role and label, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.identity import demo
from catalog.runtime import Runtime
from tests.imports import books, door

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {
        "login": "用户名", "password": "密码", "sign-in": "登录", "template": "模板", "import": "导入", "kind": "导入什么",
        "file": "文件", "statement": "我确认：文件不含国家秘密、工作秘密。", "go": "上传并校核", "save": "保存并重新校核",
        "reason": "登记理由", "all": "全部登记", "none": "没有变化", "cycle": "更新周期", "origin": "来源方式",
        "public": "是否向社会开放", "clean": "都可以登记", "kept": "沿用", "map": "保存对应关系并校核",
        "for": "「更新周期」对应到", "summary": "摘要", "sheet": "数据目录",
    },
    "en": {
        "login": "User name", "password": "Password", "sign-in": "Sign in", "template": "Template", "import": "Import",
        "kind": "What to import", "file": "File", "go": "Upload and check",
        "statement": "I confirm that the file contains no state secrets and no work secrets.",
        "save": "Save and check again", "reason": "Reason", "all": "Register all", "none": "Nothing has changed",
        "cycle": "Update cycle", "origin": "Origin", "public": "Open to the public", "clean": "can be registered",
        "kept": "Mapping kept on", "map": "Keep the mapping and check", "for": "更新周期 stands for",
        "summary": "Summary", "sheet": "Dataset",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[door.House]:
    with door.opened(runtime) as made:
        yield made


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, house: door.House, language: str) -> Iterator[Page]:
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = browser.new_context(locale=locale, base_url=house.address, java_script_enabled=False)
    opened = context.new_page()
    words = WORDS[language]
    opened.goto("/sign-in")
    opened.get_by_label(words["login"]).fill("weijian")
    opened.get_by_label(words["password"], exact=True).fill(demo.PASSWORD)
    opened.get_by_role("main").get_by_role("button", name=words["sign-in"], exact=True).click()
    yield opened
    context.close()


def bring(page: Page, words: dict[str, str], name: str, data: bytes) -> None:
    page.goto("/imports?kind=datasets")
    page.get_by_label(words["file"], exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_label(words["statement"]).check()
    page.get_by_role("button", name=words["go"]).click()


def test_an_officer_fills_the_template_mends_three_cells_and_registers(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/datasets")
    expect(page.get_by_role("main").get_by_role("link", name=words["import"], exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=words["template"]).click()
    names = [f"妇幼健康{language}{n}" for n in range(3)]
    good = books.filled(download.value.path().read_bytes(), [books.dataset(name) for name in names])
    wrong = books.changed(
        good, 0, {words["cycle"]: "偶尔吧", words["origin"]: "天上", words["public"]: "随便"}
    )

    bring(page, words, "妇幼.xlsx", wrong)

    table = page.get_by_role("table").filter(has=page.get_by_role("combobox"))
    for item, value in ((words["cycle"], "3"), (words["origin"], "1")):
        table.get_by_role("combobox", name=re.compile(re.escape(item))).select_option(value)
    table.get_by_role("combobox", name=re.compile(re.escape(words["public"]))).select_option(index=2)
    page.get_by_role("button", name=words["save"]).click()
    expect(page.get_by_text(words["clean"])).to_be_visible()
    page.get_by_label(words["reason"]).fill("卫健局局务会第6次会议")
    page.get_by_role("button", name=words["all"]).click()
    expect(page.get_by_role("link", name=names[0])).to_be_visible()

    page.get_by_role("link", name=names[0]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])


def test_the_same_file_again_says_that_nothing_changed(page: Page, language: str, house: door.House) -> None:
    words = WORDS[language]
    weijian = house.visitor("weijian")
    template = weijian.get("/datasets/template.xlsx").content
    data = books.filled(template, [books.dataset(f"再传一次{language}")])
    address = weijian.bring("再传.xlsx", data, kind="dataset")
    weijian.post(f"{address}/register", what="all", note="会议纪要")

    bring(page, words, "再传.xlsx", data)

    expect(page.get_by_text(words["none"]).last).to_be_visible()
    expect(page.get_by_role("button", name=words["all"])).to_have_count(0)


def test_the_official_catalogue_is_mapped_once_and_remembered(page: Page, language: str) -> None:
    words = WORDS[language]
    page.goto("/imports?kind=datasets")
    vendor = f"厂商{language}"

    def upload(name: str, *datasets: str) -> None:
        page.goto("/imports?kind=datasets")
        page.locator("#vendor").fill(vendor)
        page.get_by_label(words["file"], exact=True).set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": books.official(*datasets)}
        )
        page.get_by_label(words["statement"]).check()
        page.get_by_role("button", name=words["go"]).click()

    upload("本月.xlsx", f"传染病报告{language}", f"健康体检{language}")
    if language == "zh":
        expect(page.get_by_role("combobox", name=words["for"])).to_have_value("/update_cycle")
        page.get_by_role("button", name=words["map"]).click()
    upload("下月.xlsx", f"慢性病随访{language}")

    expect(page.get_by_text(words["kept"])).to_be_visible()
    expect(page.get_by_text(f"慢性病随访{language}").first).to_be_visible()

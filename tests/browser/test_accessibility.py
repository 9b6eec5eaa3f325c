"""Every page for everybody: axe-core finds nothing in either theme, and nothing runs off a telephone.

The light theme is examined by all rules of WCAG 2.2 AA; the dark one, which has the same parts in other
colours, for contrast on the pages that between them show every part. ``/docs`` is left out: what it shows is
drawn by a library. The register is the demonstration with its cases; ``case:`` is the case of that title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import col, select

from catalog.cases.models import Case
from catalog.commands import demonstration
from catalog.identity.demo import PASSWORD
from catalog.runtime import Runtime
from tests.served import served

pytestmark = pytest.mark.browser

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

ADDRESSES: dict[str, tuple[str, ...]] = {
    "weijian": (
        "/",
        "/datasets",
        "/datasets?rows=dense",
        "/datasets/DS000001",
        "/datasets/DS000001/fields",
        "/datasets/DS000001/usages",
        "/datasets/DS000001/history",
        "/systems",
        "/systems/SY0001",
        "/data-elements",
        "/data-elements/DE00001",
        "/code-lists/CL0002",
        "/code-lists/CL0008/codes",
        "/sharing-agreements",
        "/sharing-agreements/AG2026-0001",
        "/sharing-requests/new?dataset=DS000001",
        "/cases/case:特困人员救助供养信息",
        "/cases/case:新生儿疾病筛查信息",
        "/corrections/new?dataset=DS000001",
        "/decisions/new",
        "/demands",
        "/demands/new",
        "/demands/case:居家养老服务评估结果",
        "/notices",
        "/topics/TP-PERSON/outlook",
        "/topics/TP-PERSON",
        "/topics/TP-ENTERPRISE",
        "/departments",
        "/departments/DP0011",
        "/organisation",
        "/ledger",
        "/imports",
        "/drafts",
        "/inbox",
        "/initial-loads",
        "/help/lifecycles",
        "/appointments",
        "/trainings/TR00001",
        "/search?q=身份证",
        "/search?q=没有这样的东西",
        "/datasets?cols=name,status,confirmed&sort=department",
        "/views",
        "/data-elements/check",
        "/me",
        "/nowhere",
    ),
    "zhuguan": (
        "/",
        "/inbox",
        "/late",
        "/cases/case:失业登记信息更新周期",
        "/cases/case:争议：",
        "/cases/case:困境儿童监护人",
        "/cases/case:民政局申请共享：严重失信",
        "/cases/case:云数目录",
        "/duties/new",
        "/initial-loads",
        "/handover",
        "/calendars",
        "/calendars/notice",
        "/reports",
        "/reports/brief",
        "/reports/sharing",
        "/reports/timeliness",
    ),
    "renshebm": (
        "/cases/case:民政局申请共享：劳动合同",
        "/cases/case:民政局申请共享：劳动合同/extension",
        "/sharing-requests/case:民政局申请共享：劳动合同/answer",
        "/cases/case:城镇职工基本养老保险参保信息“参保状态代码”",
        "/sharing-agreements/AG2025-0008",
        "/sharing-agreements/AG2026-0022/enforcement?track=misuse",
        "/sharing-agreements/AG2026-0022/document",
    ),
    "admin": ("/notices/outbox",),
    "": (
        "/sign-in",
        "/help",
        "/help/design",
        "/help/guide",
        "/help/operator",
        "/help/formats",
        "/help/statuses",
        "/problems",
        "/problems/stale",
    ),
}
DARK = {
    "/", "/inbox", "/late", "/help/design", "/datasets/DS000001", "/topics/TP-PERSON", "/reports/sharing",
    "/cases/case:失业登记信息更新周期", "/sharing-requests/case:民政局申请共享：劳动合同/answer",
}  # fmt: skip
CASES = [(login, path) for login, paths in ADDRESSES.items() for path in paths]


@dataclass
class Seen:
    """A browser in which somebody is signed in, kept for all addresses."""

    context: BrowserContext
    page: Page
    complaints: list[str]


@pytest.fixture(scope="module")
def district(empty: Runtime) -> Runtime:
    """The demonstration, with the desk on."""
    demonstration.found(empty)
    empty.settings = empty.settings.model_copy(update={"desk": "on"})
    return empty


@pytest.fixture(scope="module")
def address(district: Runtime) -> Iterator[str]:
    with served(district) as found:
        yield found


def resolved(district: Runtime, path: str) -> str:
    """``path`` with the number of the case whose title begins so."""
    if "case:" not in path:
        return path
    before, _, rest = path.partition("case:")
    title, slash, after = rest.partition("/")
    with district.database.reading() as session:
        found = session.scalars(select(Case.number).where(col(Case.title).contains(title)))
        return f"{before}{found.first()}{slash}{after}"


@pytest.fixture(scope="module")
def seen(browser: Browser, address: str) -> Iterator[dict[str, Seen]]:
    made: dict[str, Seen] = {}
    for login in ADDRESSES:
        context = browser.new_context(locale="zh-CN", base_url=address, reduced_motion="reduce")
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said, into=complaints: into.append(said.text))
        if login:
            page.goto("/sign-in")
            page.get_by_label("用户名").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="登录").click()
        made[login] = Seen(context, page, complaints)
    yield made
    for one in made.values():
        one.context.close()


def violations(page: Page, **options: Any) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]


@pytest.mark.parametrize(("login", "path"), CASES)
def test_a_page_is_for_everybody(district: Runtime, seen: dict[str, Seen], login: str, path: str) -> None:
    page, complaints = seen[login].page, seen[login].complaints
    complaints.clear()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(resolved(district, path))

    found = violations(page, runOnly={"type": "tag", "values": _RULES})
    if path in DARK:
        page.emulate_media(color_scheme="dark")
        dark = violations(page, runOnly={"type": "rule", "values": ["color-contrast"]})
        found += [f"dark {one}" for one in dark]
    page.set_viewport_size({"width": 375, "height": 812})
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert found == []
    assert overflow <= 0
    assert answer is not None and answer.ok is (path != "/nowhere")
    assert [said for said in complaints if "404" not in said] == []


def _send(page: Page, name: str, data: bytes) -> None:
    page.goto("/imports?kind=dataset")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})
    page.get_by_label("我确认").check()
    page.get_by_role("button", name="上传并校核").click()


def _faulty_form(page: Page) -> None:
    page.goto("/datasets/new")
    page.get_by_role("button", name="检查", exact=True).click()
    page.get_by_role("alert").first.wait_for()


def _open_list(page: Page) -> None:
    page.goto("/datasets/DS000039/edit")
    page.locator("#f-department").fill("")
    page.locator("#f-department").press_sequentially("wsj")
    page.get_by_role("option", name="卫生健康局").first.wait_for()


def _faulty_import(page: Page) -> None:
    text = "目录名称,提供单位,共享类型,更新周期\n无障碍试验信息,卫健局,看情况,每天\n"
    _send(page, "目录.csv", text.encode("gb18030"))
    page.locator("#problems").wait_for(timeout=30_000)


def _mapping(page: Page) -> None:
    path = Path(__file__).parents[1] / "data" / "workbooks" / "catalogue-district-layout.xlsx"
    _send(page, path.name, path.read_bytes())
    page.get_by_role("heading", name="对应各列", level=1).wait_for(timeout=30_000)


STATES: dict[str, Callable[[Page], Any]] = {
    "form": lambda page: page.goto("/datasets/DS000039/edit"),
    "form-of-a-system": lambda page: page.goto("/systems/new"),
    "form-with-errors": _faulty_form,
    "open-list": _open_list,
    "import-with-errors": _faulty_import,
    "mapping": _mapping,
    "retire": lambda page: page.goto("/datasets/DS000039/act/retire"),
    "may-it-be-used": lambda page: page.goto("/decisions/new"),
    "attachments": lambda page: page.goto("/datasets/DS000039/attachments"),
    "print": lambda page: page.goto("/datasets/DS000039/print"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_for_everybody(seen: dict[str, Seen], state: str) -> None:
    page = seen["weijian"].page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    STATES[state](page)

    found = violations(page, runOnly={"type": "tag", "values": _RULES})
    page.emulate_media(color_scheme="dark")
    found += [
        f"dark {one}" for one in violations(page, runOnly={"type": "rule", "values": ["color-contrast"]})
    ]
    page.set_viewport_size({"width": 375, "height": 812})
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert found == []
    assert overflow <= 0

"""People of the demonstration at a browser, and what they press on the page of a case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from catalog.base.clock import today
from catalog.identity import demo
from catalog.runtime import Runtime
from tests.served import served
from tests.sharing import requesting


@contextmanager
def opened(runtime: Runtime) -> Iterator[str]:
    """The datasets that are asked for and the demonstration's accounts, served; the address."""
    requesting.fill(runtime)
    with runtime.database.writing() as session:
        demo.create(session, host="127.0.0.1", on=today(runtime.settings.zone))
    with served(runtime) as found:
        yield found


def enter(browser: Browser, address: str, login: str, *, width: int = 1280, scripts: bool = False) -> Page:
    context = browser.new_context(
        locale="zh-CN",
        base_url=address,
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    return page


def fits(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def press(page: Page, verb: str, note: str = "") -> None:
    """One verb of the case's page."""
    fold = page.locator(f"details:has(form.act input[name=act][value='do:{verb}'])")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    form = fold.locator("form")
    if note:
        form.get_by_role("textbox").fill(note)
    form.get_by_role("button").click()

"""Take the pictures of the guides in both languages, from a demo register made for the purpose."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from catalog.base.settings import Settings
from catalog.commands import demonstration
from catalog.identity.demo import PASSWORD
from catalog.runtime import open_runtime
from picturing.scenes import SCENES, Scene
from tests.served import served

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SIZE = {"width": 1200, "height": 760}


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named."""
    IMAGES.mkdir(exist_ok=True)
    chosen = [scene for scene in SCENES if not names or scene.name in names]
    with tempfile.TemporaryDirectory() as folder:
        for language in LOCALES:
            home = Path(folder) / language
            runtime = open_runtime(Settings(data_dir=home, database_url="", public_read="all"), empty=True)
            demonstration.found(runtime)
            with served(runtime) as address, sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
                )
                for scene in chosen:
                    _take(browser, address, scene, language, home)
                browser.close()
            runtime.close()


def _take(browser: Browser, address: str, scene: Scene, language: str, folder: Path) -> None:
    context = browser.new_context(
        locale=LOCALES[language],
        base_url=address,
        viewport={"width": SIZE["width"], "height": scene.height or SIZE["height"]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", scene.login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    scene.play(page, folder)
    page.wait_for_load_state("networkidle")
    target = IMAGES / f"{scene.name}.{language}.jpg"
    page.screenshot(path=target, type="jpeg", quality=72)
    print(f"{target.name} {target.stat().st_size // 1024} KiB")
    context.close()


if __name__ == "__main__":
    main(sys.argv[1:])

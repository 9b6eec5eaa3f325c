"""What the documentation says is so: settings, commands, and the two commands that everything begins with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from catalog.cli import app
from catalog.commands.settings_text import markdown

ROOT = Path(__file__).resolve().parent.parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, "docs/operator-guide.zh-CN.md", "docs/operator-guide.en.md", "CONTRIBUTING.md")


def test_the_page_of_settings_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").rstrip("\n") == markdown()


def test_every_setting_is_explained_in_both_languages() -> None:
    rows = [line.split("|") for line in markdown().splitlines() if line.startswith("| `CATALOG_")]

    assert len(rows) > 10
    assert all(row[3].strip() and row[4].strip() for row in rows)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: str) -> None:
    known = set(getattr(get_command(app), "commands", {}))
    text = (ROOT / page).read_text(encoding="utf-8")

    named = {
        match[1]
        for match in re.finditer(r"(?:^|[`\s/])catalog ([a-z]+)(?=[\s`…])", text)
        if match[1] != "import"
    }

    assert named - known - {"is"} == set()
    assert "import" in known


@pytest.mark.parametrize("page", READMES)
def test_both_readmes_open_with_the_two_commands(page: str) -> None:
    lines = [
        line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("scripts/")
    ]

    assert [line.split()[0] for line in lines[:2]] == ["scripts/serve", "scripts/test"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    place = ROOT / page

    for target in re.findall(r"\]\(([^)#:]+)\)", place.read_text(encoding="utf-8")):
        assert (place.parent / target).exists(), target

"""What the code of the house holds to: contracts of imports, texts in two languages, nothing of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

from catalog.base import errors
from catalog.base.i18n import catalogue

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog"
SOURCES = sorted(path for path in CATALOG.rglob("*.py") if "_files" not in path.parts)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
ERRORS = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.CatalogError)
}


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                yield path, name, node


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def rule_slugs() -> set[str]:
    """The rules that the code names literally."""
    found = set()
    for _, name, call in calls():
        if name == "Violation":
            rule = call.args[1] if len(call.args) > 1 else None
            rule = rule or next((word.value for word in call.keywords if word.arg == "rule"), None)
            found |= {rule_text} if (rule_text := text_of(rule)) else set()
    return found


def problem_slugs() -> set[str]:
    """The refusals that the code can make."""
    found = {kind.slug for kind in ERRORS.values()}
    for _, name, call in calls():
        if name in ERRORS and name != "InvalidDocument" and call.args and (slug := text_of(call.args[0])):
            found.add(slug)
    return found


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]


def test_no_middleware_but_pure_asgi() -> None:
    users = [
        path.name
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "starlette.middleware.base"
    ]
    users += [path.name for path, name, _ in calls() if name in ("add_middleware", "middleware")]

    assert users == []


def test_every_rule_that_the_code_names_has_its_texts() -> None:
    assert rule_slugs() - catalogue("rules").keys() == set()


def test_every_refusal_that_the_code_makes_has_its_texts() -> None:
    assert problem_slugs() - catalogue("problems").keys() == set()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rules", ("zh", "en", "mend_zh", "mend_en")),
        ("problems", ("title_zh", "title_en", "zh", "en")),
        ("pages", ("zh", "en")),
        ("identity", ("zh", "en")),
    ],
)
def test_every_text_stands_in_both_languages(name: str, words: tuple[str, ...]) -> None:
    unsaid = [
        (key, word)
        for key, texts in catalogue(name).items()
        for word in words
        if not str(texts.get(word, "")).strip()
    ]

    assert unsaid == []


@pytest.mark.parametrize("name", ["rules", "problems", "pages", "identity"])
def test_both_languages_fill_the_same_places(name: str) -> None:
    def places(text: str) -> set[str]:
        return {
            place.removesuffix("_zh").removesuffix("_en")
            for _, place, _, _ in Formatter().parse(text)
            if place is not None
        }

    differing = [
        key
        for key, texts in catalogue(name).items()
        if places(texts["zh"]) != places(texts["en"]) and name != "rules"
    ]

    assert differing == []


def test_no_text_is_said_twice_under_one_key() -> None:
    for path in (CATALOG / "locale").glob("*.yaml"):
        keys = [
            line.partition(":")[0].strip("\"'")
            for line in path.read_text(encoding="utf-8").splitlines()
            if re.match(r"[a-z\"]", line)
        ]
        assert sorted(keys) == sorted(set(keys)), path.name
        assert set(keys) == yaml.safe_load(path.read_text(encoding="utf-8")).keys()


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


_MACHINE = re.compile(
    rb"/wor"
    rb"k/|\.\./sha"
    rb"red|/home/[a-z]+/|/root/|--(?:extra-)?index-url|--trusted-host|files\.pythonhosted\.org"
)


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    here = Path(__file__).resolve()
    named = [
        (path.relative_to(ROOT).as_posix(), found.group().decode())
        for path in tracked()
        if path != here and (found := _MACHINE.search(path.read_bytes()))
    ]

    assert named == []


def test_no_module_has_grown_beyond_its_name() -> None:
    long = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in long.items() if lines > 420} == {}

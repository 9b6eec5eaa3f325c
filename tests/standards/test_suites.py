"""Every example under ``standards/suite``, judged by both engines and by the rules of its kind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from catalog.base.documents import Document, form_violations
from catalog.base.errors import Violation
from catalog.base.files import standards
from catalog.base.i18n import catalogue, describe
from catalog.kinds import BY_NAME, KINDS, Profile
from catalog.standards import reference, schemas

SUITE = standards() / "suite"
CASES = sorted(path for path in SUITE.glob("*/*/*.json") if path.parent.name in ("valid", "invalid"))
VALID = [path for path in CASES if path.parent.name == "valid"]
INVALID = [path for path in CASES if path.parent.name == "invalid"]
Pairs = set[tuple[str, str]]


@dataclass
class SuiteFacts:
    """The facts that a case brings along."""

    documents: list[dict[str, Any]]
    profile: Profile
    identifier: str | None
    on: date = field(default=date(2026, 9, 30))

    def get(self, kind: str, identifier: str) -> Document | None:
        """The document of that kind and identifier among the case's facts."""
        for fact in self.documents:
            if fact["kind"] == kind and fact["document"]["identifier"] == identifier:
                found: Document = fact["document"]
                return found
        return None

    def referring(self, *_: str, **__: str) -> list[tuple[str, Document]]:
        """A case brings no register along."""
        return []


def name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}/{path.stem}"


def read(path: Path) -> tuple[str, dict[str, Any]]:
    return path.parent.parent.name, json.loads(path.read_text(encoding="utf-8"))


def pairs(violations: list[Violation]) -> Pairs:
    return {(one.pointer, one.rule) for one in violations}


def rule_errors(kind: str, case: dict[str, Any]) -> list[Violation]:
    module, _, function = BY_NAME[kind].rules.partition(":")
    document = case["document"]
    facts = SuiteFacts(case.get("facts", []), case["profile"], document.get("identifier"))
    found = getattr(import_module(module), function)(document, facts) if function else ()
    return [one for one in found if one.severity == "error"]


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_passes_its_schema_in_both_engines(path: Path) -> None:
    kind, case = read(path)

    found = schemas.check(kind, case["document"], case["profile"])
    found_by_reference = reference.check(kind, case["document"], case["profile"])

    assert (form_violations(case["document"]), found, found_by_reference) == ([], [], [])


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_passes_the_rules_of_its_kind(path: Path) -> None:
    kind, case = read(path)

    assert rule_errors(kind, case) == []


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_an_invalid_example_breaks_exactly_what_it_names(path: Path) -> None:
    kind, case = read(path)
    expected = {(one["pointer"], one["rule"]) for one in case["violations"]}

    by_schema = pairs(schemas.check(kind, case["document"], case["profile"]))

    if case.get("level") == "rules":
        assert (by_schema, pairs(rule_errors(kind, case))) == (set(), expected)
    else:
        assert by_schema == expected


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_both_engines_say_the_same_of_an_invalid_example(path: Path) -> None:
    kind, case = read(path)

    found = schemas.check(kind, case["document"], case["profile"])

    assert found == reference.check(kind, case["document"], case["profile"])


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_every_violation_of_an_example_is_worded_in_both_languages(path: Path) -> None:
    kind, case = read(path)
    found = schemas.check(kind, case["document"], case["profile"]) or rule_errors(kind, case)

    unsaid = [
        (one.rule, gap) for one in found for gap in placeholders(one) - {"found", "expected", "pointer"}
    ]

    assert (unsaid, all(describe(one)["mend_en"] for one in found)) == ([], True)


def placeholders(violation: Violation) -> set[str]:
    """The placeholders of a rule's texts that the violation brings no value for."""
    texts = catalogue("rules")[violation.rule].values()
    named = {field for text in texts for _, field, _, _ in Formatter().parse(text) if field}
    return named - violation.values.keys()


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_has_ten_valid_and_twenty_invalid_examples(kind: str) -> None:
    valid = [path for path in VALID if path.parent.parent.name == kind]
    invalid = [path for path in INVALID if path.parent.parent.name == kind]

    assert (len(valid) >= 10, len(invalid) >= 20) == (True, True)

"""A sample of the official JSON Schema test suite (see ``official/LICENSE.md``) on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.standards import schemas
from catalog.standards.reference import reference

FILES = sorted((Path(__file__).parent / "official").glob("*.json"))
# The official suite takes ``format`` for an annotation; here it is asserted.
ANNOTATION_ONLY = "only an annotation by default"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_engines_give_the_official_verdicts(path: Path) -> None:
    groups: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))

    wrong = []
    for group in groups:
        engine, oracle = schemas.engine(group["schema"]), reference(group["schema"])
        for test in group["tests"]:
            expected = test["valid"] and not test["description"].endswith(ANNOTATION_ONLY)
            verdicts = (engine.is_valid(test["data"]), oracle.is_valid(test["data"]))
            if verdicts != (expected, expected):
                wrong.append((group["description"], test["description"], verdicts))

    assert wrong == []


def test_the_sample_is_not_empty() -> None:
    assert len(FILES) == 15

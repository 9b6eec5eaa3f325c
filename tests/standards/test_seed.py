"""What a new register is filled with keeps the standards that it is governed by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from catalog.base.files import standards
from catalog.kinds import BY_NAME, Profile
from catalog.standards.schemas import check, current
from catalog.standards.values import admits

ROOT = standards()
SEED = yaml.safe_load((ROOT / "seed.yaml").read_text(encoding="utf-8"))
KINDS = ("department", "code-list", "data-element")
ON = date(2026, 11, 22)


@dataclass(frozen=True)
class Row:
    """One seed record: where it stands, what it is, the status that it is given."""

    kind: str
    path: Path
    status: str
    document: dict[str, Any]

    @property
    def identifier(self) -> str:
        return str(self.document["identifier"])


@dataclass(frozen=True)
class SeedFacts:
    """The seed itself as the facts that the rules may ask for."""

    profile: Profile
    identifier: str
    on: date = ON

    def get(self, kind: str, identifier: str) -> dict[str, Any] | None:
        return DOCUMENTS.get((kind, identifier))

    def referring(self, *_: str, **__: str) -> list[tuple[str, dict[str, Any]]]:
        return []


def _rows(kind: str) -> Iterator[Row]:
    for step in SEED:
        if step["kind"] != kind:
            continue
        for path in sorted(path for pattern in step["files"] for path in ROOT.glob(pattern)):
            content = orjson.loads(path.read_bytes())
            for row in content if isinstance(content, list) else [content]:
                yield Row(kind, path, row.get("status", step["status"]), row.get("document", row))


ROWS = {kind: list(_rows(kind)) for kind in KINDS}
EVERY = [row for rows in ROWS.values() for row in rows]
DOCUMENTS = {(row.kind, row.identifier): row.document for row in EVERY}
CODES = {row.identifier: {code["code"] for code in row.document["codes"]} for row in ROWS["code-list"]}
ELEMENTS = {row.document["name"]: row for row in ROWS["data-element"]}


def _profile(row: Row) -> Profile:
    return BY_NAME[row.kind].statuses[row.status]


def _said(violations: Any) -> list[str]:
    return [f"{v.pointer} {v.rule} {v.found!r}" for v in violations if v.severity == "error"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_keeps_the_schema_for_the_profile_of_its_status(kind: str) -> None:
    broken = {row.identifier: _said(check(kind, row.document, _profile(row))) for row in ROWS[kind]}

    assert {identifier: said for identifier, said in broken.items() if said} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_keeps_the_rules_of_its_slice(kind: str) -> None:
    module, _, name = BY_NAME[kind].rules.partition(":")
    violations = getattr(import_module(module), name)

    broken = {
        row.identifier: _said(violations(row.document, SeedFacts(_profile(row), row.identifier)))
        for row in ROWS[kind]
    }

    assert {identifier: said for identifier, said in broken.items() if said} == {}


@pytest.mark.parametrize(("kind", "least"), [("department", 60), ("code-list", 40), ("data-element", 300)])
def test_the_seed_is_large_enough_to_be_believed(kind: str, least: int) -> None:
    assert len(ROWS[kind]) >= least


def test_every_identifier_is_given_once() -> None:
    given = Counter(row.identifier for row in EVERY)

    assert [identifier for identifier, times in given.items() if times > 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_records_of_a_kind_have_the_same_name(kind: str) -> None:
    names = Counter(row.document["name"] for row in ROWS[kind])

    assert [name for name, times in names.items() if times > 1] == []


def test_every_reference_leads_to_a_seed_record() -> None:
    dangling = [
        f"{row.identifier}{pointer} → {identifier}"
        for row in EVERY
        for pointer, _rel, kind, identifier in current(row.kind).annotations.references(row.document)
        if (kind, identifier) not in DOCUMENTS
    ]

    assert dangling == []


def test_every_coded_value_is_in_its_code_list() -> None:
    unknown = [
        f"{row.identifier}{pointer} = {code} ({code_list})"
        for row in EVERY
        for pointer, code_list, code in current(row.kind).annotations.coded(row.document)
        if code not in CODES[code_list]
    ]

    assert unknown == []


def test_every_code_fits_the_format_of_its_list() -> None:
    misfits = [
        f"{row.identifier} {code}"
        for row in ROWS["code-list"]
        for code in CODES[row.identifier]
        if not admits(row.document["code_format"], "string", code, coded=True)
    ]

    assert misfits == []


def test_every_example_fits_the_format_and_the_code_list_of_its_element() -> None:
    misfits = [
        f"{row.identifier} {example}"
        for row in ROWS["data-element"]
        for example in row.document.get("examples", [])
        if not _admits(row.document, example)
    ]

    assert misfits == []


def _admits(element: dict[str, Any], example: str) -> bool:
    listed = element["value_domain"].get("code_list")
    fits = admits(element["format"], element["data_type"], example, coded=listed is not None)
    return fits and (listed is None or example in CODES[listed])


def test_short_names_are_unique() -> None:
    names = Counter(row.document["short_name"] for row in ROWS["data-element"])

    assert [name for name, times in names.items() if times > 1] == []


def test_de00001_is_the_citizen_identity_number_as_published() -> None:
    """GA/T 543.1-2011, DE00001."""
    row = ELEMENTS["公民身份号码"]
    published = {"short_name": "GMSFHM", "pinyin": "gong-min-shen-fen-hao-ma", "version_label": "2.0"}

    assert row.identifier == "DE00001"
    assert row.status == "preferred"
    assert published.items() <= row.document.items()
    assert (row.document["data_type"], row.document["format"]) == ("string", "c18")
    assert {"身份证号", "居民身份证号"} <= set(row.document["synonyms"])


@pytest.mark.parametrize(
    ("word", "identifier"),
    [
        ("身份证", "DE00001"),
        ("居民身份证号", "DE00001"),
        ("统一信用代码", "统一社会信用代码"),
        ("婚姻", "婚姻状况代码"),
    ],
)
def test_a_word_that_people_search_for_names_one_element_only(word: str, identifier: str) -> None:
    called = [
        row.identifier
        for row in ROWS["data-element"]
        if word in (row.document["name"], *row.document.get("synonyms", ()))
    ]

    assert called == [ELEMENTS[identifier].identifier if identifier in ELEMENTS else identifier]


def test_the_industries_reach_from_sections_to_classes() -> None:
    """GB/T 4754-2017: 20 sections, 97 divisions, 473 groups, 1,381 classes."""
    lengths = Counter("section" if code.isalpha() else len(code) for code in CODES["CL0008"])

    assert lengths == {"section": 20, 2: 97, 3: 473, 4: 1381}


def test_the_streets_and_towns_of_the_district_are_known() -> None:
    streets = {code for code in CODES["CL0001"] if len(code) == 9}
    offices = {row.document["division"] for row in ROWS["department"] if row.document["level"] == "5"}

    assert len(streets) == 24
    assert offices == streets


def test_every_seed_file_names_its_provenance() -> None:
    sources = (ROOT / "SOURCES.md").read_text(encoding="utf-8")
    paths = {row.path.relative_to(ROOT).as_posix() for row in EVERY}

    assert [path for path in sorted(paths) if f"`{path}`" not in sources] == []

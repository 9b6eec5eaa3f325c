"""The synthetic district is always the same, is complete, and comes in through the one plan without an error."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog.base.files import standards
from catalog.registry import founding
from catalog.registry.apply import apply
from catalog.registry.plan import Changes, plan
from catalog.runtime import Runtime

DEMO = standards() / "demo"
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "seed_demo"
ON = date(2026, 11, 22)
SOON = ON + timedelta(days=60)
FILES = ("persons", "systems", "datasets", "sharing-agreements", "appointments", "trainings", "topics")


def _rows(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (DEMO / f"{name}.jsonl").read_bytes().splitlines()]


def _documents(name: str) -> list[dict[str, Any]]:
    return [row.get("document", row) for row in _rows(name)]


@pytest.fixture(scope="module")
def changes(runtime: Runtime) -> Changes:
    """What loading the demo into a register that holds the standards would change."""
    incoming = list(founding.seed_documents(demo=True))
    with runtime.database.reading() as session:
        return plan(session, incoming, on=ON)


def test_the_script_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), "--to", str(tmp_path)], check=True, capture_output=True)

    assert {name: (tmp_path / f"{name}.jsonl").read_bytes() for name in FILES} == {
        name: (DEMO / f"{name}.jsonl").read_bytes() for name in FILES
    }


def test_the_plan_accepts_every_document_of_the_demo(changes: Changes) -> None:
    assert [found for change in changes.of("refused") for found in change.violations] == []


def test_the_demo_revises_the_two_topics_and_creates_the_rest(changes: Changes) -> None:
    assert {change.identifier for change in changes.of("revised")} == {"TP-PERSON", "TP-ENTERPRISE"}
    assert len(changes.of("created")) == len(changes.all) - 2


def test_the_only_warnings_are_those_that_the_demo_means(changes: Changes) -> None:
    said = Counter(
        found.rule for change in changes.all for found in change.violations if found.severity == "warning"
    )

    assert set(said) <= {"term-expired", "impact-assessment-missing"}  # former officers, the legacy agreement


def test_the_demo_and_its_people_load(runtime: Runtime, changes: Changes) -> None:
    apply(runtime.database, changes, by=founding.SEED, on=ON, note="seed")

    founding.load_demo_people(runtime)

    with runtime.database.reading() as session:
        again = plan(session, founding.seed_documents(demo=True), on=ON)
    assert again.counts["unchanged"] == again.counts["read"]


def test_the_district_is_large_enough_to_look_real() -> None:
    assert len(_rows("systems")) >= 24
    assert len(_rows("datasets")) >= 120
    assert len(_rows("sharing-agreements")) >= 40
    assert len([row for row in _rows("trainings") if row["document"].get("attendances")]) >= 8


def test_agreements_stand_in_every_status_and_most_are_active() -> None:
    statuses = Counter(row["status"] for row in _rows("sharing-agreements"))

    assert set(statuses) == {"active", "suspended", "expired", "terminated", "superseded"}
    assert statuses["active"] > statuses.total() / 2


def test_every_finished_agreement_says_why() -> None:
    why = {"suspended": "suspension", "terminated": "termination", "superseded": "successor"}

    assert [
        row["document"]["identifier"]
        for row in _rows("sharing-agreements")
        if row["status"] in why and why[row["status"]] not in row["document"]
    ] == []


def test_some_agreements_and_terms_end_within_sixty_days() -> None:
    periods = [row["document"]["period"] for row in _rows("sharing-agreements") if row["status"] == "active"]
    terms = [row["document"].get("term", {}) for row in _rows("appointments") if row["status"] == "current"]

    assert sum(ON.isoformat() <= one["until"] <= SOON.isoformat() for one in periods) >= 8
    assert sum(ON.isoformat() <= one.get("until", "9999") <= SOON.isoformat() for one in terms) >= 6


def test_no_agreement_that_is_active_has_run_out() -> None:
    rows = [row for row in _rows("sharing-agreements") if row["status"] == "active"]

    assert all(row["document"]["period"]["until"] >= ON.isoformat() for row in rows)


def test_every_request_names_a_dataset_that_was_published_before() -> None:
    published = {one["identifier"]: one["published_on"] for one in _documents("datasets")}
    asked = [one for one in _documents("sharing-agreements") if "requested_on" in one]

    assert [one["identifier"] for one in asked if one["requested_on"] < published[one["dataset"]]] == []


def test_some_posts_are_vacant_and_the_tiers_are_complete() -> None:
    posts = _documents("appointments")

    assert sum("person" not in post for post in posts) >= 6
    assert {post["role"] for post in posts} == {
        "district_cdo",
        "district_cdo_exec",
        "dept_cdo",
        "data_steward",
        "sharing_office_head",
    }


def test_some_officers_never_attended_a_training() -> None:
    attended = {
        row["appointment"]
        for training in _documents("trainings")
        for row in training.get("attendances", ())
        if row["attended"]
    }
    serving = {row["document"]["identifier"] for row in _rows("appointments") if row["status"] == "current"}

    assert serving - attended


def test_every_person_is_made_up_and_reachable_nowhere() -> None:
    people = _rows("persons")

    assert all(one["name"].endswith("（示例）") for one in people)
    assert all(one["telephone"].startswith("020-5550") for one in people)
    assert all(one["email"].endswith("@example.gov.cn") for one in people)


def test_every_person_key_in_the_demo_is_a_person() -> None:
    known = {one["person"] for one in _rows("persons")}
    texts = [(DEMO / f"{name}.jsonl").read_text(encoding="utf-8") for name in FILES if name != "persons"]
    named = {part[:19] for text in texts for part in text.split('"') if part.startswith("PN-")}

    assert named <= known


def test_resource_codes_are_given_once() -> None:
    codes = Counter(one["resource_code"] for one in _documents("datasets"))

    assert [code for code, count in codes.items() if count > 1] == []


def test_the_topics_keep_gaps_among_many_sourced_slots() -> None:
    slots = [
        slot for topic in _documents("topics") for section in topic["sections"] for slot in section["slots"]
    ]

    assert len(slots) >= 40
    assert sum("dataset" in slot for slot in slots) > len(slots) / 2
    assert any("dataset" not in slot for slot in slots)
    assert any("element" not in slot for slot in slots)


def test_everything_synthetic_is_marked() -> None:
    names = ("systems", "datasets", "sharing-agreements", "appointments", "trainings")

    assert [
        one["identifier"] for name in names for one in _documents(name) if "示例" not in one["note"]
    ] == []

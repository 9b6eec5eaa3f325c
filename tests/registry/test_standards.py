"""A standard is put into force by a verb; until then, what differs from it is not written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text as sql

from catalog.base import clock, files
from catalog.base.db import FOREVER
from catalog.base.errors import InvalidDocument, Unready
from catalog.identity.actors import CONSOLE
from catalog.registry import access, standards, verbs
from catalog.registry.models import Record
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from catalog.standards import schemas
from tests import factories
from tests.desk import proof

SYSTEM = "SY0901"


@pytest.fixture(scope="module", autouse=True)
def _anchored(runtime: Runtime) -> None:
    factories.anchor(runtime)


@pytest.fixture
def folder(runtime: Runtime, tmp_path: Path) -> Iterator[Path]:
    """A copy of the standards to change; afterwards the product's own are in force again."""
    shutil.copytree(files.standards() / "schemas", tmp_path / "schemas")
    schemas.use(tmp_path)
    yield tmp_path
    schemas.use(None)
    with runtime.database.reading() as session:
        differing = standards.differing(session)
    if differing:
        standards.adopt(runtime.database, differing, by=CONSOLE)


def candidate(folder: Path, kind: str, version: str, **properties: dict[str, Any]) -> None:
    """A new version of a kind's schema: these properties are changed or added."""
    source = json.loads((folder / "schemas" / kind / "1.0.schema.json").read_text(encoding="utf-8"))
    source["$id"] = source["$id"].replace("1.0", version)
    for name, more in properties.items():
        source["properties"][name] = source["properties"].get(name, {}) | more
    path = folder / "schemas" / kind / f"{version}.schema.json"
    path.write_text(json.dumps(source, ensure_ascii=False), encoding="utf-8")
    current = folder / "schemas" / "current.yaml"
    versions = yaml.safe_load(current.read_text(encoding="utf-8")) | {kind: version}
    current.write_text(yaml.safe_dump(versions), encoding="utf-8")
    schemas.use(folder)


def register(runtime: Runtime, document: dict[str, Any]) -> verbs.Outcome:
    return verbs.register(
        runtime.database, kind="system", document=document, by=CONSOLE,
        on=clock.today(runtime.settings.zone), permit=access.permit(CONSOLE, runtime.settings, reason="试"),
    )  # fmt: skip


FIELD = {"title": "机房", "x-title": "Machine room", "description": "所在机房。", "x-description": "Room.",
         "x-group": "identity", "type": "string", "maxLength": 50}  # fmt: skip


def test_what_differs_from_the_standard_in_force_is_not_written(runtime: Runtime, folder: Path) -> None:
    before = runtime.feed.last()
    candidate(folder, "system", "1.1", room=FIELD)

    with pytest.raises(Unready) as refused:
        register(runtime, factories.document("system", "未生效", room="一号"))

    assert refused.value.slug == "standard-not-in-force"
    assert runtime.feed.last() == before
    with runtime.database.reading() as session:
        assert standards.differing(session) == ["system"]
        read = session.get_one(Record, ("system", SYSTEM)).seq
    with pytest.raises(Unready):
        verbs.confirm(
            runtime.database, kind="system", identifier=SYSTEM, read=read, by=CONSOLE,
            permit=access.permit(CONSOLE, runtime.settings, reason="试"),
        )  # fmt: skip


def test_other_kinds_are_written_meanwhile(runtime: Runtime, folder: Path) -> None:
    candidate(folder, "system", "1.1", room=FIELD)

    changes = factories.enter(runtime, Incoming("training", factories.document("training", "照常")))

    assert changes.counts["created"] == 1


def test_an_optional_attribute_is_there_once_it_is_adopted(runtime: Runtime, folder: Path) -> None:
    candidate(folder, "system", "1.1", room=FIELD)
    before = runtime.feed.last()

    standards.adopt(runtime.database, ["system"], by=CONSOLE, note="会议通过")
    made = register(runtime, factories.document("system", "有机房", room="一号"))

    with runtime.database.reading() as session:
        verb, data = session.execute(
            sql("SELECT verb, data FROM entry WHERE seq = :seq"), {"seq": before + 1}
        ).one()
        assert session.get_one(Record, ("system", made.identifier)).standard == "1.1"
        assert session.get_one(Record, ("system", SYSTEM)).standard == "1.0"
    assert (verb, json.loads(data)["version"]) == ("standard.adopted", "1.1")
    assert proof(runtime).broken is None
    # back to the standard of this product: the record with the room would break it
    with runtime.database.reading() as session:
        document = verbs.whole(session, "system", made.identifier) or {}
    del document["room"]
    factories.enter(runtime, Incoming("system", document))


def test_a_field_that_becomes_internal_leaves_every_public_text(runtime: Runtime, folder: Path) -> None:
    made = register(runtime, factories.document("system", "摘要") | {"summary": "原来公开的摘要"})
    candidate(folder, "system", "1.2", summary={"x-visibility": "internal"})

    standards.adopt(runtime.database, ["system"], by=CONSOLE)

    with runtime.database.reading() as session:
        for table in ("record", "version"):
            text = session.execute(
                sql(f"SELECT c.text FROM {table} r JOIN content c ON c.digest = r.public_content"
                    " WHERE r.kind = 'system' AND r.identifier = :identifier"),
                {"identifier": made.identifier},
            ).scalar_one()  # fmt: skip
            assert "原来公开的摘要" not in bytes(text).decode()


def test_adoption_rebuilds_links_of_all_versions(runtime: Runtime, folder: Path) -> None:
    factories.enter(
        runtime,
        Incoming("system", factories.document("system", "（示例）") | {"identifier": SYSTEM, "note": "二"}),
    )
    statement = sql("SELECT * FROM link WHERE kind = 'system' ORDER BY identifier, from_seq, pointer")
    with runtime.database.reading() as session:
        before = [tuple(row) for row in session.execute(statement)]
    candidate(folder, "system", "1.3", room=FIELD)

    standards.adopt(runtime.database, ["system"], by=CONSOLE)

    with runtime.database.reading() as session:
        after = [tuple(row) for row in session.execute(statement)]
    assert after == before
    assert any(row[-1] != FOREVER for row in after)


def test_a_standard_that_would_break_records_is_not_adopted_unless_forced(
    runtime: Runtime, folder: Path
) -> None:
    candidate(folder, "system", "2.0", room=FIELD | {"x-required-from": "recorded"})
    before = runtime.feed.last()

    with pytest.raises(InvalidDocument) as refused:
        standards.adopt(runtime.database, ["system"], by=CONSOLE)

    assert {(one.pointer, one.rule) for one in refused.value.violations} == {("/room", "required")}
    assert runtime.feed.last() == before
    standards.adopt(runtime.database, ["system"], by=CONSOLE, force=True)
    assert runtime.feed.last() == before + 1


def test_trying_a_standard_names_the_departments_it_would_break(runtime: Runtime, folder: Path) -> None:
    candidate(folder, "system", "2.1", room=FIELD | {"x-required-from": "recorded"})

    with runtime.database.reading() as session:
        broken = standards.trial(session, "system", "2.1")

    assert (SYSTEM, "DP0002") in {(identifier, department) for identifier, department, _ in broken}
    with runtime.database.reading() as session:
        on = clock.today(runtime.settings.zone)
        assert plan(session, [Incoming("system", factories.document("system", "x"))], on=on).of("refused")

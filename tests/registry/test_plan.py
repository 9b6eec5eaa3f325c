"""One plan for every way in: what it creates, revises, leaves and refuses, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text as sql

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, Source, Stale
from catalog.identity.actors import CONSOLE
from catalog.registry import contents
from catalog.registry.apply import apply
from catalog.registry.documents import codes_of, whole
from catalog.registry.founding import SEED
from catalog.registry.models import Record
from catalog.registry.plan import Changes, plan
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories


@pytest.fixture(scope="module", autouse=True)
def _anchored(runtime: Runtime) -> None:
    factories.anchor(runtime)


def planned(runtime: Runtime, *incoming: Incoming, on: date | None = None) -> Changes:
    with runtime.database.reading() as session:
        return plan(session, incoming, on=on or clock.today(runtime.settings.zone))


def rules(changes: Changes, index: int) -> set[tuple[str, str]]:
    return {(one.pointer, one.rule) for one in changes.all[index].violations}


def stored(runtime: Runtime, kind: str, identifier: str) -> Record:
    with runtime.database.reading() as session:
        record = session.get_one(Record, (kind, identifier))
        session.expunge(record)
        return record


def test_a_plan_of_mixed_kinds_is_one_act(runtime: Runtime) -> None:
    before = runtime.feed.last()
    system = factories.document("system", "甲") | {"identifier": "SY0801"}
    dataset = factories.document("dataset", "甲") | {"identifier": "DS000801", "systems": ["SY0801"]}

    changes = factories.enter(runtime, Incoming("dataset", dataset), Incoming("system", system))

    assert changes.counts == {"read": 2, "created": 2, "revised": 0, "unchanged": 0, "refused": 0}
    assert runtime.feed.last() == before + 2


def test_what_the_schema_the_register_and_the_rules_refuse_is_told_at_once(runtime: Runtime) -> None:
    document = factories.document("dataset") | {
        "summary": 5, "systems": ["SY9999"], "update_cycle": "X", "upstream": {"catalogue_id": "4400-1"},
    }  # fmt: skip

    found = rules(planned(runtime, Incoming("dataset", document)), 0)

    assert {("/summary", "type"), ("/systems/0", "reference-missing"), ("/update_cycle", "code-unknown"),
            ("/upstream", "upstream-unexpected")} <= found  # fmt: skip


def test_a_plan_writes_nothing(runtime: Runtime) -> None:
    before = runtime.feed.last()

    planned(runtime, Incoming("department", factories.document("department", "只是计划")))

    assert runtime.feed.last() == before


def test_who_refers_to_a_refused_document_is_refused_too(runtime: Runtime) -> None:
    system = factories.document("system", "乙") | {"identifier": "SY0802", "no_such": "x"}
    dataset = factories.document("dataset", "乙") | {"identifier": "DS000802", "systems": ["SY0802"]}
    agreement = factories.document("sharing-agreement", "乙") | {"dataset": "DS000802"}

    changes = planned(
        runtime, Incoming("system", system), Incoming("dataset", dataset),
        Incoming("sharing-agreement", agreement),
    )  # fmt: skip

    assert changes.counts["refused"] == 3
    lost = {"reference-refused", "reference-missing"}
    assert lost & {rule for pointer, rule in rules(changes, 1) if pointer == "/systems/0"}
    assert lost & {rule for pointer, rule in rules(changes, 2) if pointer == "/dataset"}


def test_a_plan_with_a_refusal_is_not_applied(runtime: Runtime) -> None:
    before = runtime.feed.last()
    good = Incoming("department", factories.document("department", "好"))
    changes = planned(runtime, good, Incoming("department", {"name": "坏"}))

    with pytest.raises(InvalidDocument) as refused:
        apply(runtime.database, changes, by=SEED, on=clock.today(runtime.settings.zone))

    assert {one.pointer for one in refused.value.violations} >= {"/level", "/category", "/division"}
    assert runtime.feed.last() == before


def test_a_reference_to_nothing_is_refused_where_it_stands(runtime: Runtime) -> None:
    document = factories.document("dataset", "丙") | {"systems": ["SY0901", "SY7777"], "department": "DP7777"}

    changes = planned(runtime, Incoming("dataset", document))

    assert {("/systems/1", "reference-missing"), ("/department", "reference-missing")} <= rules(changes, 0)
    assert ("/systems/0", "reference-missing") not in rules(changes, 0)


def test_an_unknown_code_is_refused_where_it_stands(runtime: Runtime) -> None:
    changes = planned(
        runtime, Incoming("department", factories.document("department", "码", division="999999"))
    )

    assert rules(changes, 0) == {("/division", "code-unknown")}


@pytest.mark.parametrize("field", ["identifier", "name"])
def test_two_documents_that_mean_one_record_are_refused(runtime: Runtime, field: str) -> None:
    first = factories.document("department", "双")
    second = factories.document("department", "双") | {"address": "白云大道1号"}
    if field == "identifier":
        first, second = first | {"identifier": "DP8001"}, second | {"identifier": "DP8001", "name": "另名"}

    changes = planned(
        runtime,
        Incoming("department", first, source=Source(line=1)),
        Incoming("department", second, source=Source(line=2)),
    )

    duplicate = changes.all[1].violations[0]
    assert [change.action for change in changes.all] == ["created", "refused"]
    assert (duplicate.rule, duplicate.values) == ("duplicate-in-batch", {"where": 1})


def test_a_document_without_identifier_is_matched_by_its_official_code(runtime: Runtime) -> None:
    code = [{"scheme": "GD", "code": "GD-77-0001"}]
    first = factories.document("system", "码一", official_codes=code)
    identifier = factories.enter(runtime, Incoming("system", first)).all[0].identifier

    renamed = factories.document("system", "改了名", official_codes=code)
    changes = planned(runtime, Incoming("system", renamed))

    assert (changes.all[0].action, changes.all[0].identifier) == ("revised", identifier)


def test_a_document_without_identifier_is_matched_by_its_name_within_the_owner(runtime: Runtime) -> None:
    first = factories.document("system", "同名")
    identifier = factories.enter(runtime, Incoming("system", first)).all[0].identifier

    mine = planned(runtime, Incoming("system", first | {"summary": "改"})).all[0]
    others = planned(runtime, Incoming("system", first | {"department": "DP0009"})).all[0]

    assert (mine.action, mine.identifier) == ("revised", identifier)
    assert others.action == "created"
    assert others.identifier != identifier


def test_a_number_is_given_once(runtime: Runtime) -> None:
    numbers = []
    for name in ("一", "二"):
        changes = factories.enter(runtime, Incoming("training", factories.document("training", f"号{name}")))
        numbers.append(changes.all[0].identifier)
    stated = factories.document("training", "号三") | {"identifier": "TR01500"}
    factories.enter(runtime, Incoming("training", stated))
    after = factories.enter(runtime, Incoming("training", factories.document("training", "号四")))

    assert int(numbers[1][2:]) == int(numbers[0][2:]) + 1
    assert after.all[0].identifier == "TR01501"


def test_a_number_that_another_writer_took_is_given_anew(runtime: Runtime) -> None:
    on = clock.today(runtime.settings.zone)
    early = planned(runtime, Incoming("training", factories.document("training", "早计划")))
    other = factories.enter(runtime, Incoming("training", factories.document("training", "先登记")))

    apply(runtime.database, early, by=CONSOLE, on=on)

    assert early.all[0].identifier != other.all[0].identifier
    assert stored(runtime, "training", early.all[0].identifier or "").name.endswith("早计划")
    with runtime.database.reading() as session:
        document = whole(session, "training", early.all[0].identifier or "")
    assert (document or {})["identifier"] == early.all[0].identifier


def test_a_plan_made_before_somebody_else_wrote_is_stale(runtime: Runtime) -> None:
    document = factories.document("system", "陈旧")
    identifier = factories.enter(runtime, Incoming("system", document)).all[0].identifier
    mine = document | {"identifier": identifier, "summary": "我的"}
    changes = planned(runtime, Incoming("system", mine))
    factories.enter(runtime, Incoming("system", mine | {"summary": "别人的"}))

    with pytest.raises(Stale):
        apply(runtime.database, changes, by=CONSOLE, on=clock.today(runtime.settings.zone))


def test_what_has_ended_is_not_revised(runtime: Runtime) -> None:
    document = factories.document("system", "终了")
    identifier = factories.enter(runtime, Incoming("system", document, "retired")).all[0].identifier

    changes = planned(runtime, Incoming("system", document | {"identifier": identifier, "summary": "x"}))

    assert ("", "ended") in rules(changes, 0)


@pytest.mark.parametrize(("identifier", "rule"), [("x", "identifier-form"), ("DP 1", "identifier-form")])
def test_an_identifier_of_another_form_is_refused(runtime: Runtime, identifier: str, rule: str) -> None:
    document = factories.document("department", "形") | {"identifier": identifier}

    found = rules(planned(runtime, Incoming("department", document)), 0)

    assert ("/identifier", rule) in found or ("/identifier", "pattern") in found


def test_an_unknown_status_is_refused_with_the_known_ones(runtime: Runtime) -> None:
    changes = planned(runtime, Incoming("system", factories.document("system", "态"), "asleep"))

    assert changes.all[0].violations[0].rule == "status-unknown"
    assert changes.all[0].violations[0].expected == ["in_service", "planned", "retired"]


def test_a_parent_of_itself_is_refused(runtime: Runtime) -> None:
    first = factories.document("department", "环一") | {"identifier": "DP8101", "parent": "DP8102"}
    second = factories.document("department", "环二") | {"identifier": "DP8102", "parent": "DP8101"}

    both = planned(runtime, Incoming("department", first), Incoming("department", second))
    alone = planned(runtime, Incoming("department", first | {"parent": "DP8101"}))

    assert both.counts["refused"] == 2
    assert alone.counts["refused"] == 1


def test_internal_fields_stay_out_of_the_public_text(runtime: Runtime) -> None:
    document = factories.document("system", "内") | {"address": "10.44.0.1:8443"}
    identifier = factories.enter(runtime, Incoming("system", document)).all[0].identifier or ""
    record = stored(runtime, "system", identifier)

    with runtime.database.reading() as session:
        texts = contents.load(session, [record.content, record.public_content or ""])

    assert b"10.44.0.1" in texts[record.content]
    assert b"10.44.0.1" not in texts[record.public_content or ""]
    assert contents.SALT.encode() not in texts[record.public_content or ""]


def test_two_equal_internal_texts_have_different_digests(runtime: Runtime) -> None:
    contents_ = []
    for number in ("SY0811", "SY0812"):
        document = factories.document("system", "盐") | {"identifier": number, "name": f"盐{number}"}
        factories.enter(runtime, Incoming("system", document))
        with runtime.database.reading() as session:
            text = contents.load(session, [stored(runtime, "system", number).content])
        contents_.append(next(iter(text.values())))

    salts = [text.partition(b'"internal_salt":"')[2][:32] for text in contents_]
    assert salts[0] != salts[1]


def test_a_document_with_internal_fields_is_unchanged_when_it_comes_again(runtime: Runtime) -> None:
    document = factories.document("system", "又来")
    identifier = factories.enter(runtime, Incoming("system", document)).all[0].identifier

    again = planned(runtime, Incoming("system", document | {"identifier": identifier}))

    assert again.counts["unchanged"] == 1


def streets(count: int) -> Document:
    codes: list[dict[str, Any]] = [
        {"code": f"{number:06d}", "label": f"街道{number}"} for number in range(1, count + 1)
    ]
    base = factories.document("code-list", "街道")
    for name in ("predecessor", "successor"):
        base.pop(name, None)
    return base | {
        "identifier": "CL0901",
        "name": "全国街道代码",
        "code_format": "n6",
        "codes": codes,
        "hierarchical": False,
    }


def test_one_changed_code_of_a_large_list_rewrites_one_row(runtime: Runtime) -> None:
    factories.enter(runtime, Incoming("code-list", streets(600), "standard"))
    first = runtime.feed.last()
    changed = streets(600)
    changed["codes"][299]["note"] = "以村改居"
    factories.enter(runtime, Incoming("code-list", changed, "standard"))

    with runtime.database.reading() as session:
        rows = session.execute(
            sql("SELECT code, to_seq FROM code WHERE code_list = 'CL0901' AND code = '000300'"
                " ORDER BY from_seq")
        ).fetchall()  # fmt: skip
        count = session.execute(sql("SELECT COUNT(*) FROM code WHERE code_list = 'CL0901'")).scalar_one()
        then, now = codes_of(session, "CL0901", seq=first), codes_of(session, "CL0901")
        content = contents.load(session, [stored(runtime, "code-list", "CL0901").content])

    assert count == 601
    assert [row[1] == FOREVER for row in rows] == [False, True]
    assert (then[299].get("note"), now[299].get("note")) == (None, "以村改居")
    assert len(then) == len(now) == 600
    assert all(b'"codes":' not in text for text in content.values())


def test_a_large_list_that_comes_again_is_unchanged(runtime: Runtime) -> None:
    document = streets(700) | {"identifier": "CL0902", "name": "又一份街道代码"}
    factories.enter(runtime, Incoming("code-list", document, "standard"))

    assert planned(runtime, Incoming("code-list", document, "standard")).counts["unchanged"] == 1
    with runtime.database.reading() as session:
        assert whole(session, "code-list", "CL0902") == document


def test_a_code_that_closed_later_is_a_warning_and_refused_only_to_newcomers(runtime: Runtime) -> None:
    base = factories.document("department", "关闭")
    identifier = factories.enter(runtime, Incoming("department", base)).all[0].identifier
    with runtime.database.reading() as session:
        divisions = whole(session, "code-list", "CL0001") or {}
    for code in divisions["codes"]:
        if code["code"] == base["division"]:
            code["valid_until"] = "2020-12-31"
    factories.enter(runtime, Incoming("code-list", divisions, "standard"))

    old = planned(runtime, Incoming("department", base | {"identifier": identifier, "note": "改"})).all[0]
    new = planned(runtime, Incoming("department", base | {"name": "新来的"})).all[0]

    assert old.action == "revised"
    assert [(v.rule, v.severity) for v in old.violations if v.pointer == "/division"] == [
        ("code-closed", "warning")
    ]
    assert ("/division", "code-closed") in {(v.pointer, v.rule) for v in new.violations}
    assert new.action == "refused"


def test_a_revision_is_judged_by_the_profile_of_the_status_that_stands(runtime: Runtime) -> None:
    with runtime.database.reading() as session:
        standard = whole(session, "data-element", "DE00001") or {}
    del standard["origin"]

    by_identifier = planned(runtime, Incoming("data-element", standard))
    by_name = planned(
        runtime, Incoming("data-element", {k: v for k, v in standard.items() if k != "identifier"})
    )

    assert rules(by_identifier, 0) == rules(by_name, 0) == {("/origin", "required")}
    assert by_identifier.all[0].action == by_name.all[0].action == "refused"


def test_a_finished_agreement_is_judged_as_a_finished_one(runtime: Runtime) -> None:
    document = factories.document("sharing-agreement", "旧约") | {"identifier": "AG2026-0777"}
    del document["scenario"]
    factories.enter(runtime, Incoming("sharing-agreement", document, "expired"))

    changes = planned(runtime, Incoming("sharing-agreement", document | {"note": "已归档"}))

    assert changes.all[0].action == "revised", rules(changes, 0)
    assert changes.all[0].status == "expired"


def test_a_file_leads_a_record_only_where_a_move_may(runtime: Runtime) -> None:
    document = factories.document("code-list", "移") | {"identifier": "CL0777"}
    factories.enter(runtime, Incoming("code-list", document, "preferred"))

    changes = planned(runtime, Incoming("code-list", document, "qualified"))

    assert rules(changes, 0) == {("", "status-move")}


def test_a_file_supersedes_nothing_without_naming_the_successor(runtime: Runtime) -> None:
    element = whole_of(runtime, "data-element", "DE00002")

    changes = planned(runtime, Incoming("data-element", element, "superseded"))

    assert ("/successor", "successor-required") in rules(changes, 0)


def test_a_file_retires_nothing_that_is_in_use(runtime: Runtime) -> None:
    element = whole_of(runtime, "data-element", "DE00001")

    changes = planned(runtime, Incoming("data-element", element, "retired"))

    assert ("", "still-used") in rules(changes, 0)


def whole_of(runtime: Runtime, kind: str, identifier: str) -> Document:
    with runtime.database.reading() as session:
        document = whole(session, kind, identifier)
    assert document is not None
    return document

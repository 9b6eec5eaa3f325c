"""What a program says to a case is read whole: unknown names and wrong types together, nothing cut, never a fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from catalog.base.errors import CatalogError, InvalidDocument, Malformed
from catalog.base.i18n import explain
from catalog.cases import service
from catalog.cases.bodies import foreign
from catalog.cases.proposals import Proposed, open_proposal
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import somebody

OFFICER = somebody("data_officer", "DP0008")


def said(runtime: Runtime, document: dict[str, Any], note: str = "", remark: str = "") -> None:
    with runtime.database.writing() as session:
        case = open_proposal(session, [Proposed("dataset", document)], by=OFFICER)
        if remark:
            service.comment(session, case.number, by=OFFICER, text=remark)
        service.do(
            session, case.number, "withdraw", by=OFFICER, read=case.seq, on=date(2026, 9, 30),
            note=note, database=runtime.database,
        )  # fmt: skip


def test_everything_that_is_unknown_or_of_another_type_is_named_at_once() -> None:
    known: dict[str, type] = {"note": str, "read": int, "values": dict}

    found = foreign({"note": 1, "read": True, "values": None, "x": 0, "a": 0}, known, "/changes/0")

    assert [(one.pointer, one.rule, one.found) for one in found] == [
        ("/changes/0/a", "parameter-unknown", "a"),
        ("/changes/0/x", "parameter-unknown", "x"),
        ("/changes/0/note", "type", "integer"),
        ("/changes/0/read", "type", "boolean"),
    ]


def test_a_long_reason_is_refused_and_not_cut(runtime: Runtime) -> None:
    with pytest.raises(Malformed, match="case-note-long"):
        said(runtime, factories.document("dataset", "（长）"), note="长" * 2001)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f"])
def test_no_sign_that_a_screen_hides_enters_a_case(runtime: Runtime, sign: str) -> None:
    with pytest.raises(InvalidDocument) as within, runtime.database.writing() as session:
        case = open_proposal(
            session, [Proposed("dataset", factories.document("dataset", "（内）"))], by=OFFICER
        )
        service.save(session, case.number, by=OFFICER, read=case.seq, values={"summary": f"好{sign}"})
    assert [(one.pointer, one.rule) for one in within.value.violations] == [("/summary", "sign-unprintable")]
    for words in ({"note": f"好{sign}"}, {"remark": f"好{sign}"}):
        with pytest.raises(InvalidDocument) as refused:
            said(runtime, factories.document("dataset", "（控制符）"), **words)
        assert [one.rule for one in refused.value.violations] == ["sign-unprintable"]


def test_an_identifier_that_is_no_text_is_the_documents_fault_and_no_crash(runtime: Runtime) -> None:
    said(runtime, factories.document("dataset", "（标识符）") | {"identifier": ["DS000001"]})


def test_a_refusal_calls_state_verb_and_post_by_the_names_that_people_know(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        case = open_proposal(
            session, [Proposed("dataset", factories.document("dataset", "（说法）"))], by=OFFICER
        )
        number, read = case.number, case.seq
    refusals = []
    for by, verb, seq in (
        (OFFICER, "publish", read),
        (OFFICER, "withdraw", 1),
        (somebody("data_officer", "DP0019"), "withdraw", read),
    ):
        with pytest.raises(CatalogError) as refused, runtime.database.writing() as session:
            service.do(
                session,
                number,
                verb,
                by=by,
                read=seq,
                on=date(2026, 9, 30),
                note="",
                database=runtime.database,
            )
        refusals.append(explain(refused.value, "zh")[1] + explain(refused.value, "en")[1])

    assert not [said for said in refusals for slug in ("draft", "data_officer", "case.") if slug in said]

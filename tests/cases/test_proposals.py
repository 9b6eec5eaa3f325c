"""Change proposals: one for many documents, returned once, struck by rows, merged, applied at once."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from catalog.base.errors import CatalogError, InvalidDocument, NotPermitted, WrongState
from catalog.cases import proposals, service
from catalog.cases.models import Case
from catalog.cases.proposals import Proposed
from catalog.cases.service import Paper
from catalog.cases.settling import settle
from catalog.identity.actors import Actor
from catalog.ledger.models import Entry
from catalog.registry import stored
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import somebody
from tests.desk import proof

HOME = "DP0008"
ON = date(2026, 9, 30)
OFFICER = somebody("data_officer", HOME)
HEAD = somebody("department_head", HOME)
BUREAU = somebody("authority")
NEIGHBOUR = somebody("data_officer", "DP0021")
ASSESSED = {"result": "通过", "on": "2026-09-01"}
FULL = {"summary": "新增目录", "secrecy_assessment": ASSESSED, "privacy_assessment": ASSESSED}
MINE = "甲方提案写的摘要，说明内容、范围与更新频率，自2004年起。"
THEIRS = "乙方期间登记的摘要，说明内容、范围与更新频率，自2004年起。"
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(scope="module")
def register(runtime: Runtime) -> Runtime:
    factories.anchor(runtime)
    return runtime


def dataset(number: str, **more: Any) -> dict[str, Any]:
    return factories.document("dataset", number) | more


def opened(runtime: Runtime, *proposed: Proposed, by: Actor = OFFICER) -> Case:
    with runtime.database.writing() as session:
        case = proposals.open_proposal(session, proposed, by=by)
        session.expunge(case)
    return case


def saved(runtime: Runtime, case: Case, by: Actor = OFFICER, **values: Any) -> Case:
    with runtime.database.writing() as session:
        found = service.save(session, case.number, by=by, read=now(runtime, case).seq, values=values)
        session.expunge(found)
    return found


def now(runtime: Runtime, case: Case) -> Case:
    with runtime.database.reading() as session:
        found = session.get(Case, case.number)
        assert found
        session.expunge(found)
    return found


def done(runtime: Runtime, case: Case, verb: str, by: Actor, **more: Any) -> Case:
    read = more.pop("read", None) or now(runtime, case).seq
    with runtime.database.writing() as session:
        found = service.do(
            session, case.number, verb, by=by, read=read, on=ON,
            database=runtime.database, **more,
        )  # fmt: skip
        session.expunge(found)
    return found


def submitted(runtime: Runtime, *proposed: Proposed) -> Case:
    case = opened(runtime, *proposed)
    saved(runtime, case, **FULL)
    done(runtime, case, "submit", OFFICER)
    return done(runtime, case, "consent", HEAD)


def record(runtime: Runtime, name: str) -> Record | None:
    with runtime.database.reading() as session:
        found = session.scalars(select(Record).where(Record.name == name)).first()
        if found:
            session.expunge(found)
        return found


def registered(runtime: Runtime, number: str) -> Record:
    document = dataset(number)
    factories.enter(runtime, Incoming("dataset", document))
    found = record(runtime, document["name"])
    assert found
    return found


def test_an_incomplete_draft_is_kept_and_says_what_is_missing(register: Runtime) -> None:
    case = opened(register, Proposed("dataset", {"name": "半成品目录", "department": HOME}))

    with register.database.reading() as session:
        (one,) = proposals.judged(session, case, ON)
    assert one.action == "refused"
    assert "/sharing" in {v.pointer.rsplit("#")[-1] for v in one.missing} or one.missing
    with pytest.raises(InvalidDocument) as refused:
        done(register, case, "submit", OFFICER)
    assert {v.pointer for v in refused.value.violations} == {
        "/summary", "/secrecy_assessment", "/privacy_assessment"
    }  # fmt: skip


def test_a_proposal_is_published_when_the_bureau_approves(register: Runtime) -> None:
    document = dataset("（批1）")
    case = submitted(register, Proposed("dataset", document))
    assert record(register, document["name"]) is None

    ended = done(register, case, "approve", BUREAU)

    assert ended.state == "approved"
    held = record(register, document["name"])
    assert held
    with register.database.reading() as session:
        assert service.subjects(session, case.number) == [("dataset", held.identifier)]
        verbs = [entry.verb for entry in service.timeline(session, case.number)]
    assert verbs == ["case.opened", "case.saved", "case.submitted", "case.consented", "case.approved"]
    assert proof(register).broken is None


def test_what_the_proposal_says_once_enters_every_dataset_that_says_nothing_itself(register: Runtime) -> None:
    said = {"secrecy_risk": {"result": "不通过", "done_on": "2026-08-01"}}
    silent = {
        k: v for k, v in dataset("（填1）").items() if k not in ("assessments", "approval", "published_on")
    }
    own = silent | {"name": silent["name"] + "自述", "assessments": said}
    malformed = silent | {"name": silent["name"] + "误填", "assessments": "通过"}
    case = submitted(register, *(Proposed("dataset", document) for document in (silent, own, malformed)))

    with register.database.reading() as session:
        first, second, third = (one.document for one in proposals.judged(session, now(register, case), ON))

    once = {"result": "通过", "done_on": "2026-09-01"}
    assert first["assessments"] == {"secrecy_risk": once, "personal_information": once}
    assert first["approval"] == {
        "person": HEAD.name,
        "post": "部门负责人",
        "approved_on": ON.isoformat(),
    }
    assert second["assessments"] == said | {"personal_information": once}
    assert third["assessments"] == "通过"


def test_a_dataset_that_changes_nothing_keeps_what_it_says(register: Runtime) -> None:
    held = registered(register, "（填2）")
    same = Proposed("dataset", dataset("（填2）"), identifier=held.identifier)
    case = submitted(register, same)

    with register.database.reading() as session:
        (one,) = proposals.judged(session, now(register, case), ON)

    assert (one.action, one.document) == ("unchanged", one.before)


def test_many_documents_are_one_proposal_and_single_ones_are_struck(register: Runtime) -> None:
    documents = [dataset(f"（多{n}）") for n in range(5)]
    case = submitted(register, *(Proposed("dataset", document) for document in documents))

    with register.database.writing() as session:
        proposals.strike(session, case.number, 3, by=BUREAU, read=case.seq, reason="与已有目录重复")
    done(register, case, "approve", BUREAU)

    kept = [record(register, document["name"]) is not None for document in documents]
    assert kept == [True, True, True, False, True]


def test_the_old_version_stays_until_approval(register: Runtime) -> None:
    old = registered(register, "（旧）")
    document = dataset("（旧）", contact_post="数据科科长")
    case = submitted(register, Proposed("dataset", document, identifier=old.identifier, read=old.seq))
    assert case.track == "update"
    during = record(register, old.name)

    done(register, case, "approve", BUREAU)

    after = record(register, old.name)
    assert during and after
    assert (during.version, after.version) == (1, 2)


def test_a_later_version_merges_where_it_may_and_clashes_where_not(register: Runtime) -> None:
    old = registered(register, "（并）")
    mine = dataset("（并）", contact_post="数据科科长")
    clean = submitted(register, Proposed("dataset", mine, identifier=old.identifier, read=old.seq))
    clash = submitted(register, Proposed("dataset", mine | {"summary": MINE}, identifier=old.identifier, read=old.seq))  # fmt: skip
    factories.enter(
        register, Incoming("dataset", dataset("（并）", summary=THEIRS) | {"identifier": old.identifier})
    )

    with register.database.reading() as session:
        (one,) = proposals.judged(session, now(register, clash), ON)
    with pytest.raises(WrongState) as refused:
        done(register, clash, "approve", BUREAU)
    done(register, clean, "approve", BUREAU)

    assert [(c.pointer, c.theirs, c.mine) for c in one.clashes] == [("/summary", THEIRS, MINE)]
    assert refused.value.slug == "case-conflict"
    assert now(register, clash).state == "submitted"
    with register.database.reading() as session:
        (after,) = [proposals.whole(session, "dataset", old.identifier)]
    assert after
    assert (after["summary"], after["contact_post"]) == (THEIRS, mine["contact_post"])


def test_returned_once_then_what_changed_since_is_known(register: Runtime) -> None:
    document = dataset("（退）")
    case = submitted(register, Proposed("dataset", document))
    with register.database.writing() as session:
        service.comment(session, case.number, by=BUREAU, text="说明太短", pointer="/changes/0/contact_post")
    done(register, case, "return", BUREAU, note="请补充说明")

    better = document | {"contact_post": "信息科科长"}
    with register.database.writing() as session:
        read = now(register, case).seq
        proposals.change(session, case.number, 0, by=OFFICER, read=read, proposed=Proposed("dataset", better))
    with register.database.reading() as session:
        (mended,) = proposals.since_return(session, now(register, case))
    done(register, case, "submit", OFFICER)
    done(register, case, "consent", HEAD)

    assert mended.number == 0
    assert mended.before.get("contact_post") != mended.after["contact_post"]
    with pytest.raises(WrongState) as refused:
        done(register, case, "return", BUREAU, note="再改")
    assert "approve" in refused.value.values["possible"]
    assert "return" not in refused.value.values["possible"]


def test_a_conflict_after_the_only_return_goes_back_to_its_author(register: Runtime) -> None:
    old = registered(register, "（迟）")
    mine = dataset("（迟）", summary=MINE)
    case = submitted(register, Proposed("dataset", mine, identifier=old.identifier, read=old.seq))
    with pytest.raises(WrongState) as needless:
        done(register, case, "reopen", BUREAU)
    done(register, case, "return", BUREAU, note="请补充说明")
    done(register, case, "submit", OFFICER)
    done(register, case, "consent", HEAD)
    factories.enter(
        register, Incoming("dataset", dataset("（迟）", summary=THEIRS) | {"identifier": old.identifier})
    )

    back = done(register, case, "reopen", BUREAU)
    with register.database.writing() as session:
        settle(
            session, case.number, 0, by=OFFICER, read=now(register, case).seq, on=ON,
            choices={"/summary": "mine"},
        )  # fmt: skip
    done(register, case, "submit", OFFICER)
    done(register, case, "consent", HEAD)
    after = done(register, case, "approve", BUREAU)

    assert (needless.value.slug, back.state, after.state) == ("case-no-conflict", "returned", "approved")
    with register.database.reading() as session:
        registered_now = proposals.whole(session, "dataset", old.identifier)
    assert registered_now
    assert registered_now["summary"] == MINE


def test_author_and_approver_are_two_persons(register: Runtime) -> None:
    both = Actor(
        OFFICER.person, "x", "x", HOME, reach={"department_head": frozenset({HOME}), "authority": None}
    )
    case = opened(register, Proposed("dataset", dataset("（两）")))
    saved(register, case, **FULL)
    done(register, case, "submit", OFFICER)

    with pytest.raises(NotPermitted) as refused:
        done(register, case, "consent", both)

    assert refused.value.slug == "case-four-eyes"


def test_a_paper_act_compares_signers_and_needs_its_scan(register: Runtime) -> None:
    case = opened(register, Proposed("dataset", dataset("（纸）")))
    saved(register, case, **FULL)
    done(register, case, "submit", OFFICER)
    with register.database.writing() as session:
        scan = service.attach(session, case.number, by=OFFICER, data=PDF, filename="签批.pdf").digest
    own = Paper(OFFICER.person, "主任", "2026-09-30", "云人社〔2026〕8号", scan)

    with pytest.raises(NotPermitted):
        done(register, case, "consent", OFFICER, paper=own)
    with pytest.raises(InvalidDocument):
        done(register, case, "consent", OFFICER, paper=Paper(HEAD.person, "主任", "2026-10-09", "8号", ""))
    after = done(register, case, "consent", OFFICER, paper=Paper(HEAD.person, *list(_rest(own))))

    assert after.state == "submitted"
    with register.database.reading() as session:
        assert stored.fetch(session, scan) == PDF
        assert HEAD.person in str(service.timeline(session, case.number)[-1].data)


def _rest(paper: Paper) -> tuple[str, str, str, str]:
    return paper.post, paper.signed_on, paper.number, paper.scan


def test_a_failed_approval_leaves_nothing(register: Runtime) -> None:
    document = dataset("（败）")
    bad = {"name": "缺东西", "department": HOME}
    case = submitted(register, Proposed("dataset", document), Proposed("dataset", bad))
    last = register.feed.last()

    with pytest.raises(InvalidDocument) as refused:
        done(register, case, "approve", BUREAU)

    assert all(v.pointer.startswith("/changes/1") for v in refused.value.violations)
    assert register.feed.last() == last
    assert record(register, document["name"]) is None
    assert now(register, case).state == "submitted"


def test_neither_strangers_nor_numbers_enter(register: Runtime) -> None:
    case = opened(register, Proposed("dataset", dataset("（隐）")))

    with register.database.reading() as session, pytest.raises(CatalogError) as unseen:
        service.get(session, case.number, NEIGHBOUR)
    with pytest.raises(NotPermitted):
        opened(register, Proposed("dataset", dataset("（他）")), by=NEIGHBOUR)
    with pytest.raises(InvalidDocument) as personal:
        saved(register, case, summary="联系 13800138000")

    assert unseen.value.slug == "not-found"
    assert personal.value.violations[0].rule == "looks-personal"


def test_of_two_reviewers_one_wins_and_the_other_learns_what_happened(register: Runtime) -> None:
    case = submitted(register, Proposed("dataset", dataset("（争）")))
    outcomes: list[Any] = []
    gate = threading.Barrier(2)

    def approve(by: Actor) -> None:
        gate.wait()
        try:
            outcomes.append(done(register, case, "approve", by, read=case.seq).state)
        except CatalogError as error:
            outcomes.append(error)

    reviewers = [threading.Thread(target=approve, args=(somebody("authority", name=n),)) for n in "甲乙"]
    for one in reviewers:
        one.start()
    for one in reviewers:
        one.join()

    (lost,) = [one for one in outcomes if isinstance(one, WrongState)]
    assert "approved" in outcomes
    assert lost.slug == "case-moved"
    assert [one["verb"] for one in lost.values["found"]] == ["case.approved"]
    with register.database.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.note == case.number)).all()
    assert len(entries) == 1

"""Role, kind, verb, whose record -> result, as one table to be read against kinds.py."""

from collections.abc import Callable
from datetime import date

import pytest

from catalog.base.errors import CaseRequired, CatalogError, NotPermitted, NotSignedIn
from catalog.identity.actors import ANONYMOUS, CONSOLE, Actor, Subordinates, actor_of
from catalog.identity.models import Account, Grant
from catalog.identity.permissions import permit
from catalog.kinds import BY_NAME, KINDS, VERBS, Kind

Made = Callable[..., Actor]
OWN, SUBORDINATE, ABOVE, FOREIGN = "DP0008", "DP0041", "DP0001", "DP0011"


def outcome(who: Actor, kind: str, verb: str, department: str | None, reason: str | None, desk: str) -> str:
    try:
        permit(who, BY_NAME[kind], verb, department, reason=reason, desk=desk)  # type: ignore[arg-type]
    except CatalogError as error:
        return error.slug
    return "ok"


NO, CASE = "not-permitted", "case-required"
# role, kind, verb, department: while the desk is off without a reason, off with a reason, on with a reason
TABLE = [
    ("reader", "dataset", "confirm", OWN, NO, NO, NO),
    ("reader", "dataset", "revise", OWN, NO, NO, NO),
    ("data_officer", "dataset", "confirm", OWN, "ok", "ok", "ok"),
    ("data_officer", "dataset", "confirm", SUBORDINATE, "ok", "ok", "ok"),
    ("data_officer", "dataset", "confirm", ABOVE, NO, NO, NO),
    ("data_officer", "dataset", "confirm", FOREIGN, NO, NO, NO),
    ("data_officer", "dataset", "confirm", None, NO, NO, NO),
    ("data_officer", "dataset", "register", OWN, CASE, CASE, CASE),
    ("data_officer", "dataset", "revise", SUBORDINATE, CASE, CASE, CASE),
    ("data_officer", "dataset", "revise", FOREIGN, NO, NO, NO),
    ("data_officer", "system", "register", OWN, "ok", "ok", "ok"),
    ("data_officer", "system", "revise", FOREIGN, NO, NO, NO),
    ("data_officer", "department", "revise", OWN, NO, NO, NO),
    ("data_officer", "data-element", "register", OWN, NO, NO, NO),
    ("data_officer", "appointment", "register", OWN, NO, NO, NO),
    ("sharing_officer", "sharing-agreement", "confirm", OWN, "ok", "ok", "ok"),
    ("sharing_officer", "sharing-agreement", "register", OWN, CASE, CASE, CASE),
    ("sharing_officer", "sharing-agreement", "register", FOREIGN, NO, NO, NO),
    ("sharing_officer", "dataset", "confirm", OWN, NO, NO, NO),
    ("department_head", "dataset", "revise", OWN, CASE, "ok", CASE),
    ("department_head", "dataset", "revise", FOREIGN, NO, NO, NO),
    ("cdo", "dataset", "revise", OWN, NO, NO, NO),
    ("standards_editor", "data-element", "confirm", FOREIGN, "ok", "ok", "ok"),
    ("standards_editor", "data-element", "revise", FOREIGN, CASE, CASE, CASE),
    ("standards_editor", "code-list", "register", None, CASE, CASE, CASE),
    ("standards_editor", "topic", "move", OWN, "ok", "ok", "ok"),
    ("standards_editor", "dataset", "revise", OWN, NO, NO, NO),
    ("standards_approver", "data-element", "revise", FOREIGN, CASE, "ok", CASE),
    ("standards_approver", "data-element", "confirm", FOREIGN, NO, NO, NO),
    ("standards_approver", "topic", "revise", OWN, CASE, "ok", CASE),
    ("authority", "department", "register", FOREIGN, "ok", "ok", "ok"),
    ("authority", "appointment", "retire", FOREIGN, "ok", "ok", "ok"),
    ("authority", "training", "register", FOREIGN, "ok", "ok", "ok"),
    ("authority", "system", "revise", FOREIGN, "ok", "ok", "ok"),
    ("authority", "dataset", "register", FOREIGN, CASE, "ok", CASE),
    ("authority", "sharing-agreement", "retire", FOREIGN, CASE, "ok", CASE),
    ("authority", "data-element", "revise", OWN, NO, NO, NO),
    ("auditor", "dataset", "confirm", OWN, NO, NO, NO),
    ("security_admin", "dataset", "confirm", OWN, NO, NO, NO),
    ("admin", "dataset", "confirm", OWN, NO, NO, NO),
]


@pytest.mark.parametrize(("role", "kind", "verb", "department", "bare", "reasoned", "desk"), TABLE)
def test_the_table_of_permissions(
    actor: Made, role: str, kind: str, verb: str, department: str | None, bare: str, reasoned: str, desk: str
) -> None:
    who = actor(role)

    found = [
        outcome(who, kind, verb, department, None, "off"),
        outcome(who, kind, verb, department, "因纠错", "off"),
        outcome(who, kind, verb, department, "因纠错", "on"),
    ]

    assert found == [bare, reasoned, desk]


@pytest.mark.parametrize("role", ["reader", "auditor", "security_admin", "admin", "cdo"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_roles_that_keep_no_records_change_none(actor: Made, role: str, kind: Kind) -> None:
    who = actor(role)

    assert {outcome(who, kind.name, verb, OWN, "理由", "off") for verb in VERBS} == {NO}


def test_nobody_may_do_anything_without_signing_in() -> None:
    with pytest.raises(NotSignedIn):
        permit(ANONYMOUS, BY_NAME["dataset"], "confirm", OWN, reason=None, desk="off")


def test_a_token_without_write_calls_no_verb(actor: Made) -> None:
    who = actor("authority", scope=frozenset({"read", "internal"}))

    assert outcome(who, "department", "revise", OWN, None, "off") == "token-scope"


def test_a_token_with_write_acts_as_its_holder(actor: Made) -> None:
    who = actor("authority", scope=frozenset({"write"}))

    assert outcome(who, "department", "revise", OWN, None, "off") == "ok"


def test_a_vendor_changes_no_record(actor: Made) -> None:
    who = actor("data_officer", system="SY0001")

    assert outcome(who, "system", "revise", OWN, None, "off") == "vendor-account"


def test_a_blank_reason_is_no_reason(actor: Made) -> None:
    with pytest.raises(CaseRequired):
        permit(actor("authority"), BY_NAME["dataset"], "revise", OWN, reason="  ", desk="off")


def test_a_refused_case_says_what_is_possible(actor: Made) -> None:
    with pytest.raises(CaseRequired) as off:
        permit(actor("authority"), BY_NAME["dataset"], "revise", OWN, reason=None, desk="off")
    with pytest.raises(CaseRequired) as on:
        permit(actor("authority"), BY_NAME["dataset"], "revise", OWN, reason="x", desk="on")

    assert (off.value.values["possible"], on.value.values["possible"]) == (["reason"], ["open-case"])


def test_a_refusal_names_the_roles_that_could(actor: Made) -> None:
    with pytest.raises(NotPermitted) as refused:
        permit(actor("reader"), BY_NAME["system"], "revise", OWN, reason=None, desk="off")

    assert refused.value.values["roles"] == ["data_officer", "authority"]


def test_the_operator_at_the_machine_may_change_every_record_with_a_reason() -> None:
    found = {outcome(CONSOLE, kind.name, verb, FOREIGN, "初始化", "off") for kind in KINDS for verb in VERBS}

    assert found == {"ok"}


def test_a_grant_holds_from_its_first_day_to_its_last(beneath: Subordinates) -> None:
    account = Account(person="PN-0", login="x", password="", department=OWN, created_at="")
    grant = Grant(
        key="g", person="PN-0", role="authority", granted_by="c", from_on="2026-09-01", until_on="2026-09-30"
    )
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]

    held = [actor_of(account, None, [grant], on=day, subordinates=beneath).holds("authority") for day in days]

    assert held == [False, True, True, False]

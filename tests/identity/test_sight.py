"""What whom sees: kinds, and whose internal fields."""

from collections.abc import Callable

import pytest

from catalog.base.settings import Settings
from catalog.identity.actors import ANONYMOUS, CONSOLE, Actor
from catalog.identity.sight import sight
from catalog.kinds import KINDS

Made = Callable[..., Actor]
EVERY = frozenset(kind.name for kind in KINDS)
STANDARDS, ALL = Settings(public_read="standards"), Settings(public_read="all")
NONE: frozenset[str] = frozenset()
BENEATH = frozenset({"DP0008", "DP0041"})


def test_the_public_reads_standards_and_working_calendars_only() -> None:
    assert sight(ANONYMOUS, STANDARDS).kinds == {"data-element", "code-list", "calendar"}


def test_a_demonstration_opens_every_kind_but_nothing_internal() -> None:
    found = sight(ANONYMOUS, ALL)

    assert (found.kinds, found.internal) == (EVERY, NONE)


@pytest.mark.parametrize(
    ("role", "internal"),
    [
        ("reader", NONE),
        ("data_officer", BENEATH),
        ("sharing_officer", BENEATH),
        ("department_head", BENEATH),
        ("cdo", BENEATH),
        ("standards_editor", NONE),
        ("standards_approver", NONE),
        ("authority", None),
        ("auditor", None),
        ("security_admin", NONE),
        ("admin", NONE),
    ],
)
def test_internal_fields_follow_the_role_and_its_reach(
    actor: Made, role: str, internal: frozenset[str] | None
) -> None:
    found = sight(actor(role), STANDARDS)

    assert (found.kinds, found.internal) == (EVERY, internal)


def test_who_holds_no_role_sees_every_kind_and_nothing_internal(actor: Made) -> None:
    found = sight(actor(), STANDARDS)

    assert (found.kinds, found.internal) == (EVERY, NONE)


@pytest.mark.parametrize(("role", "scope"), [("auditor", {"read", "write"}), ("authority", {"read"})])
def test_a_token_without_internal_sees_nothing_internal(actor: Made, role: str, scope: set[str]) -> None:
    assert sight(actor(role, scope=frozenset(scope)), STANDARDS).internal == NONE


def test_a_token_with_internal_sees_what_its_holder_sees(actor: Made) -> None:
    assert sight(actor("auditor", scope=frozenset({"read", "internal"})), STANDARDS).internal is None


def test_a_token_without_read_sees_no_more_than_the_public(actor: Made) -> None:
    assert sight(actor("authority", scope=frozenset({"write"})), STANDARDS) == sight(ANONYMOUS, STANDARDS)


def test_a_vendor_sees_nothing_internal(actor: Made) -> None:
    assert sight(actor("data_officer", system="SY0001"), STANDARDS).internal == NONE


def test_the_operator_sees_everything() -> None:
    assert sight(CONSOLE, STANDARDS).internal is None

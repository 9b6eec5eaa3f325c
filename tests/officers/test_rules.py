"""Rules of appointments and trainings."""

import pytest
from book import Book, found

from catalog.officers.rules import TIERS, training_violations, violations

APPOINTMENT = {
    "identifier": "AP00002",
    "name": "区民政局首席数据官",
    "department": "DP0006",
    "role": "dept_cdo",
    "post": "首席数据官",
    "person": "PN-0123456789abcdef",
    "term": {"from": "2025-01-01", "until": "2027-12-31"},
    "reports_to": "AP00001",
}


def _found(superior="district_cdo_exec", **changes):
    document = {name: value for name, value in (APPOINTMENT | changes).items() if value is not None}
    register = {("appointment", "AP00001"): {"role": superior}}
    return found(violations, document, Book(register, identifier="AP00002"))


def test_a_sound_appointment_has_no_fault():
    assert _found() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"term": {"from": "2026-01-01", "until": "2025-01-01"}}, ("/term/until", "dates-order", "error")),
        ({"term": {"from": "2024-01-01", "until": "2026-06-29"}}, ("/term/until", "term-expired", "warning")),
        ({"person": None}, ("/person", "post-vacant", "info")),
        ({"reports_to": "AP00002"}, ("/reports_to", "reports-to-cycle", "error")),
        (
            {"evaluations": [{"year": 2025}, {"year": 2025}]},
            ("/evaluations/1/year", "evaluation-duplicate", "warning"),
        ),
    ],
)
def test_a_slip_is_named(changes, expected):
    assert expected in _found(**changes)


def test_a_vacant_post_has_no_term_that_could_expire():
    assert _found(person=None, term={"from": "2020-01-01", "until": "2021-01-01"}) == {
        ("/person", "post-vacant", "info")
    }


@pytest.mark.parametrize(
    ("role", "superior", "refused"),
    [(role, superior, TIERS[superior] >= TIERS[role]) for role in TIERS for superior in TIERS],
)
def test_everybody_reports_upwards(role, superior, refused):
    expected = {("/reports_to", "reports-to-tier", "error")} if refused else set()

    assert _found(superior, role=role) == expected


TRAINING = {
    "name": "首席数据官能力素养培训",
    "period": {"from": "2026-05-11", "until": "2026-05-15"},
    "audience_roles": ["dept_cdo"],
    "sessions": [{"name": "第一场", "from": "2026-05-11", "until": "2026-05-12"}],
    "attendances": [{"appointment": "AP00002", "attended": True, "certificate_number": "C1"}],
}


def _trained(**changes):
    register = {
        ("appointment", "AP00002"): {"role": "dept_cdo"},
        ("appointment", "AP00003"): {"role": "data_steward"},
    }
    return found(training_violations, TRAINING | changes, Book(register))


def test_a_sound_training_has_no_fault():
    assert _trained() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"period": {"from": "2026-05-16", "until": "2026-05-15"}},
            ("/period/until", "dates-order", "error"),
        ),
        (
            {"sessions": [{"from": "2026-05-12", "until": "2026-05-11"}]},
            ("/sessions/0/until", "dates-order", "error"),
        ),
        (
            {"sessions": [{"from": "2026-05-10", "until": "2026-05-11"}]},
            ("/sessions/0/from", "session-outside-period", "error"),
        ),
        (
            {"attendances": [{"appointment": "AP00002"}, {"appointment": "AP00002"}]},
            ("/attendances/1/appointment", "attendance-duplicate", "error"),
        ),
        (
            {"attendances": [{"appointment": "AP00002", "attended": False, "certificate_number": "C1"}]},
            ("/attendances/0/certificate_number", "certificate-not-attended", "error"),
        ),
        (
            {"attendances": [{"appointment": "AP00003", "attended": True}]},
            ("/attendances/0/appointment", "attendance-role", "warning"),
        ),
    ],
)
def test_a_slip_in_a_training_is_named(changes, expected):
    assert expected in _trained(**changes)

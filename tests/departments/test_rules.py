"""Rules of departments and information systems."""

import pytest
from book import Book, found

from catalog.departments.rules import system_violations, violations

DEPARTMENT = {
    "identifier": "DP0002",
    "name": "广州市白云区政务服务和数据管理局",
    "parent": "DP0001",
    "level": "4",
    "credit_code": "91350100M000100Y43",
    "organization_code": "M000100Y-4",
    "former_names": [{"name": "广州市白云区政务服务数据管理局", "until": "2024-01-01"}],
}


def _found(above=None, **changes):
    register = {("department", "DP0001"): {"name": "区政府", "level": "4"} | (above or {})}
    return found(violations, DEPARTMENT | changes, Book(register, identifier="DP0002"))


def test_a_sound_department_has_no_fault():
    assert _found() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"parent": "DP0002"}, ("/parent", "parent-cycle", "error")),
        ({"level": "3"}, ("/level", "department-level", "warning")),
        ({"organization_code": "M000100Y-5"}, ("/organization_code", "organization-code-check", "warning")),
        ({"organization_code": "60003734-1"}, ("/organization_code", "organization-code-differs", "warning")),
        ({"dissolved_on": "2024-01-01"}, ("/successors", "dissolved-without-successor", "warning")),
        (
            {"established_on": "2024-01-01", "dissolved_on": "2023-01-01"},
            ("/dissolved_on", "dates-order", "error"),
        ),
        ({"successors": ["DP0003", "DP0002"]}, ("/successors/1", "refers-to-itself", "error")),
        (
            {"former_names": [{"name": "甲"}, {"name": "甲"}]},
            ("/former_names/1/name", "former-name-duplicate", "warning"),
        ),
        (
            {"former_names": [{"name": DEPARTMENT["name"]}]},
            ("/former_names/0/name", "former-name-current", "warning"),
        ),
    ],
)
def test_a_slip_is_named(changes, expected):
    assert expected in _found(**changes)


def test_a_parent_that_reports_back_is_a_circle():
    assert _found(above={"parent": "DP0002"}) == {("/parent", "parent-cycle", "error")}


def test_a_circle_further_up_does_not_hang():
    assert _found(above={"parent": "DP0001"}) == set()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"protection_grade": "2"}, {("/protection_record_number", "protection-record-missing", "warning")}),
        ({"protection_grade": "1"}, set()),
        ({"protection_grade": "3", "protection_record_number": "44011100001"}, set()),
        (
            {"in_service_on": "2022-01-01", "retired_on": "2021-01-01"},
            {("/retired_on", "dates-order", "error")},
        ),
        (
            {"in_service_on": "2022-01-01", "project": {"year": 2023}},
            {("/project/year", "dates-order", "error")},
        ),
    ],
)
def test_a_system_is_judged(document, expected):
    assert found(system_violations, {"name": "区政务大数据平台"} | document) == expected

"""Check digits and forms: every value that the domain knows, and what a slip of one digit does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.standards.checkdigits import (
    ALGORITHMS,
    CREDIT_CATEGORIES,
    citizen_id_faults,
    credit_code_faults,
    is_citizen_id,
    is_credit_code,
    is_division_code,
    is_organization_code,
    luhn,
    organization_code_faults,
    person_documents,
    violations,
)
from catalog.standards.formats import FORMATS

# 51343620000320711X is quoted in places as false; its check digit, birth date and division are right.
CITIZENS = [
    "11010519491231002X",
    "440524188001010014",
    "360426199101010071",
    "44011320141005001X",
    "810000199408230021",
    "830000199201300022",
    "932682198501010017",
    "51343620000320711X",
]
FALSE_CITIZENS = ["44152419880730801X", "911124198108030028"]
ORGANISATIONS = [
    "91350100M000100Y43",
    "91110000600037341L",
    "914403001922038216",
    "91440300708461136T",
    "91330100799655058B",
    "52100000500000784G",
    "91110108MA01YBNX62",
]
INNER_RIGHT = ["M000100Y4", "600037341", "192203821", "708461136", "799655058"]
INNER_WRONG = ["500000784", "MA01YBNX6"]
CARDS = ["6225881414207430", "6217001210024455220"]


@pytest.mark.parametrize("value", CITIZENS)
def test_a_right_identity_number_passes(value):
    assert citizen_id_faults(value) == []
    assert FORMATS["citizen-id"](value)


@pytest.mark.parametrize("value", FALSE_CITIZENS)
def test_a_wrong_check_digit_is_named(value):
    assert citizen_id_faults(value) == ["citizen-id-check"]
    assert not is_citizen_id(value)


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ("11010519491231002x", "citizen-id-form"),
        ("1101051949123100", "citizen-id-form"),
        ("１10105194912310021", "citizen-id-form"),
        ("11010519490231002X", "citizen-id-birth"),
        ("110105170012310021", "citizen-id-birth"),
        ("110105194912310021", "citizen-id-check"),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_named(value, slug):
    assert citizen_id_faults(value) == [slug]


def _divisions(code):
    known = {"110105": [(date(1949, 10, 1), None)], "440524": [(date(1983, 1, 1), date(2003, 1, 1))]}
    return known.get(code)


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ("11010519491231002X", []),
        ("440524188001010014", ["citizen-id-division-not-valid"]),
        ("360426199101010071", ["citizen-id-division-unknown"]),
        ("810000199408230021", []),
        ("830000199201300022", []),
        ("932682198501010017", []),
    ],
)
def test_a_division_is_a_warning_and_permits_have_none(value, faults):
    assert citizen_id_faults(value, _divisions) == faults
    assert all(found.severity == "warning" for found in violations("/x", value, faults))


@given(st.sampled_from(CITIZENS), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_in_an_identity_number_never_passes(value, place, digit):
    wrong = value[:place] + digit + value[place + 1 :]

    assert is_citizen_id(wrong) == (wrong == value)


@pytest.mark.parametrize("value", ORGANISATIONS)
def test_a_right_credit_code_passes(value):
    assert is_credit_code(value)
    assert FORMATS["unified-social-credit-code"](value)


@given(st.sampled_from(ORGANISATIONS), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_in_a_credit_code_never_passes(value, place, sign):
    wrong = value[:place] + sign + value[place + 1 :]

    assert is_credit_code(wrong) == (wrong == value)


def _with_check(body):
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(
        body + sign for sign in alphabet if "credit-code-check" not in credit_code_faults(body + sign)
    )


@pytest.mark.parametrize("start", [a + b for a, categories in CREDIT_CATEGORIES.items() for b in categories])
def test_every_department_and_category_of_the_tables_is_known(start):
    assert is_credit_code(_with_check(start + "440111MB2C12345"))


@pytest.mark.parametrize("start", ["14", "24", "94", "Y9", "A2", "82"])
def test_a_category_that_the_department_does_not_register_is_refused(start):
    assert credit_code_faults(start + "440111MB2C123450") == ["credit-code-category"]


@pytest.mark.parametrize("value", ["", "91350100I000100Y43", "91350100m000100y43", "B1350100M000100Y43"])
def test_a_credit_code_of_another_form_is_refused(value):
    assert credit_code_faults(value) == ["credit-code-form"]


@pytest.mark.parametrize("value", ["D2143569-X", "60003734-1", *INNER_RIGHT])
def test_a_right_organisation_code_passes(value):
    assert is_organization_code(value)


@pytest.mark.parametrize("value", [*INNER_WRONG, "D2143569-1", "D2143569", ""])
def test_a_wrong_organisation_code_is_a_warning(value):
    faults = organization_code_faults(value)

    assert [found.severity for found in violations("/organization_code", value, faults)] == ["warning"]


@pytest.mark.parametrize("value", ["52100000500000784G", "91110108MA01YBNX62"])
def test_a_wrong_inner_organisation_code_does_not_refuse_the_credit_code(value):
    assert credit_code_faults(value) == ["organization-code-check"]
    assert is_credit_code(value)


@pytest.mark.parametrize("value", CARDS)
def test_a_right_card_number_passes(value):
    assert luhn(value)


@given(st.sampled_from(CARDS), st.integers(0, 15), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_a_card_number_never_passes(value, place, digit):
    wrong = value[:place] + digit + value[place + 1 :]

    assert luhn(wrong) == (wrong == value)


@pytest.mark.parametrize(
    ("value", "documents"),
    [
        ("H1234567800", ["mainland-travel-permit-hk-mo"]),
        ("M12345678", ["mainland-travel-permit-hk-mo"]),
        ("HA1234567", ["mainland-travel-permit-hk-mo"]),
        ("12345678", ["mainland-travel-permit-tw"]),
        ("1234567890A", ["mainland-travel-permit-tw"]),
        ("E12345678", ["passport-cn"]),
        ("EA1234567", ["passport-cn"]),
        ("CAN123456789012", ["permanent-resident-old"]),
        ("13800138000", ["mobile-number"]),
        ("510000", ["postcode"]),
        ("810000199408230021", ["residence-permit"]),
        ("932682198501010017", ["permanent-resident"]),
        ("11010519491231002X", ["citizen-id"]),
    ],
)
def test_other_documents_are_known_by_their_form(value, documents):
    assert person_documents(value) == documents


@pytest.mark.parametrize(
    ("value", "known"),
    [("440111", True), ("440111002", True), ("440111002001", True), ("4401110", False), ("040111", False)],
)
def test_a_division_code_has_six_nine_or_twelve_digits(value, known):
    assert is_division_code(value) is known


def test_every_algorithm_answers_a_truth():
    assert all(check("11010519491231002X") in (True, False) for check in ALGORITHMS.values())

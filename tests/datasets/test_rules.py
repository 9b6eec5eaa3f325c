"""Rules of datasets: Decree No. 809 art. 13 to 15 and 24, the grades of GB/T 43697, bound fields."""

import pytest
from book import Book, found

from catalog.datasets.rules import violations

DATASET = {
    "identifier": "DS000001",
    "name": "婚姻登记信息",
    "department": "DP0006",
    "provider_code": "11440111MB9Y000243",
    "resource_code": "203001/1",
    "code_scheme": "NDRC2017",
    "classification": "203",
    "origin": "1",
    "fields": [
        {
            "name": "公民身份号码",
            "column": "GMSFHM",
            "element": "DE00001",
            "data_type": "string",
            "format": "c18",
        },
        {"name": "婚姻状况代码", "column": "HYZKDM", "data_type": "string", "format": "n2"},
    ],
    "share": {"class": "2", "scope": "区民政局", "purpose": "社会救助审核", "ways": ["1"]},
    "open": {"public": False},
    "grade": {"grade": "general", "general_level": 4, "affected": "individual", "harm": "serious"},
    "services": [{"name": "婚姻状况查询", "returns": ["婚姻状况代码"]}],
    "approval": {"post": "局长", "approved_on": "2026-03-10"},
    "assessments": {"secrecy_risk": {"done_on": "2026-03-01"}},
    "published_on": "2026-03-12",
}
ELEMENT = {
    "name": "公民身份号码",
    "data_type": "string",
    "format": "c18",
    "value_domain": {"code_list": "CL0900"},
    "grade": {"grade": "general", "general_level": 4},
}
DEPARTMENT = {"name": "区民政局", "credit_code": "11440111MB9Y000243"}
REGISTER = {("data-element", "DE00001"): ELEMENT, ("department", "DP0006"): DEPARTMENT}


def _found(profile="shareable", **changes):
    return found(violations, DATASET | changes, Book(REGISTER, identifier="DS000001", profile=profile))


def _fields(**changes):
    return {"fields": [DATASET["fields"][0] | changes, DATASET["fields"][1]]}


def test_a_sound_dataset_has_no_fault():
    assert _found() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (_fields(name="婚姻状况代码"), ("/fields/1/name", "field-name-duplicate", "error")),
        (_fields(column="hyzkdm"), ("/fields/1/column", "field-column-duplicate", "error")),
        (_fields(format="n2,5"), ("/fields/0/format", "notation-scale", "error")),
        (_fields(format="an18"), ("/fields/0/format", "field-format-differs", "warning")),
        (_fields(data_type="number", format="n18"), ("/fields/0/data_type", "field-type-differs", "error")),
        (_fields(code_list="CL0002"), ("/fields/0/code_list", "field-code-list-differs", "warning")),
        (
            _fields(grade="general", general_level=2),
            ("/fields/0/grade", "field-grade-lower", "warning"),
        ),
        (
            {"grade": {"grade": "general", "general_level": 3}},
            ("/grade/general_level", "grade-below-fields", "error"),
        ),
        (_fields(grade="important"), ("/grade/grade", "grade-below-fields", "error")),
        (
            {"grade": {"grade": "core", "affected": "individual", "harm": "serious"}},
            ("/grade/grade", "grade-table", "error"),
        ),
        ({"resource_code": "302001/1"}, ("/resource_code", "resource-code-classification", "warning")),
        (
            {"resource_code": "BY/1", "code_scheme": "GBT21063_5"},
            ("/resource_code", "resource-code-scheme", "error"),
        ),
        ({"provider_code": "91350100M000100Y43"}, ("/provider_code", "provider-code-differs", "error")),
        ({"origin": "2"}, ("/upstream", "upstream-missing", "warning")),
        ({"upstream": {"catalogue_id": "1"}}, ("/upstream", "upstream-unexpected", "warning")),
        (
            {"services": [{"name": "查询", "returns": ["姓名"]}]},
            ("/services/0/returns/0", "service-returns-unknown", "error"),
        ),
        ({"related": ["DS000001"]}, ("/related/0", "refers-to-itself", "error")),
        ({"published_on": "2026-03-01"}, ("/published_on", "dates-order", "error")),
        ({"data_updated_on": "2026-07-01"}, ("/data_updated_on", "date-in-future", "warning")),
        (
            {"temporal": {"from": "2026-01-01", "until": "2025-01-01"}},
            ("/temporal/until", "dates-order", "error"),
        ),
        (
            {"assessments": {"secrecy_risk": {"done_on": "2026-03-11"}}},
            ("/assessments/secrecy_risk/done_on", "approval-before-assessment", "warning"),
        ),
    ],
)
def test_a_slip_is_named(changes, expected):
    assert expected in _found(**changes)


@pytest.mark.parametrize("name", ["scope", "purpose", "other_conditions"])
def test_unconditional_sharing_admits_no_condition(name):
    share = {"class": "1", "ways": ["1"], name: "须经本局同意"}

    assert _found(share=share) == {(f"/share/{name}", "share-unconditional-gated", "error")}


def test_conditions_of_ones_own_making_need_a_basis():
    share = DATASET["share"] | {"other_conditions": "须书面申请"}
    founded = share | {"legal_basis": [{"title": "户口登记条例", "rank": "law"}]}

    assert _found(share=share) == {("/share/other_conditions", "share-own-conditions", "warning")}
    assert _found(share=founded) == set()


@pytest.mark.parametrize(
    ("rank", "sufficient"),
    [
        ("law", True),
        ("administrative_regulation", True),
        ("state_council_decision", True),
        ("departmental_rule", False),
        ("local_regulation", False),
        ("normative_document", False),
    ],
)
def test_only_three_ranks_forbid_sharing(rank, sufficient):
    share = {"class": "3", "reason": "法律禁止", "legal_basis": [{"title": "某法", "rank": rank}]}

    assert (("/share/legal_basis", "share-basis-rank", "error") not in _found(share=share)) is sufficient
    assert (
        ("/share/legal_basis", "share-basis-rank", "warning") not in _found("recorded", share=share)
    ) is sufficient


def test_what_is_not_shared_is_not_open():
    share = {"class": "3", "reason": "法律禁止", "legal_basis": [{"title": "某法", "rank": "law"}]}

    assert _found(share=share, open={"public": True}) == {("/open/public", "open-not-shared", "error")}


def test_a_sensitive_field_of_an_open_dataset_is_kept_back():
    open_ = {"open": {"public": True}}

    assert _found(**open_, **_fields(sensitive=True)) == {
        ("/fields/0/open", "open-sensitive-field", "warning")
    }
    assert _found(**open_, **_fields(sensitive=True, open=False)) == set()


def test_a_field_may_be_graded_lower_with_a_note():
    assert _found(**_fields(grade="general", general_level=2, note="已按月汇总")) == set()


def test_before_sharing_a_low_grade_is_only_a_warning():
    changes = {"grade": {"grade": "general", "general_level": 1}}

    assert _found("recorded", **changes) == {("/grade/general_level", "grade-below-fields", "warning")}

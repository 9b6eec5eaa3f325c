"""Rules of sharing agreements, against the dataset that they share."""

import pytest
from book import Book, found

from catalog.sharing.rules import violations

AGREEMENT = {
    "identifier": "AG2026-0001",
    "name": "婚姻登记信息共享协议",
    "provider": "DP0006",
    "consumer": "DP0013",
    "dataset": "DS000001",
    "items": [{"clause": "1", "field": "公民身份号码", "element": "DE00001"}],
    "purposes": ["P01"],
    "way": "1",
    "period": {"from": "2026-01-01", "until": "2026-12-31"},
    "requested_on": "2025-12-01",
    "received_on": "2025-12-01",
    "answered_on": "2025-12-05",
    "delivered_on": "2025-12-20",
    "consents": {"requester": {"on": "2025-11-30"}, "provider": {"on": "2025-12-04"}},
    "obligations": [{"type": "purpose_only"}, {"type": "deletion"}],
    "impact_assessment": {"number": "PIA-1", "done_on": "2025-12-03"},
    "pins": [{"element": "DE00001", "version": 1}],
}
DATASET = {
    "name": "婚姻登记信息",
    "department": "DP0006",
    "fields": [
        {"name": "公民身份号码", "element": "DE00001"},
        {"name": "登记机关", "share_class": "3"},
    ],
    "share": {"class": "2", "ways": ["1", "2"]},
}


def _found(profile="shareable", dataset=DATASET, **changes):
    register = {("dataset", "DS000001"): dataset, ("data-element", "DE00001"): {"personal": True}}
    document = {name: value for name, value in (AGREEMENT | changes).items() if value is not None}
    return found(violations, document, Book(register, identifier="AG2026-0001", profile=profile))


def test_a_sound_agreement_has_no_fault():
    assert _found() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"period": {"from": "2026-01-01", "until": "2025-01-01"}},
            ("/period/until", "dates-order", "error"),
        ),
        ({"received_on": "2025-11-01"}, ("/received_on", "dates-order", "error")),
        ({"answered_on": "2025-11-01"}, ("/answered_on", "dates-order", "error")),
        ({"delivered_on": "2025-12-04"}, ("/delivered_on", "dates-order", "error")),
        ({"delivered_on": "2025-11-04", "answered_on": None}, ("/delivered_on", "dates-order", "error")),
        ({"termination": {"on": "2025-12-31"}}, ("/termination/on", "dates-order", "error")),
        (
            {"suspension": {"from": "2026-05-01", "rectify_by": "2026-04-01"}},
            ("/suspension/rectify_by", "dates-order", "error"),
        ),
        ({"consumer": "DP0006"}, ("/consumer", "sharing-same-department", "error")),
        ({"provider": "DP0007"}, ("/provider", "sharing-provider-differs", "error")),
        ({"items": [{"field": "年龄"}]}, ("/items/0/field", "sharing-field-unknown", "error")),
        ({"items": [{"field": "登记机关"}]}, ("/items/0/field", "sharing-class-refused", "error")),
        (
            {"items": [{"field": "公民身份号码", "element": "DE00009"}]},
            ("/items/0/element", "sharing-element-differs", "error"),
        ),
        (
            {"items": [{"clause": "1", "field": "公民身份号码"}, {"clause": "2", "field": "公民身份号码"}]},
            ("/items/1/field", "sharing-item-duplicate", "error"),
        ),
        ({"way": "3"}, ("/way", "sharing-way-not-offered", "warning")),
        (
            {"obligations": [{"type": "deletion"}, {"type": "deletion", "detail": "期满"}]},
            ("/obligations/1/type", "obligation-duplicate", "warning"),
        ),
        ({"pins": [{"element": "DE00002", "version": 1}]}, ("/pins", "pins-incomplete", "warning")),
        (
            {"pins": [{"element": "DE00001", "version": 1}, {"element": "DE00001", "version": 2}]},
            ("/pins/1/element", "pin-duplicate", "error"),
        ),
        ({"successor": "AG2026-0001"}, ("/successor", "refers-to-itself", "error")),
        (
            {"consents": {"requester": {"on": "2025-12-02"}}},
            ("/requested_on", "request-before-consent", "warning"),
        ),
        (
            {"consents": {"provider": {"on": "2025-12-06"}}},
            ("/answered_on", "answer-before-consent", "warning"),
        ),
    ],
)
def test_a_slip_is_named(changes, expected):
    assert expected in _found(**changes)


def test_what_is_not_to_be_shared_cannot_be_agreed():
    dataset = DATASET | {"share": {"class": "3"}}

    assert _found(dataset=dataset) == {("/dataset", "sharing-class-refused", "error")}


@pytest.mark.parametrize(
    ("profile", "legacy", "severity"),
    [("shareable", False, "error"), ("shareable", True, "warning"), ("recorded", False, "warning")],
)
def test_personal_information_needs_an_impact_assessment(profile, legacy, severity):
    assert _found(profile, impact_assessment=None, legacy=legacy) == {
        ("/impact_assessment", "impact-assessment-missing", severity)
    }


def test_an_item_takes_its_element_from_the_dataset():
    assert _found(impact_assessment=None, items=[{"field": "公民身份号码"}], pins=None) == {
        ("/impact_assessment", "impact-assessment-missing", "error")
    }

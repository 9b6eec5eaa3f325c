"""Rules of topics: every slot has a source, every mask a purpose."""

import pytest
from book import Book, found

from catalog.topics.rules import violations

SLOT = {
    "code": "A01",
    "element": "DE00002",
    "dataset": "DS000001",
    "field": "婚姻状况代码",
    "masks": [{"purpose": "P02", "mask": "full"}],
}
TOPIC = {
    "name": "一人一册",
    "purposes": ["P01", "P02"],
    "sections": [{"code": "A", "slots": [SLOT]}, {"code": "B", "slots": []}],
}
DATASET = {"name": "婚姻登记信息", "fields": [{"name": "婚姻状况代码", "element": "DE00002"}]}


def _found(slot=SLOT, **changes):
    sections = [{"code": "A", "slots": [slot]}, {"code": "B", "slots": []}]
    register = {("dataset", "DS000001"): DATASET}
    return found(violations, TOPIC | {"sections": sections} | changes, Book(register))


def test_a_sound_topic_has_no_fault():
    assert _found() == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"field": "离婚日期"}, ("/sections/0/slots/0/field", "slot-field-unknown", "error")),
        ({"element": "DE00009"}, ("/sections/0/slots/0/field", "slot-element-differs", "error")),
        ({"dataset": ""}, ("/sections/0/slots/0/dataset", "slot-dataset-missing", "error")),
        (
            {"masks": [{"purpose": "P01"}, {"purpose": "P01"}]},
            ("/sections/0/slots/0/masks/1/purpose", "slot-mask-duplicate", "error"),
        ),
        (
            {"masks": [{"purpose": "P09"}]},
            ("/sections/0/slots/0/masks/0/purpose", "slot-purpose-unlisted", "error"),
        ),
    ],
)
def test_a_slip_in_a_slot_is_named(changed, expected):
    assert expected in _found(SLOT | changed)


def test_codes_of_sections_and_slots_are_unique_in_the_whole_topic():
    sections = [{"code": "A", "slots": [SLOT]}, {"code": "A", "slots": [SLOT]}]

    assert _found(sections=sections) == {
        ("/sections/1/code", "section-duplicate", "error"),
        ("/sections/1/slots/0/code", "slot-duplicate", "error"),
    }

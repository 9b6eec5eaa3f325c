"""Rules of data elements: a sound one passes, and each slip is named."""

import pytest
from book import Book, found

from catalog.elements.grades import TABLE, computed
from catalog.elements.names import agrees, spelling
from catalog.elements.rules import violations

CITIZEN_ID = {
    "identifier": "DE00001",
    "name": "公民身份号码",
    "short_name": "GMSFHM",
    "pinyin": "gong-min-shen-fen-hao-ma",
    "definition": "赋码机关为每个公民给出的唯一的、终身不变的法定标识号码",
    "object_class": "公民",
    "property": "身份",
    "representation": "number",
    "data_type": "string",
    "format": "c18",
    "value_domain": {"type": "ruled", "standard": "GB 11643", "algorithm": "citizen-id"},
    "personal": True,
    "sensitive_35273": True,
    "sensitivity_basis": "GB/T 35273-2020 附录B",
    "examples": ["11010519491231002X"],
    "counter_examples": ["110105194912310021"],
    "grade": {
        "grade": "general",
        "general_level": 4,
        "affected": "individual",
        "harm": "especially_serious",
    },
}


def _with(**changes):
    document = CITIZEN_ID | changes
    return {name: value for name, value in document.items() if value is not None}


def test_the_published_record_of_the_citizen_number_has_no_fault():
    assert found(violations, CITIZEN_ID) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format": "an8..3"}, ("/format", "notation-range", "error")),
        ({"format": "YYYYMMDD"}, ("/format", "notation-moment-type", "error")),
        ({"data_type": "number", "format": "n18"}, ("/data_type", "representation-type", "error")),
        ({"name": "公民身份"}, ("/name", "name-representation", "warning")),
        ({"pinyin": "gong-min-shen-fen-zheng"}, ("/pinyin", "pinyin-differs", "warning")),
        ({"definition": "公民身份的号码"}, ("/definition", "definition-repeats-name", "warning")),
        ({"definition": "按规定赋予的公民身份号码"}, ("/definition", "definition-circular", "warning")),
        ({"definition": "号码"}, ("/definition", "definition-short", "warning")),
        ({"definition": "不是护照或者其他证件的号码"}, ("/definition", "definition-negative", "warning")),
        ({"examples": ["440111"]}, ("/examples/0", "example-invalid", "error")),
        ({"examples": ["110105194912310021"]}, ("/examples/0", "example-invalid", "error")),
        (
            {"counter_examples": ["11010519491231002X"]},
            ("/counter_examples/0", "counter-example-valid", "error"),
        ),
        ({"value_domain": {"type": "free"}}, ("/value_domain", "representation-number", "warning")),
        ({"personal": False}, ("/personal", "sensitive-not-personal", "error")),
        ({"sensitivity_basis": None}, ("/sensitivity_basis", "sensitivity-basis-missing", "warning")),
        (
            {"approved_on": "2026-02-01", "effective_on": "2026-01-01"},
            ("/effective_on", "dates-order", "error"),
        ),
    ],
)
def test_a_slip_is_named(changes, expected):
    assert expected in found(violations, _with(**changes))


def test_a_term_that_does_not_fit_is_only_a_warning_before_sharing():
    document = _with(representation="date", name="出生日期", pinyin=None)

    assert ("/data_type", "representation-type", "error") in found(violations, document)
    assert ("/data_type", "representation-type", "warning") in found(
        violations, document, Book(profile="recorded")
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"representation": "code", "data_type": "string"},
            ("/value_domain", "representation-code", "error"),
        ),
        ({"representation": "quantity", "data_type": "number"}, ("/unit", "unit-missing", "warning")),
        (
            {"representation": "amount", "data_type": "number", "format": "n..16", "unit": "元"},
            ("/format", "representation-amount", "warning"),
        ),
        (
            {"representation": "amount", "data_type": "number", "format": "n..16,2", "unit": "只"},
            ("/unit", "representation-amount-unit", "warning"),
        ),
        (
            {"representation": "indicator", "data_type": "string", "format": "an..20"},
            ("/format", "representation-indicator", "warning"),
        ),
        (
            {"value_domain": {"minimum": "10", "maximum": "9.5"}},
            ("/value_domain/maximum", "domain-range", "error"),
        ),
    ],
)
def test_a_term_asks_for_what_belongs_to_it(document, expected):
    assert expected in found(violations, {"name": "示例"} | document)


def test_examples_of_numbers_keep_to_the_range():
    document = {
        "name": "百分制得分",
        "data_type": "number",
        "format": "n..5,2",
        "value_domain": {"type": "ruled", "minimum": "0", "maximum": "100"},
        "examples": ["99.50", "100.5"],
        "counter_examples": ["-1"],
    }

    assert found(violations, document) == {("/examples/1", "example-invalid", "error")}


def test_a_counter_example_is_not_judged_where_the_rule_is_only_told_in_words():
    document = _with(
        value_domain={"type": "ruled", "rule": "按本市规则编制"}, counter_examples=["ABCDEFGHIJKLMNOPQR"]
    )

    assert not any(rule == "counter-example-valid" for _, rule, _ in found(violations, document))


@pytest.mark.parametrize(
    ("affected", "harm", "grade"),
    [(affected, harm, grade) for affected, row in TABLE.items() for harm, grade in row.items()],
)
def test_the_grade_follows_from_the_table(affected, harm, grade):
    wrong = "general" if grade != "general" else "core"
    document = {"name": "示例", "grade": {"grade": wrong, "affected": affected, "harm": harm}}

    assert computed(affected, harm) == grade
    assert ("/grade/grade", "grade-table", "error") in found(violations, document)


def test_the_table_of_gb_t_43697_is_as_published():
    assert [
        computed("national_security", harm) for harm in ("especially_serious", "serious", "ordinary")
    ] == [
        "core",
        "core",
        "important",
    ]
    assert [computed("public_interest", harm) for harm in ("especially_serious", "serious", "ordinary")] == [
        "core",
        "important",
        "general",
    ]
    assert computed("individual", "especially_serious") == "general"


def test_important_data_needs_the_restricted_flow_and_has_no_general_level():
    grade = {"grade": "important", "general_level": 2, "affected": "economy", "harm": "serious"}

    assert found(violations, {"name": "示例", "grade": grade}) == {
        ("/grade/grade", "grade-restricted", "warning"),
        ("/grade/general_level", "grade-level", "error"),
    }


def test_a_successor_that_was_itself_replaced_is_a_warning():
    book = Book({("data-element", "DE00002"): {"successor": "DE00003"}}, identifier="DE00001")

    assert found(violations, {"name": "示例", "successor": "DE00002"}, book) == {
        ("/successor", "successor-superseded", "warning")
    }


@pytest.mark.parametrize("successor", ["DE00001", "DE00002"])
def test_successors_in_a_circle_are_refused(successor):
    book = Book({("data-element", "DE00002"): {"successor": "DE00001"}}, identifier="DE00001")

    assert found(violations, {"name": "示例", "successor": successor}, book) == {
        ("/successor", "successor-cycle", "error")
    }


@pytest.mark.parametrize(
    ("name", "pinyin", "true"),
    [
        ("行政区划代码", "xing-zheng-qu-hua-dai-ma", True),
        ("银行卡号", "yin-hang-ka-hao", True),
        ("女性人数", "nv-xing-ren-shu", True),
        ("女性人数", "nu-xing-ren-shu", True),
        ("公民身份号码", "gongminshenfenhaoma", True),
        ("公民身份号码", "gongminshenfenhao", False),
        ("公民身份号码", "gong-min-shen-fen-hao-xx", False),
        ("A级景区名称", "jing-qu-ming-cheng", False),
        ("A级景区名称", "ji-jing-qu-ming-cheng", True),
    ],
)
def test_pinyin_agrees_with_any_reading_of_the_characters(name, pinyin, true):
    assert agrees(name, pinyin) is true


def test_the_spelling_offered_is_as_published():
    assert spelling("公民身份号码") == "gong-min-shen-fen-hao-ma"

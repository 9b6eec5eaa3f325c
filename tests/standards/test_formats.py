"""The data format notation of GB/T 39046-2020 §5.3: grammar, meaning, sentences, JSON Schema."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.standards.formats import FORMATS, resource_code_parts
from catalog.standards.notation import DataFormat, NotationError, faults, is_written_well, parse, violations
from catalog.standards.values import admits, json_schema
from catalog.standards.wording import explain, suggest

PUBLISHED = [
    "an..200",
    "an18",
    "n1",
    "n2",
    "n3",
    "n6",
    "n..9",
    "n..2",
    "n..16,2",
    "n..17,2",
    "a..30",
    "a..1000",
    "..ul",
    "c18",
    "c..50",
    "an5(aannn)",
    "an3..8",
    "YYYYMMDD",
    "YYYYMMDDhhmmss",
    "YYYYMMDDThhmmss",
    "YYYYMMDDhh:mm:ss",
    "YYYY-MM-DD",
    "二进制",
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_every_published_form_is_read_and_written_back(text):
    assert str(parse(text)) == text
    assert faults(text) == ()


@pytest.mark.parametrize(
    "text",
    ["", " an18", "an18 ", "an18\n", "an 18", "N1", "AN..50", "an..18位", "varchar(20)", "n0", "an0..8", "an..",
     "..ul5", "YYYYDD", "hhss", "an5()", "an5(aab)", "an18…", "n..16，2", "字符型", "an" * 40 + "1", "T", "-", ":"],
)  # fmt: skip
def test_what_the_grammar_does_not_know_is_refused(text):
    assert not is_written_well(text)
    with pytest.raises(NotationError):
        parse(text)


_lengths = st.integers(1, 999_999)
_texts = st.builds(
    lambda characters, least, most, fixed, scale, picture: DataFormat(
        "text",
        characters,
        most if fixed and most else 0 if fixed else least,
        most,
        fixed and most is not None,
        None if most is None else scale,
        picture,
    ),
    st.sampled_from([None, "a", "n", "an", "c"]),
    st.integers(0, 999_999),
    st.none() | _lengths,
    st.booleans(),
    st.none() | st.integers(0, 99),
    st.none() | st.text("anx", min_size=1, max_size=20),
)
_dates = ["YYYY", "YYYYMM", "YYYYMMDD", "YYYY-MM", "YYYY-MM-DD", "MMDD", "MM-DD", "MM", "DD", ""]
_times = ["hh", "hhmm", "hhmmss", "hh:mm", "hh:mm:ss", "mmss", "mm:ss", "mm", "ss", ""]
_moments = st.tuples(st.sampled_from(_dates), st.sampled_from(["", "T"]), st.sampled_from(_times)).map(
    lambda parts: parts[0] + (parts[1] if parts[0] and parts[2] else "") + parts[2]
)


@given(_texts)
def test_a_text_format_survives_being_written_and_read(form):
    assert parse(str(form)) == form


@given(_moments.filter(bool))
def test_a_moment_survives_being_read_and_written(text):
    assert str(parse(text)) == text


@given(st.text(max_size=80))
def test_reading_answers_every_text_without_failing(text):
    assert is_written_well(text) == FORMATS["data-format"](text)
    assert explain(text, "zh") and explain(text, "en")
    meant = suggest(text)
    assert meant is None or is_written_well(meant)


@pytest.mark.parametrize(
    ("text", "data_type", "slug"),
    [
        ("an8..3", None, "notation-range"),
        ("n2,5", None, "notation-scale"),
        ("n..2,2", None, "notation-scale"),
        ("an..16,2", None, "notation-scale-class"),
        ("an4(aannn)", None, "notation-picture-length"),
        ("an..5(aannn)", None, "notation-picture-length"),
        ("n3(aan)", None, "notation-picture-class"),
        ("YYYYMMDD", "string", "notation-moment-type"),
        ("YYYYMMDD", "datetime", "notation-moment-type"),
        ("YYYYMMDDhhmmss", "date", "notation-moment-type"),
        ("an..18", "number", "notation-type"),
        ("..ul", "number", "notation-type"),
        ("an8", "date", "notation-type"),
        ("n..16,2", "string", "notation-type"),
        ("an..30", "boolean", "notation-type"),
        ("二进制", "string", "notation-type"),
        ("an..30", "binary", "notation-type"),
    ],
)
def test_what_a_format_gets_wrong_has_a_rule_of_its_own(text, data_type, slug):
    assert faults(text, data_type) == (slug,)
    assert [found.rule for found in violations("/format", text, data_type)] == [slug]


@pytest.mark.parametrize(
    ("text", "data_type"),
    [("n1", "string"), ("n..9", "string"), ("n..16,2", "number"), ("n4", "number"), ("YYYYMMDD", "date"),
     ("YYYY", "date"), ("YYYYMMDDThhmmss", "datetime"), ("hhmmss", "datetime"), ("n1", "boolean"),
     ("二进制", "binary"), ("..ul", "string"), ("an..200", "string")],
)  # fmt: skip
def test_a_format_that_fits_its_type_has_no_fault(text, data_type):
    assert faults(text, data_type) == ()


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("an..18", "最多 18 位字母或数字", "at most 18 letters or digits"),
        ("an3..8", "3 至 8 位字母或数字", "3 to 8 letters or digits"),
        ("n1", "固定 1 位数字", "exactly 1 digit"),
        ("a..30", "最多 30 位字母或汉字", "at most 30 letters or Chinese characters"),
        ("n..16,2", "最多 16 位数字，其中小数 2 位", "at most 16 digits, of which 2 after the decimal point"),
        ("..ul", "长度不限的字符", "characters of any length"),
        ("YYYYMMDD", "日期，按 YYYYMMDD 书写，如 20260131", "a date written YYYYMMDD, such as 20260131"),
        ("二进制", "二进制内容，如图片、文件", "binary content, such as an image or a file"),
    ],
)
def test_a_format_is_explained_in_a_sentence(text, zh, en):
    assert explain(text, "zh") == zh
    assert explain(text, "en") == en


@pytest.mark.parametrize(
    ("written", "meant"),
    [("an..18位", "an..18"), ("varchar(20)", "an..20"), ("VARCHAR2（20）", "an..20"), ("N1", "n1"),
     ("AN..50", "an..50"), ("DT15", "YYYYMMDDThhmmss"), ("D8", "YYYYMMDD"), ("n..16.2", "n..16,2"),
     ("number(16,2)", "n..16,2"), ("货币型 10,2", "n..10,2"), ("日期 YYYYMMDD", "YYYYMMDD"), ("an3-8", "an3..8"),
     ("ＡＮ..50", "an..50"), ("BY", "二进制"), ("whatever", None), ("", None)],
)  # fmt: skip
def test_another_notation_is_answered_with_the_format_that_was_meant(written, meant):
    assert suggest(written) == meant
    assert (meant or "an..18") in explain(written, "zh")


@pytest.mark.parametrize(
    ("format_", "data_type", "value", "fits"),
    [
        ("n3", "string", "007", True),
        ("n3", "string", "07", False),
        ("n..16,2", "number", "12.50", True),
        ("n..16,2", "number", "12.505", False),
        ("n..3", "number", "-7", True),
        ("n..3", "number", "007", False),
        ("n4", "number", "0999", False),
        ("n4", "number", "2026", True),
        ("a..30", "string", "张三", True),
        ("a..30", "string", "张3", False),
        ("a..4", "string", "阿依古丽·买买提", False),
        ("an5(aannn)", "string", "AB123", True),
        ("an5(aannn)", "string", "A1123", False),
        ("an3..8", "string", "ab", False),
        ("..ul", "string", "第一行\n第二行", True),
        ("YYYYMMDD", "date", "20240229", True),
        ("YYYYMMDD", "date", "20230229", False),
        ("YYYY-MM-DD", "date", "2026-1-1", False),
        ("YYYYMMDDThhmmss", "datetime", "20260101T235959", True),
        ("YYYYMMDDThhmmss", "datetime", "20260101T240000", False),
        ("hh:mm", "datetime", "23:59", True),
        ("an8..3", "string", "abcde", False),
    ],
)
def test_a_value_fits_its_format_or_not(format_, data_type, value, fits):
    assert admits(format_, data_type, value) is fits


def test_letters_and_digits_are_ascii_only_where_a_code_is_meant():
    assert admits("an..100", "string", "广州市白云区")
    assert not admits("an..100", "string", "广州市", coded=True)
    assert "pattern" not in json_schema("an..100", "string")
    assert json_schema("an2..4", "string", coded=True) == {
        "type": "string",
        "minLength": 2,
        "maxLength": 4,
        "pattern": "^[0-9A-Za-z]*$",
    }


def test_decimals_stay_text_in_json_schema():
    schema = json_schema("n..16,2", "number")

    assert schema["type"] == "string"
    assert schema["x-decimal"] == {"digits": 16, "scale": 2}
    assert re.fullmatch(schema["pattern"], "1234.50")
    assert not re.fullmatch(schema["pattern"], "1234.567")


def test_whole_numbers_and_dates_have_their_json_schema():
    assert json_schema("n..3", "number") == {"type": "integer", "minimum": -999, "maximum": 999}
    assert json_schema("YYYYMMDD", "date") == {"type": "string", "pattern": "^[0-9]{4}[0-9]{2}[0-9]{2}$"}
    assert json_schema("YYYY-MM-DD", "date")["format"] == "date"
    assert json_schema("n1", "boolean") == {"type": "string", "enum": ["0", "1"]}
    assert json_schema("二进制", "binary")["contentEncoding"] == "base64"


def test_a_resource_code_of_the_2017_guide_falls_into_its_parts():
    assert resource_code_parts("203001/1", "NDRC2017") == {
        "class": "2",
        "item": "03",
        "group": "001",
        "detail": "",
        "sequence": "1",
    }
    assert FORMATS["resource-code"]("203001abc/12")
    assert not FORMATS["resource-code"]("403001/1")
    assert not FORMATS["resource-code"]("203001/")


def test_a_scheme_is_data_and_an_unknown_one_fits_nothing():
    assert resource_code_parts("BY-MZ-0001", "LOCAL") == {}
    assert resource_code_parts("440111/000001", "GBT21063_5") is not None
    assert resource_code_parts("203001/1", "ATLANTIS") is None

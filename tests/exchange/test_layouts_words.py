"""What people write in a cell, as the property means it; what they do not mean is left for the schema."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange.free_text import code, level, moment, read, resource_scheme
from catalog.exchange.free_types import Written, written
from catalog.standards import schemas

FIELDS = schemas.current("dataset").annotations.by_pattern


def _read(to, text):
    return read(text, FIELDS[to]).value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("实时", "1"), ("即时更新", "1"), ("每天", "2"), ("按日更新", "2"), ("1次/日", "2"), ("T+1", "2"),
        ("每工作日", "2"), ("每日 24:00", "2"), ("每周一", "3"), ("一周一次", "3"), ("1次/月", "4"),
        ("每月25日前", "4"), ("月报", "4"), ("每月（次月5日）", "4"), ("每季度末", "5"), ("每3个月", "5"),
        ("每年 一次", "6"), ("每年一次（3月）", "6"), ("按年度更新", "6"), ("每年12月31日", "6"), ("每学年", "6"),
        ("每半年一次", "7"), ("2次/年", "7"), ("每6个月", "7"), ("不定期", "9"), ("按需", "9"), ("有变更时更新", "9"),
        ("每 月", "4"), ("毎月", None), ("實時", "1"), ("monthly", "4"), ("4", "4"), ("4-每月", "4"), ("每月（4）", "4"),
        ("实时/每日", None), ("一次性", None), ("其他", None), ("每两年", None), ("5-每月", None),
    ],
)  # fmt: skip
def test_an_update_cycle_is_understood_or_left(text, meant):
    assert code(text, "CL0103").value == (meant or text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("无条件", "1"), ("无条件共享", "1"), ("无条件共享类", "1"), ("普遍共享", "1"), ("有条件", "2"),
        ("有条件共享（部门内）", "2"), ("依申请共享", "2"), ("不予", "3"), ("不予共享类", "3"), ("不共享", "3"),
        ("2", "2"), ("不予共享或有条件共享", None), ("待定", None),
    ],
)  # fmt: skip
def test_a_sharing_class_is_understood_or_left(text, meant):
    assert code(text, "CL0101").value == (meant or text)


@pytest.mark.parametrize(
    ("text", "length", "data_type", "format_"),
    [
        ("字符型C", "", "string", None), ("字符型C(18)", "", "string", "an..18"), ("字符串(50)", "", "string", "an..50"),
        ("C", "18", "string", "an..18"), ("字符型", "18位", "string", "an..18"), ("字符", "100.0", "string", "an..100"),
        ("varchar(20)", "", "string", "an..20"), ("VARCHAR2(32 CHAR)", "", "string", "an..32"),
        ("ＶＡＲＣＨＡＲ（２０）", "", "string", "an..20"), ("字符型，长度20", "", "string", "an..20"),
        ("货币型 10,2", "", "number", "n..10,2"), ("N(18,2)", "", "number", "n..18,2"), ("整型", "", "number", None),
        ("整型", "3", "number", "n..3"), ("数值型", "16,2", "number", "n..16,2"), ("双精度型(10,0)", "", "number", "n..10"),
        ("日期 YYYYMMDD", "", "date", "YYYYMMDD"), ("日期型", "8", "date", "YYYYMMDD"), ("日期", "", "date", None),
        ("日期型", "14", "datetime", "YYYYMMDDhhmmss"), ("时间戳", "", "datetime", None), ("逻辑型(1)", "", "boolean", "n1"),
        ("图像", "", "binary", "二进制"), ("备注型", "", "string", "..ul"), ("an..50", "", "string", "an..50"),
        ("YYYY-MM-DD", "", "date", "YYYY-MM-DD"), ("不清楚", "", None, None), ("100", "", None, None),
    ],
)  # fmt: skip
def test_a_type_with_its_length_is_a_type_and_a_format(text, length, data_type, format_):
    assert written(text, length) == Written(data_type, format_)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("46295", "2026-09-30"), ("46295.0", "2026-09-30"), ("46295.5", "2026-09-30"), ("2026/9/30", "2026-09-30"),
        ("２０２６年９月３０日", "2026-09-30"), ("2026.9.30", "2026-09-30"), ("20260930", "2026-09-30"),
        ("2026-09-30 15:04:05", "2026-09-30"), ("2026 年 9 月 30 日", "2026-09-30"),
        ("2026年9月", None), ("20260230", None), ("12", None), ("长期", None),
    ],
)  # fmt: skip
def test_a_date_is_a_day_or_left(text, day):
    assert moment(text).value == (day or text)


@pytest.mark.parametrize(
    ("to", "text", "value"),
    [
        ("/open/public", "√", True),
        ("/open/public", "0", False),
        ("/open/public", "有条件开放", True),
        ("/open/public", "看情况", "看情况"),
        ("/record_count", "１２，３４５ 条", 12345),
        ("/record_count", "12.5万", 125000),
        ("/record_count", "很多", "很多"),
        ("/provider_code", "11440111 mb9y00112h", "11440111MB9Y00112H"),
        ("/share/ways", "接口/文件", ["1", "3"]),
        ("/share/ways", "库表交换、接口", ["2", "1"]),
        ("/share/ways", "邮件拷盘", ["邮件拷盘"]),
        ("/fields/*/key", "是", "primary"),
        ("/fields/*/key", "外键", "foreign"),
        ("/fields/*/key", "", ""),
        ("/keywords", "[低保；救助]", ["低保", "救助"]),
        ("/name", "低保\n对象", "低保对象"),
        ("/name", "\u3000低保对象\u200b ", "低保对象"),
        ("/department", "380120000J 【社會局】", "社會局"),
        ("/spatial", "440111000000", "440111"),
    ],
)
def test_a_text_becomes_what_its_property_asks(to, text, value):
    assert _read(to, text) == value


@pytest.mark.parametrize(
    ("text", "grade", "number"),
    [("L2", "general", 2), ("一般3级", "general", 3), ("三级", "general", 3), ("重要", "important", None),
     ("核心数据", "core", None), ("一般", "general", None), ("内部", "内部", None)],
)  # fmt: skip
def test_a_grade_and_its_level_stand_in_one_text(text, grade, number):
    assert (code(text, "CL0106").value, level(text)) == (grade, number)


def test_a_resource_code_tells_its_scheme():
    assert resource_scheme("203001/1") == "NDRC2017"
    assert resource_scheme("BY-MZ-0001") is None


@given(st.text(max_size=40))
def test_every_text_is_read_by_every_property_without_a_fault(text):
    for field in FIELDS.values():
        if not field.children:
            read(text, field)
    written(text, text)

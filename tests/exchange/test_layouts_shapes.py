"""Other shapes that departments give the same catalogue, and what may change without changing a document."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.exchange.layouts import suggest, survey
from catalog.exchange.sheets import Sheet
from tests.exchange.layout_books import GUIDE, book, opened, read, sheet, tables

HEADINGS = ["目录名称", "提供单位", "信息项名称", "数据类型", "数据长度", "共享类型", "更新周期"]
ROWS = [
    ["低保对象", "区民政局", "姓名", "字符型", "30", "有条件共享", "每月"],
    ["", "", "公民身份号码", "字符型C", "18", "", ""],
    ["", "", "保障金额", "货币型", "10,2", "", ""],
    ["孤儿信息", "区民政局", "姓名", "字符型", "30", "不予共享", "每季度末"],
    ["", "", "出生日期", "日期型", "8", "", ""],
]
EXPECTED = [
    {
        "name": "低保对象",
        "department": "区民政局",
        "fields": [
            {"name": "姓名", "data_type": "string", "format": "an..30"},
            {"name": "公民身份号码", "data_type": "string", "format": "an..18"},
            {"name": "保障金额", "data_type": "number", "format": "n..10,2"},
        ],
        "share": {"class": "2"},
        "update_cycle": "4",
    },
    {
        "name": "孤儿信息",
        "department": "区民政局",
        "fields": [
            {"name": "姓名", "data_type": "string", "format": "an..30"},
            {"name": "出生日期", "data_type": "date", "format": "YYYYMMDD"},
        ],
        "share": {"class": "3"},
        "update_cycle": "5",
    },
]


def _documents(*sheets):
    return [row.document for row in read(book(*sheets))]


def test_blank_cells_belong_to_the_dataset_above():
    assert _documents(sheet([HEADINGS, *ROWS])) == EXPECTED


def test_dataset_columns_repeated_in_every_row_are_one_dataset():
    filled, above = [], []
    for row in ROWS:
        above = [cell or above[at] for at, cell in enumerate(row)]
        filled.append(above)

    assert _documents(sheet([HEADINGS, *filled])) == EXPECTED


def test_merged_cells_stand_for_every_row_that_they_cover():
    merged = [(first, column, last, column) for first, last in ((1, 3), (4, 5)) for column in (0, 1, 5, 6)]

    assert _documents(sheet([HEADINGS, *ROWS], merged=merged)) == EXPECTED


def test_cells_that_are_merged_a_row_short_change_nothing():
    merged = [(1, 0, 2, 0), (1, 1, 3, 1), (4, 5, 5, 5)]

    assert _documents(sheet([HEADINGS, *ROWS], merged=merged)) == EXPECTED


def test_a_heading_that_is_merged_into_the_data_covers_none_of_it():
    assert _documents(sheet([HEADINGS, *ROWS], merged=[(0, 0, 1, 0), (0, 3, 2, 3)])) == EXPECTED


@pytest.mark.parametrize("word", ["同上", "〃", "″", "ditto", "同  上"])
def test_a_word_for_the_same_as_above_is_what_stands_above(word):
    rows = [[cell or (word if at in (0, 1, 5, 6) else "") for at, cell in enumerate(row)] for row in ROWS]

    assert _documents(sheet([HEADINGS, *rows])) == EXPECTED


def test_two_heading_rows_and_a_sheet_for_each_unit():
    above = ["基本信息", "", "信息项信息", "", "", "共享属性", ""]
    below = ["名称", "更新周期", "名称", "类型", "长度", "类型", "条件"]
    rows = [
        ["低保对象", "每月", "姓名", "字符型", "30", "有条件共享", "用于救助审批"],
        ["", "", "保障金额", "货币型", "10,2", "", ""],
    ]
    merged = [(1, 0, 1, 1), (1, 2, 1, 4), (1, 5, 1, 6)]
    title = ["区政务数据目录（2026年）", "", "", "", "", "", ""]
    units = [sheet([title, above, below, *rows], name=name, merged=merged) for name in ("区民政局", "太和镇")]

    found = _documents(*units)

    assert [document["department"] for document in found] == ["区民政局", "太和镇"]
    assert found[0] == {
        "name": "低保对象",
        "update_cycle": "4",
        "department": "区民政局",
        "share": {"class": "2", "other_conditions": "用于救助审批"},
        "fields": [
            {"name": "姓名", "data_type": "string", "format": "an..30"},
            {"name": "保障金额", "data_type": "number", "format": "n..10,2"},
        ],
    }


def test_headings_over_three_rows_are_joined():
    rows = [
        ["政务数据目录", "", "", "", ""],
        ["基本信息", "", "共享与开放", "", ""],
        ["目录名称", "更新周期", "共享属性", "", "开放属性"],
        ["", "", "共享类型", "共享条件", "是否向社会开放"],
        ["低保对象", "每月", "有条件共享", "用于救助审批", "否"],
    ]
    merged = [(0, 0, 0, 4), (1, 0, 1, 1), (1, 2, 1, 4), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3)]

    table = tables(book(sheet(rows, merged=merged)))[0]

    assert [column.title for column in table.columns] == [
        "基本信息/目录名称",
        "基本信息/更新周期",
        "共享与开放/共享属性/共享类型",
        "共享与开放/共享属性/共享条件",
        "共享与开放/开放属性/是否向社会开放",
    ]
    assert table.headings == (2, 3, 4)
    assert len(table.lines) == 1


FORM = [
    ["政务数据目录登记表", "", "", ""],
    ["目录名称", "低保对象", "提供单位", "区民政局"],
    ["共享类型", "有条件共享", "更新周期", "1次/月"],
    ["摘要", "本区最低生活保障对象", "", ""],
    ["序号", "信息项名称", "数据类型", "长度"],
    ["1", "姓名", "字符型", "30"],
    ["2", "保障金额", "货币型", "10,2"],
    ["填表人：", "", "审核人：", ""],
]


def test_a_form_of_labels_with_a_list_beneath_is_one_dataset():
    table = tables(book(sheet(FORM)))[0]

    rows = read(book(sheet(FORM)))

    assert table.shape == "form"
    assert [row.document for row in rows] == [
        {
            "name": "低保对象",
            "department": "区民政局",
            "share": {"class": "2"},
            "update_cycle": "4",
            "summary": "本区最低生活保障对象",
            "fields": [
                {"name": "姓名", "data_type": "string", "format": "an..30"},
                {"name": "保障金额", "data_type": "number", "format": "n..10,2"},
            ],
        }
    ]
    assert (rows[0].place("/update_cycle").column, rows[0].place("/update_cycle").row) == ("D", 3)
    assert rows[0].place("/fields/1/format").row == 7


def test_several_forms_in_one_sheet_are_a_dataset_each():
    second = [[cell.replace("低保对象", "孤儿信息") for cell in row] for row in FORM]

    found = _documents(sheet([*FORM, ["", "", "", ""], *second]))

    assert [document["name"] for document in found] == ["低保对象", "孤儿信息"]
    assert [len(document["fields"]) for document in found] == [2, 2]


def test_a_form_without_a_list_is_a_dataset_without_fields():
    rows = [
        ["目录名称：", "低保对象"],
        ["提供单位：", "区民政局"],
        ["共享类型：", "无条件"],
        ["更新周期：", "每月25日前"],
    ]

    assert _documents(sheet(rows, name="低保")) == [
        {"name": "低保对象", "department": "区民政局", "share": {"class": "1"}, "update_cycle": "4"}
    ]


def test_a_sheet_of_fields_alone_is_one_dataset_of_the_sheet_s_name():
    rows = [
        ["字段中文名", "字段英文名", "字段类型"],
        ["姓名", "xm", "varchar(30)"],
        ["性别", "xb", "char(1)"],
    ]

    assert _documents(sheet(rows, name="低保对象")) == [
        {
            "name": "低保对象",
            "fields": [
                {"name": "姓名", "column": "xm", "data_type": "string", "format": "an..30"},
                {"name": "性别", "column": "xb", "data_type": "string", "format": "an..1"},
            ],
        }
    ]


def test_the_unit_above_the_list_is_the_department_of_each_row():
    rows = [
        ["填报单位（盖章）：", "区民政局", "", "填报日期：2026年10月"],
        ["目录名称", "共享类型", "更新周期", "备注"],
        ["低保对象", "无条件共享", "每月", ""],
    ]

    assert _documents(sheet(rows, name="Sheet1"))[0]["department"] == "区民政局"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (["合计", "", "2", "", "", "", ""], "total-skipped"),
        (["填表人：", "", "审核人：", "", "", "", ""], "signature-skipped"),
        (["填表说明：更新周期按实际填写", "", "", "", "", "", ""], "note-skipped"),
        (["一、社会救助", "", "", "", "", "", ""], "section-skipped"),
        (HEADINGS, "heading-repeated"),
        (["必填", "必填", "必填", "必填", "选填", "必填", "必填"], "hint-skipped"),
        (["1", "2", "3", "4", "5", "6", "7"], "hint-skipped"),
        (["（示例）低保", "区民政局", "姓名", "字符型", "30", "不予共享", "每月"], "example-skipped"),
    ],
)
def test_a_line_that_is_no_data_is_passed_over_with_a_notice(line, rule):
    rows = [HEADINGS, *ROWS[:3], line, *ROWS[3:]] if rule != "example-skipped" else [HEADINGS, line, *ROWS]

    table = tables(book(sheet(rows)))[0]

    assert [notice.rule for notice in table.notices] == [rule]
    assert _documents(sheet(rows)) == EXPECTED


def test_an_example_of_several_rows_is_passed_over_whole():
    headings = ["序号", *HEADINGS]
    example = [
        ["示例", "车辆", "区公安分局", "车牌", "字符型", "10", "不予共享", "每日"],
        ["", "", "", "车主", "字符型", "30", "", ""],
    ]
    numbered = [[str(at + 1) if row[0] else "", *row] for at, row in enumerate(ROWS)]

    assert _documents(sheet([headings, *example, *numbered])) == EXPECTED


def test_headings_that_stand_twice_are_told_apart_by_order():
    rows = [
        ["目录名称", "共享类型", "信息项名称", "共享类型"],
        ["低保对象", "有条件共享", "姓名", "无条件共享"],
        ["", "", "公民身份号码", "不予共享"],
    ]

    table = tables(book(sheet(rows)))[0]
    document = _documents(sheet(rows, name="低保"))[0]

    assert [notice.rule for notice in table.notices] == ["heading-twice"]
    assert document["share"] == {"class": "2"}
    assert [field["share_class"] for field in document["fields"]] == ["1", "3"]


def test_two_texts_where_a_dataset_has_one_value_refuse_it_at_the_second():
    rows = [
        ["目录名称", "信息项名称", "更新周期"],
        *([f"目录{n // 2}", f"姓名{n}", "每月"] for n in range(12)),
        ["低保对象", "姓名", "每月"],
        ["", "性别", "每年"],
    ]

    row = read(book(sheet(rows)))[-1]

    assert [(v.pointer, v.rule, v.found) for v in row.violations] == [
        ("/update_cycle", "cells-differ", "每年")
    ]
    assert (row.violations[0].source.column, row.violations[0].source.row) == ("C", 15)


def test_an_unknown_heading_is_shown_with_the_nearest_properties():
    rows = [["目录名称", "资源更新频度", "密级"], ["低保对象", "每月", "内部"]]

    guessed = suggest(tables(book(sheet(rows)))[0], "dataset").columns

    assert guessed[1].taken == ("/update_cycle",)
    assert guessed[1].guesses[0].reason == "near"
    assert (guessed[2].taken, guessed[2].why) == ((), "unknown")


def test_a_heading_that_asks_the_opposite_is_not_near():
    rows = [["目录名称", "是否涉密", "是否可为空"], ["低保对象", "否", "是"]]

    guessed = suggest(tables(book(sheet(rows)))[0], "dataset").columns

    assert [column.taken for column in guessed] == [("/name",), (), ()]


def test_a_suggestion_says_what_a_record_still_lacks():
    found = suggest(tables(book(sheet([["目录名称", "共享类型"], ["低保", "有条件"]])))[0], "dataset")

    assert found.missing == ("/summary", "/format/category", "/update_cycle")
    assert found.profile.department_from == "sheet"


def test_names_in_one_cell_are_a_field_each():
    rows = [
        ["目录名称", "信息项", "共享类型"],
        ["低保对象", "姓名、公民身份号码、保障金额", "有条件共享"],
        ["孤儿信息", "姓名，性别", "不予共享"],
    ]

    found = _documents(sheet(rows))

    assert [[field["name"] for field in document["fields"]] for document in found] == [
        ["姓名", "公民身份号码", "保障金额"],
        ["姓名", "性别"],
    ]


def test_a_list_of_elements_is_mapped_to_the_kind_that_was_asked_for():
    rows = [["数据元名称", "类型及长度", "说明"], ["公民身份号码", "字符型(18)", "身份号码"]]

    profile = suggest(survey(book(sheet(rows)), "data-element")[0], "data-element").profile

    assert [rule.to for rule in profile.columns] == [("/name",), ("/data_type", "/format"), ("/explanation",)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_columns_blank_rows_and_notes_change_no_document(seed):
    random = Random(seed)
    order = random.sample(range(len(HEADINGS)), len(HEADINGS))
    rows = [[row[at] for at in order] for row in [HEADINGS, *ROWS]]
    for _ in range(random.randrange(3)):
        at = random.randrange(len(rows) + 1)
        rows.insert(at, [""] * len(HEADINGS))
    column = random.randrange(len(HEADINGS) + 1)
    rows = [[*row[:column], "", *row[column:]] for row in rows]
    notes = random.choice([[], [["附件2"]], [["目录汇总表"], ["注：请如实填写。"], []]])

    assert _documents(sheet([*notes, *rows])) == EXPECTED


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_the_guide_s_workbook_reads_the_same_without_its_merged_cells_and_moved(seed):
    random = Random(seed)
    found = opened(GUIDE)
    original = [row.document for row in read(found)]
    down, right = random.randrange(3), random.randrange(2)
    merged = random.random() < 0.5
    moved = [
        Sheet(
            one.name,
            [*([[]] * down), *([[*[""] * right, *row] for row in one.rows])],
            merged=[(a + down, b + right, c + down, d + right) for a, b, c, d in one.merged]
            if merged
            else (),
        )
        for one in found.sheets
    ]

    assert [row.document for row in read(book(*moved))] == original


def test_several_forms_have_one_profile():
    second = [
        [cell.replace("低保对象", "孤儿信息").replace("1次/月", "每年") for cell in row] for row in FORM
    ]
    found = tables(book(sheet(FORM, name="1"), sheet(second, name="2")))

    suggestion = suggest(found, "dataset")

    assert {table.shape for table in found} == {"form"}
    assert suggestion.profile.fingerprint == suggest(found[1], "dataset").profile.fingerprint
    assert suggestion.profile.columns == suggest(found[0], "dataset").profile.columns


_TEXTS = st.sampled_from(
    [
        "",
        "",
        "目录名称",
        "信息项名称",
        "数据类型",
        "共享属性",
        "类",
        "更新周期：",
        "同上",
        "（示例）",
        "合计",
        "低保",
        "1",
        "每月",
        "字符(10)",
    ]
)
_PLACES = st.integers(0, 9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(_TEXTS, max_size=7), max_size=9),
    st.lists(st.tuples(_PLACES, _PLACES, _PLACES, _PLACES), max_size=4),
)
def test_no_sheet_however_odd_is_a_fault(rows, merged):
    for row in read(book(sheet(rows, merged=merged))):
        assert row.source.row >= 1
        assert all(row.place(violation.pointer) for violation in row.violations)

"""Cataloguing workbooks as departments fill them: what a person reads in them is what the documents say."""

import json
from dataclasses import replace

import pytest

from catalog.exchange.blend import blended
from catalog.exchange.layouts import Profile, apply, fingerprint, suggest, survey
from catalog.standards import schemas
from tests.exchange.layout_books import DISTRICT, FOLDER, GUIDE, book, opened, read, sheet, tables, targets


def _expected(name):
    return json.loads((FOLDER / name).with_suffix(".expected.json").read_text(encoding="utf-8"))


def test_the_guide_s_workbook_gives_its_datasets_with_every_field():
    expected = _expected(GUIDE)

    rows = read(opened(GUIDE))

    assert [
        {
            "sheet": row.source.sheet,
            "row": row.source.row,
            "name": row.document["name"],
            "department": row.document["department"],
            "summary": row.document["summary"],
            "class": row.document["share"]["class"],
            "cycle": row.document["update_cycle"],
            "public": row.document["open"]["public"],
            "code": row.document.get("resource_code", ""),
            "fields": [[f["name"], f["data_type"], f.get("format", "")] for f in row.document["fields"]],
        }
        for row in rows
    ] == expected
    assert len(rows) == 11


def test_the_district_s_workbook_gives_its_datasets_with_every_field():
    expected = _expected(DISTRICT)

    rows = read(opened(DISTRICT))

    assert [
        {
            "sheet": row.source.sheet,
            "row": row.source.row,
            "name": row.document["name"],
            "department": row.document["department"],
            "class": row.document["share"]["class"],
            "cycle": row.document["update_cycle"],
            "fields": [
                [f["name"], f["data_type"], f["format"], f.get("key", ""), f["grade"], f.get("general_level")]
                for f in row.document["fields"]
            ],
        }
        for row in rows
    ] == expected
    assert len(rows) == 11


@pytest.mark.parametrize("name", [GUIDE, DISTRICT])
def test_all_sheets_of_a_layout_share_one_fingerprint_and_one_profile(name):
    found = tables(opened(name))

    profiles = [suggest(table, "dataset").profile for table in found]

    assert len({fingerprint(table) for table in found}) == 1
    assert all(profile == profiles[0] for profile in profiles)


def test_the_levels_of_a_classification_in_columns_of_their_own_become_one_code():
    row = read(opened(GUIDE))[0]

    assert row.document["classification"] == "203"
    assert row.document["classification_detail"] == "017"


def test_dates_as_serials_and_as_people_write_them_are_days():
    days = {row.document["published_on"] for row in read(opened(GUIDE))}

    assert days == {"2026-09-30"}


def test_a_basis_stands_where_a_basis_belongs_when_nothing_is_shared():
    shares = [row.document["share"] for row in read(opened(DISTRICT))]

    refused = [share for share in shares if share["class"] == "3"]
    assert refused
    assert all(share["legal_basis"] == [{"title": "社会救助暂行办法"}] for share in refused)
    assert all("other_conditions" not in share for share in shares)


def test_a_name_of_a_person_enters_no_document():
    found = tables(opened(DISTRICT))[0]

    reasons = {guessed.column.title: guessed.why for guessed in suggest(found, "dataset").columns}

    assert reasons["联系人"] == "person"
    assert all("王某" not in json.dumps(row.document, ensure_ascii=False) for row in read(opened(DISTRICT)))


def test_what_is_not_understood_stays_and_is_refused_at_its_cell():
    row = next(row for row in read(opened(DISTRICT)) if row.document["name"] == "综治中心")

    violation = next(
        v for v in schemas.check("dataset", row.document, "recorded") if v.pointer == "/update_cycle"
    )

    place = row.place(violation.pointer)
    assert violation.found == "实时/每日"
    assert (place.sheet, place.column, place.row) == ("区人社局", "L", 10)


def test_a_violation_in_a_field_leads_to_the_row_of_that_field():
    row = read(opened(DISTRICT))[0]

    assert (row.place("/fields/2/grade").column, row.place("/fields/2/grade").row) == ("N", 9)
    assert row.place("/fields/2/element").row == 9
    assert row.place("/summary").row == 7


def test_what_was_taken_as_something_else_is_told():
    row = read(opened(DISTRICT))[0]

    assert row.understood["/update_cycle"] == ("每年 一次", "每年")
    assert row.understood["/fields/0/format"] == ("字符(100)", "an..100")
    assert row.understood["/fields/0/grade"] == ("L2", "一般数据 2级")
    assert "/name" not in row.understood


def test_notes_examples_hidden_sheets_and_sheets_of_codes_are_passed_over_and_named():
    found = survey(opened(DISTRICT))

    notices = {notice.rule for table in found for notice in table.notices}

    assert [table.shape for table in found] == ["rows", "rows", "none", "none"]
    assert notices == {"example-skipped", "sheet-of-codes", "sheet-hidden"}
    assert "注：红色为必填项；如有疑问请联系数据统筹科。" in found[0].notes


def test_what_stands_above_the_list_is_known_by_its_labels():
    found = tables(opened(GUIDE))[0]

    assert found.labels["填报日期"] == "2026年10月15日"
    assert found.labels["填报单位（盖章）"] == "人力资源和社会保障局"


def test_a_profile_survives_its_document():
    profile = suggest(tables(opened(GUIDE))[0], "dataset").profile

    assert Profile.of(json.loads(json.dumps(profile.document()))) == profile


def test_a_profile_of_one_month_reads_the_next_without_being_asked_again():
    first = sheet([["目录名称", "共享类型", "更新周期"], ["低保对象", "无条件共享", "每月"]])
    later = sheet([["更新周期", "目录名称", "共享类型"], ["每年", "孤儿", "不予共享"]], name="区卫健局")
    kept = suggest(tables(book(first))[0], "dataset").profile

    table = tables(book(later))[0]

    assert fingerprint(table) == kept.fingerprint
    assert [row.document for row in apply(table, kept)] == [
        {"name": "孤儿", "share": {"class": "3"}, "update_cycle": "6", "department": "区卫健局"}
    ]


def test_words_that_a_person_decided_are_kept_in_the_profile():
    rows = [["目录名称", "共享方式"], ["低保对象", "邮件拷盘"], ["孤儿", "接口、邮件拷盘"]]
    table = tables(book(sheet(rows)))[0]
    document = suggest(table, "dataset").profile.document()
    document["columns"][1]["values"] = {"邮件拷盘": "3"}

    ways = [row.document["share"]["ways"] for row in apply(table, Profile.of(document))]

    assert ways == [["3"], ["1", "3"]]


def test_a_constant_fills_what_the_row_leaves_open_and_nothing_else():
    rows = [["目录名称", "共享类型"], ["低保对象", ""], ["孤儿", "不予共享"]]
    table = tables(book(sheet(rows)))[0]
    document = suggest(table, "dataset").profile.document() | {"constants": {"/share/class": "2"}}

    found = [row.document["share"] for row in apply(table, Profile.of(document))]

    assert found == [{"class": "2"}, {"class": "3"}]


def test_a_heading_that_the_profile_does_not_know_is_refused_with_the_nearest():
    kept = suggest(
        tables(book(sheet([["目录名称", "共享类型"], ["低保", "无条件共享"]])))[0], "dataset"
    ).profile
    later = tables(book(sheet([["目录名称", "共享类型", "资源更新频度"], ["低保", "无条件共享", "每月"]])))[0]

    strange, row = apply(later, kept, file="目录.xlsx")

    assert strange.violations[0].rule == "heading-unknown"
    assert strange.violations[0].expected[0] == "/update_cycle"
    assert (strange.source.column, strange.source.row) == ("C", 1)
    assert row.document["name"] == "低保"


def test_headings_of_any_language_and_script_are_tried():
    taken = targets(
        tables(book(sheet([["資料名稱", "更新頻率", "資料集提供機關"], ["低保對象", "每月", "社會局"]])))[0]
    )

    assert taken == {
        "資料名稱": ("/name",),
        "更新頻率": ("/update_cycle",),
        "資料集提供機關": ("/department",),
    }


def test_texts_give_away_a_column_whose_heading_says_nothing():
    rows = [["目录名称", "甲", "乙"]] + [[f"目录{n}", "有条件共享", "每季度"] for n in range(4)]

    taken = targets(tables(book(sheet(rows)))[0])

    assert taken["甲"] == ("/share/class",)
    assert taken["乙"] == ("/update_cycle",)


def test_a_long_number_that_lost_its_digits_is_doubted_at_its_cell():
    rows = [["目录名称", "信息资源代码"], ["低保", "4401112026000010"]]
    table = tables(book(replace(sheet(rows), damaged=frozenset(((1, 1),)))))[0]

    row = next(apply(table, suggest(table, "dataset").profile))

    assert [(v.pointer, v.rule) for v in row.doubts] == [("/resource_code", "number-digits-lost")]


def test_an_empty_cell_of_somebody_else_s_layout_deletes_nothing():
    before = {
        "name": "低保",
        "summary": "旧摘要",
        "fields": [{"name": "姓名", "element": "DE00002", "data_type": "string"}, {"name": "旧项"}],
    }
    rows = [["目录名称", "信息项", "数据元", "数据类型"], ["低保", "姓名", "", "字符型"]]

    row = read(book(sheet(rows)))[0]

    assert blended("dataset", row.document, before, row.seen) == {
        "name": "低保",
        "summary": "旧摘要",
        "department": "区民政局",
        "fields": [{"name": "姓名", "element": "DE00002", "data_type": "string"}],
    }


def test_a_suggestion_for_several_sheets_sees_the_texts_of_each():
    blank = sheet([["目录名称", "甲"], ["低保", ""]])
    telling = sheet([["甲", "目录名称"], ["有条件共享", "孤儿"], ["不予共享", "特困"]], name="区卫健局")
    found = tables(book(blank, telling))

    assert suggest(found[0], "dataset").columns[1].taken == ()
    assert suggest(found, "dataset").columns[1].taken == ("/share/class",)

"""Workbooks out and in again: what was not edited is the same, whoever saved the file in between."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.base import files
from catalog.base.documents import Document
from catalog.base.errors import Malformed, Source
from catalog.base.i18n import LANGUAGES, Language
from catalog.exchange import Row, read
from catalog.exchange.csv_write import write_table
from catalog.exchange.sheets import open_book
from catalog.exchange.xlsx import Written, marked, rows, template, write_book
from catalog.exchange.xlsx_layout import layout
from catalog.exchange.xlsx_read import mark_of
from catalog.kinds import BY_NAME

SAVED = Path(__file__).parents[1] / "data" / "workbooks"


def suite(kind: str) -> list[Written]:
    """Every valid document of a kind's suite as a record."""
    made = []
    for number, path in enumerate(sorted((files.standards() / "suite" / kind / "valid").glob("*.json"))):
        document = json.loads(path.read_text(encoding="utf-8"))["document"]
        made.append(
            Written(_full(document) | {"identifier": f"ZZ{number:05d}"}, BY_NAME[kind].initial, number + 7)
        )
    return made


def _full(value: Any) -> Any:
    """A document without empty objects: a table has no place for nothing."""
    if isinstance(value, dict):
        inner = {key: _full(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one != {}}
    return [_full(one) for one in value] if isinstance(value, list) else value


def back(data: bytes, kind: str, filename: str = "a.xlsx") -> list[Row]:
    found = list(rows(open_book(data, filename), kind=kind))
    assert [row.violations for row in found if row.violations] == []
    return found


def touched(found: list[Row]) -> list[Row]:
    return [row for row in found if mark_of(row.document, row.status) != row.mark]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BY_NAME)
def test_every_document_comes_back_as_it_was_written(kind: str, language: Language) -> None:
    written = suite(kind)

    found = back(write_book(kind, written, language=language, view="internal"), kind)

    assert [row.document for row in found] == [one.document for one in written]
    assert [row.status for row in found] == [one.status for one in written]
    assert [row.etag for row in found] == [one.seq for one in written]
    assert touched(found) == []


@pytest.mark.parametrize("kind", BY_NAME)
def test_a_template_holds_no_record(kind: str) -> None:
    assert back(template(kind), kind) == []


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))
    | st.sampled_from("=+-@'\"、；;,|\n ＝"),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TEXT, min_size=1, max_size=4, unique=True), _TEXT)
def test_any_text_survives_a_workbook(values: list[str], note: str) -> None:
    document = {"identifier": "SY0001", "name": "名称", "note": note, "aliases": values}

    found = back(write_book("system", [Written(document, "in_service", 1)], view="internal"), "system")

    assert found[0].document == document


@pytest.mark.parametrize("text", ["=1+1", "+86 20", "-5", "@cmd", '=HYPERLINK("http://a")', "'=1"])
def test_a_text_like_a_formula_is_never_one(text: str) -> None:
    document = {"identifier": "SY0001", "name": text}

    data = write_book("system", [Written(document, None, 1)])

    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value] == ["s", "s"]
    assert back(data, "system")[0].document == document


def edited(data: bytes, changes: dict[tuple[str, str], Any], *, row: int = 2) -> bytes:
    """The workbook with cells of one row changed, by sheet and heading; None empties a cell."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, heading), value in changes.items():
        page = book[sheet]
        column = next(cell.column for cell in page[1] if str(cell.value).rstrip(" *") == heading)
        page.cell(row, column).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_k_edited_rows_are_exactly_the_touched_ones(data: st.DataObject) -> None:
    written = suite("dataset")
    numbers = data.draw(st.sets(st.integers(0, len(written) - 1), max_size=4))

    book = openpyxl.load_workbook(io.BytesIO(write_book("dataset", written, view="internal")))
    for number in numbers:
        book.worksheets[0].cell(number + 2, 2).value = f"改过的名称{number}"
    saved = io.BytesIO()
    book.save(saved)
    found = back(saved.getvalue(), "dataset")

    assert {row.document["identifier"] for row in touched(found)} == {f"ZZ{number:05d}" for number in numbers}
    for row, one in zip(found, written, strict=True):
        assert row.document | {"name": ""} == one.document | {"name": ""}


def test_rows_may_be_sorted_and_deleted() -> None:
    written = suite("dataset")
    book = openpyxl.load_workbook(io.BytesIO(write_book("dataset", written, view="internal")))
    for page in book.worksheets:
        if page.sheet_state == "visible":
            lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
            page.delete_rows(2, page.max_row)
            for line in reversed(lines):
                page.append(line)
    book.worksheets[0].delete_rows(2)
    saved = io.BytesIO()
    book.save(saved)

    found = back(saved.getvalue(), "dataset")

    assert len(found) == len(written) - 1
    assert touched(found) == []


def test_a_violation_leads_to_its_cell_on_the_sheet_of_the_list() -> None:
    written = suite("topic")
    found = back(write_book("topic", written, view="internal"), "topic")
    row = next(row for row in found if len(row.document.get("sections", ())) > 1)
    section = next(n for n, one in enumerate(row.document["sections"]) if one.get("slots"))

    name = row.place(f"/sections/{section}/slots/0/name")
    missing = row.place("/summary/absent")

    assert name is not None
    assert (name.sheet, name.heading) == ("栏目", "栏目名称")
    page = openpyxl.load_workbook(io.BytesIO(write_book("topic", written, view="internal")))["栏目"]
    assert page[f"{name.column}{name.row}"].value == row.document["sections"][section]["slots"][0]["name"]
    assert missing is not None and missing.sheet == "专题" and missing.heading == "专题说明"


def typed(*cells: tuple[str, Any], kind: str = "system") -> list[Row]:
    """What a person typed under headings, in a workbook of her own."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([heading for heading, _ in cells])
    page.append([value for _, value in cells])
    saved = io.BytesIO()
    book.save(saved)
    names = {"department": {"区民政局": "DP0008", "广州市白云区民政局": "DP0008"}}
    return list(read(saved.getvalue(), "表.xlsx", kind=kind, names=names))


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("上线日期", date(2026, 1, 5), {"in_service_on": "2026-01-05"}),
        ("上线日期", 46027, {"in_service_on": "2026-01-05"}),
        ("上线日期", "2026年1月5日", {"in_service_on": "2026-01-05"}),
        ("上线日期", "２０２６/１/５", {"in_service_on": "2026-01-05"}),
        ("安全保护等级", "第二级", {"protection_grade": "2"}),
        ("安全保护等级", "2 第二级", {"protection_grade": "2"}),
        ("安全保护等级", "２", {"protection_grade": "2"}),
        ("主管单位", "区民政局", {"department": "DP0008"}),
        ("主管单位", "DP0008 区民政局", {"department": "DP0008"}),
        ("主管单位", "ＤＰ０００８", {"department": "DP0008"}),
        ("立项年度", "２０２６ ", {"project": {"year": 2026}}),
        ("系统名称", "第一行\r\n第二行", {"name": "第一行\n第二行"}),
        ("系统名称", "\u3000前后有空白\u00a0", {"name": "前后有空白"}),
        ("同义名称", "甲、乙", {"aliases": ["甲", "乙"]}),
    ],
)
def test_a_cell_is_understood_as_a_person_would(heading: str, value: Any, expected: Document) -> None:
    assert typed(("标识符", "SY0001"), (heading, value))[0].document == {"identifier": "SY0001"} | expected


def test_an_unknown_heading_is_told_the_nearest() -> None:
    found = typed(("系统名称", "甲"), ("安全保护等极", "2"))

    wrong = [violation for row in found for violation in row.violations]
    assert [(one.rule, one.found, one.expected) for one in wrong] == [
        ("heading-near", "安全保护等极", "安全保护等级")
    ]
    assert found[0].source is not None and (found[0].source.row, found[0].source.column) == (1, "B")


def test_a_heading_that_stands_twice_is_refused_once() -> None:
    found = typed(("系统名称", "甲"), ("备注", "一"), ("备注", "二"))

    assert [one.rule for row in found for one in row.violations] == ["heading-duplicate"]


def test_a_long_number_that_lost_its_digits_is_noted() -> None:
    found = typed(("系统名称", "甲"), ("备注", 123456789012345678))

    assert [(one.rule, one.severity) for one in found[0].doubts] == [("number-digits-lost", "warning")]


def test_a_template_that_was_filled_is_read_without_its_hints() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("system")))
    headings = [str(cell.value).rstrip(" *") for cell in book.worksheets[0][1]]
    line = {"系统名称": "婚姻登记系统", "安全保护等级": "第二级"}
    book.worksheets[0].append([line.get(heading) for heading in headings])
    saved = io.BytesIO()
    book.save(saved)

    assert [row.document for row in back(saved.getvalue(), "system")] == [
        {"name": "婚姻登记系统", "protection_grade": "2"}
    ]


def test_a_public_workbook_has_no_internal_column() -> None:
    data = write_book("system", suite("system"))

    seen = back(data, "system")[0].seen

    assert seen is not None
    assert "/name" in seen and "/contact" not in seen and "/project/budget" not in seen


@pytest.mark.parametrize("name", ["saved.xlsx", "saved.ods", "saved.xls"])
@pytest.mark.parametrize("kind", ["dataset", "topic"])
def test_a_copy_saved_by_another_program_changes_nothing(kind: str, name: str) -> None:
    path = SAVED / f"{kind}-{name}"

    found = back(path.read_bytes(), kind, path.name)

    assert len(found) >= 12
    assert touched(found) == []


@pytest.mark.parametrize("kind", BY_NAME)
def test_sheet_names_are_short_and_apart(kind: str) -> None:
    for language in LANGUAGES:
        names = [tab.name for tab in layout(kind, language).tabs]
        assert len({name.casefold() for name in names}) == len(names)
        assert max(map(len, names)) <= 31


@pytest.mark.parametrize("kind", BY_NAME)
def test_a_csv_comes_back_as_it_was_written(kind: str) -> None:
    written = suite(kind)

    found = list(read(write_table(kind, written, view="internal"), "a.csv", kind=kind))

    assert [row.violations for row in found if row.violations] == []
    assert [row.document for row in found] == [one.document for one in written]


@pytest.mark.parametrize("name", ["=1+1", "-5", "+86", "@a", "'=1", "''+1", "'plain"])
def test_a_csv_holds_no_formula(name: str) -> None:
    data = write_table("system", [Written({"identifier": "SY0001", "name": name})])

    assert f",{name}," not in data.decode() or name[0] == "'"
    assert next(iter(read(data, "a.csv", kind="system"))).document["name"] == name


def marks(data: bytes) -> tuple[dict[str, str], list[Any]]:
    """The comments by sheet and cell, and the list of problems."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    said = {
        f"{page.title}!{cell.coordinate}": cell.comment.text
        for page in book
        for row in page
        for cell in row
        if cell.comment
    }
    return said, list(book["问题清单"].iter_rows(min_row=2, values_only=True))


def test_a_marked_copy_says_at_the_cell_what_is_wrong_and_can_be_read_again() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "系统"
    page.append(["系统名称", "安全保护等级", "备注"])
    page.append(["甲", "九", "=1+1"])
    saved = io.BytesIO()
    book.save(saved)
    row = next(iter(read(saved.getvalue(), "表.xlsx", kind="system")))
    place = row.place("/protection_grade")
    assert place is not None

    data = marked(saved.getvalue(), "表.xlsx", [(place, "没有代码「九」", "请从下拉中选")])

    said, listed = marks(data)
    assert said == {"系统!B2": "没有代码「九」\n请从下拉中选"}
    assert listed == [("系统 第 2 行 B 列", "没有代码「九」", "请从下拉中选")]
    assert openpyxl.load_workbook(io.BytesIO(data))["系统"]["C2"].value == "=1+1"
    mended = edited(data, {("系统", "安全保护等级"): "第二级", ("系统", "备注"): "无"})
    assert [one.document for one in read(mended, "表.xlsx", kind="system")] == [
        {"name": "甲", "protection_grade": "2", "note": "无"}
    ]
    again, _ = marks(marked(mended, "表.xlsx", []))
    assert again == {}


def test_a_table_in_text_gets_a_marked_workbook_too() -> None:
    data = "系统名称,安全保护等级\n甲,九\n".encode("gb18030")

    found = marked(data, "表.csv", [(Source("表.csv", line=2, row=2, column="安全保护等级"), "错", "改")])

    said, listed = marks(found)
    assert list(said.values()) == ["错\n改"]
    assert [line[1:] for line in listed] == [("错", "改")]
    assert next(iter(read(found, "表.xlsx", kind="system"))).document["name"] == "甲"


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (450 << 20)}
    return zipped(**parts)


BOOK = write_book("system", [Written({"identifier": "SY0001", "name": "甲"})])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FAR = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="290000"><c r="ZZ290000"><v>1</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("data", "filename", "slug"),
    [
        (b"hello", "a.xlsx", "workbook-differs"),
        (BOOK, "a.xls", "workbook-differs"),
        (BOOK, "a.ods", "workbook-differs"),
        (b"PK\x03\x04 broken", "a.xlsx", "workbook-broken"),
        (BOOK[: len(BOOK) // 2], "a.xlsx", "workbook-broken"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "workbook-encrypted"),
        (OLE + b"x" * 600, "a.xls", "workbook-broken"),
        (BOOK, "a.et", "workbook-wps"),
        (BOOK, "a.numbers", "workbook-other"),
        (BOOK, "a.xlsb", "workbook-other"),
        (zipped(**{f"xl/{number}": b"" for number in range(5_001)}), "a.xlsx", "workbook-bomb"),
        (zipped(**{"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": FAR}), "a.xlsx", "workbook-sparse"),
        (zipped(**{"xl/workbook.xml": b""} | {f"xl/worksheets/sheet{n}.xml": b"" for n in range(1_000)}), "a.xlsx", "workbook-sheets"),
        (b"", "a.xlsx", "file-empty"),
    ],
)  # fmt: skip
def test_a_dangerous_file_is_refused_with_its_reason(data: bytes, filename: str, slug: str) -> None:
    with pytest.raises(Malformed) as refusal:
        open_book(data, filename)

    assert refusal.value.slug == slug


def test_a_bomb_is_refused_while_it_is_counted() -> None:
    with pytest.raises(Malformed) as refusal:
        open_book(bomb(), "a.xlsx")

    assert refusal.value.slug == "workbook-bomb"


def test_macros_and_links_are_passed_over_and_said() -> None:
    made = io.BytesIO(BOOK)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")

    assert list(open_book(made.getvalue(), "a.xlsm").notices) == ["workbook-macros", "workbook-links"]


def test_a_workbook_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed) as refusal:
        list(read(BOOK, "a.xlsx", kind="dataset"))

    assert refusal.value.slug == "workbook-kind"

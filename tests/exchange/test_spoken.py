"""Our own template understands what people write into its cells, and says what it took it for."""

from __future__ import annotations

import io

import openpyxl
import pytest

from catalog.exchange import read
from catalog.exchange.xlsx import template


def filled(**cells: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template("dataset", language="zh", view="public", names={})))
    sheet = book.worksheets[0]
    columns = {str(c.value or "").strip("* "): c.column for row in sheet.iter_rows(max_row=3) for c in row}
    row = sheet.max_row + 1
    for heading, value in cells.items():
        sheet.cell(row, columns[heading], value)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("written", "code", "told"),
    [("每季度末", "5", "每季度"), ("每月10日前", "4", "每月"), ("实时更新", "1", "实时")],
)
def test_a_phrase_is_taken_for_its_code_and_told(written: str, code: str, told: str) -> None:
    (row,) = read(filled(目录名称="甲", 更新周期=written), "t.xlsx", kind="dataset")

    assert row.document["update_cycle"] == code
    assert row.understood == {"/update_cycle": (written, told)}


@pytest.mark.parametrize("written", ["5", "每季度", "5 每季度"])
def test_what_the_template_offers_needs_no_telling(written: str) -> None:
    (row,) = read(filled(目录名称="甲", 更新周期=written), "t.xlsx", kind="dataset")

    assert row.document["update_cycle"] == "5"
    assert row.understood == {}


def test_what_means_nothing_stays_for_the_schema_to_refuse() -> None:
    (row,) = read(filled(目录名称="甲", 更新周期="看情况"), "t.xlsx", kind="dataset")

    assert row.document["update_cycle"] == "看情况"

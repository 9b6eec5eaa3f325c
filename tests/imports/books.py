"""Workbooks for the import flow: our template filled in, and a table as a department keeps it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from catalog.base.documents import Document
from catalog.base.i18n import Language
from catalog.exchange import xlsx
from tests import factories


def dataset(name: str, department: str = "DP0019") -> Document:
    """A dataset that can be registered as it is."""
    document = factories.document("dataset", name) | {"department": department, "name": name}
    for attribute in ("provider_code", "systems", "services", "contact", "aliases"):
        document.pop(attribute, None)
    document["approval"].pop("person", None)
    return document


def filled(template: bytes, documents: list[Document], kind: str = "dataset") -> bytes:
    """The template with these documents typed under its headings, in every sheet that they need."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    language: Language = "zh" if "填写说明" in book.sheetnames else "en"
    typed = openpyxl.load_workbook(
        io.BytesIO(
            xlsx.write_book(
                kind, [xlsx.Written(one) for one in documents], view="internal", language=language
            )
        )
    )
    for sheet in typed.worksheets:
        if sheet.title not in book.sheetnames or sheet.title.startswith("_"):
            continue
        target = book[sheet.title]
        columns = {_plain(cell.value): cell.column for cell in target[1]}
        for line, row in enumerate(sheet.iter_rows(min_row=2), start=4):
            for cell in row:
                heading = _plain(sheet.cell(1, cell.column).value)
                if cell.value is not None and heading in columns:
                    target.cell(line, columns[heading]).value = cell.value
    return _bytes(book)


def changed(data: bytes, sheet: int, cells: dict[str, str]) -> bytes:
    """The workbook with other texts in the first filled row, by beginning of heading."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    target = book.worksheets[sheet]
    for heading, value in cells.items():
        column = next(cell.column for cell in target[1] if _plain(cell.value) == heading)
        target.cell(4, column).value = value
    return _bytes(book)


def official(*names: str) -> bytes:
    """A catalogue as departments keep it: merged headings over two rows, items below their resource."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "卫生健康局"
    sheet.append(["政务信息资源目录"])
    sheet.append(["序号", "信息资源名称", "信息资源摘要", "信息项信息", None, "共享属性", None, "更新周期"])
    sheet.append([None, None, None, "信息项名称", "数据类型", "共享类型", "共享条件", None])
    for column in "ABCH":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.merge_cells("D2:E2")
    sheet.merge_cells("F2:G2")
    for number, name in enumerate(names, 1):
        sheet.append(
            [
                number,
                name,
                f"{name}，由区卫生健康局采集",
                "姓名",
                "字符型",
                "有条件共享",
                "业务需要",
                "每季度末",
            ]
        )
        sheet.append([None, None, None, "登记日期", "日期型", None, None, None])
    return _bytes(book)


def _plain(value: Any) -> str:
    return str(value or "").strip(" *")


def _bytes(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

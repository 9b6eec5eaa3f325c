"""A workbook sent to the API: its cells are named in what is refused, and its strange sheets in the report."""

from __future__ import annotations

import io

import openpyxl

from catalog.exchange.xlsx import Written, write_book
from tests.desk import Desk

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_workbook_is_imported_with_the_cells_and_sheets_that_it_has(desk: Desk) -> None:
    good = desk.draft("system")
    wrong = desk.draft("system") | {"in_service_on": "昨天"}
    book = openpyxl.load_workbook(io.BytesIO(write_book("system", [Written(good), Written(wrong)])))
    book.create_sheet("随手记").append(["与登记无关"])
    column = next(
        cell.column_letter for row in book.worksheets[0].rows for cell in row if cell.value == "昨天"
    )
    headers = {"content-type": _XLSX}
    path = "/api/v1/systems:import"

    refused = desk.write("POST", path, content=_bytes(book), headers=headers)
    book.worksheets[0].delete_rows(book.worksheets[0].max_row)
    taken = desk.write("POST", path, content=_bytes(book), headers=headers)

    assert refused.status_code == 422
    assert (refused.json()["created"], refused.json()["refused"]) == (1, 1), refused.text
    (item,) = [one for one in refused.json()["items"] if one["action"] == "refused"]
    source = item["violations"][0]["source"]
    assert source["cell"] == f"{column}{source['row']}"
    assert source.keys() <= desk.get("/openapi.json")["components"]["schemas"]["Source"]["properties"].keys()
    assert [(one["rule"], one["source"]["sheet"]) for one in taken.json()["notices"]] == [
        ("sheet-without-table", "随手记")
    ]
    assert taken.status_code == 200
    assert (taken.json()["created"], taken.json()["applied"]) == (1, True), taken.text


def _bytes(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_what_a_table_in_text_has_no_column_for_stays_as_it_is(desk: Desk) -> None:
    held = desk.fresh("system", address="gw9.example.gov", summary="办理登记。")
    csv = f"标识符,系统名称,系统简介\n{held.identifier},换了名称的系统,\n"

    answer = desk.write(
        "POST", "/api/v1/systems:import", content=csv.encode(), headers={"content-type": "text/csv"}
    )

    assert (answer.json()["revised"], answer.json()["applied"]) == (1, True), answer.text
    found = desk.get(f"{held.path}?view=internal")["document"]
    assert found["name"] == "换了名称的系统"
    assert "summary" not in found  # its column is there, and empty
    assert found["address"] == "gw9.example.gov"
    assert found.keys() - {"identifier"} == held.document.keys() - {"summary", "identifier"}

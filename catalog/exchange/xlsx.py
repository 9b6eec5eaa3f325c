"""Workbooks of every kind, both ways: ``template`` and ``write_book`` make them, ``rows`` reads them back,
``marked`` gives a person's own workbook back with every problem at its cell."""

from catalog.exchange.marked import marked
from catalog.exchange.xlsx_read import rows
from catalog.exchange.xlsx_write import Written, template, write_book

__all__ = ["Written", "marked", "rows", "template", "write_book"]

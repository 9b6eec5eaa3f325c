"""PDF of pages: the product's own files and nothing else, fonts inside, and a clear answer without the extra."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from catalog.base import files, pdf
from catalog.base.errors import Unsupported

pytestmark = pytest.mark.slow  # needs the extra and Pango

PAGE = """<!doctype html><html lang="zh-CN"><head><title>协议</title>
<link rel="stylesheet" href="/static/form-paper.css"></head><body class="paper-form">{}</body></html>"""


def test_chinese_text_stands_on_numbered_sheets_with_its_font_inside() -> None:
    paper = "<p>政务数据共享协议</p>" * 120
    sheets = pdf.laid_out(PAGE.format(paper)).pages
    made = pdf.laid_out(PAGE.format(paper)).write_pdf(uncompressed_pdf=True)

    assert len(sheets) > 2
    assert (round(sheets[0].width), round(sheets[0].height)) == (
        794,
        1123,
    )  # A4, by the product's style sheet
    assert made.startswith(b"%PDF-")
    assert b"/FontFile" in made
    assert b"CJK" in made


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest", "https://example.org/x.png", "file:///etc/passwd", "//example.org/x.png",
        "/static/../settings.py", "/static/%2e%2e/app.py", "/static/", "/cases", "data:image/png;base64,AAAA",
    ],
)  # fmt: skip
def test_no_other_address_is_opened(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    fetch = pdf._own("http://catalog.invalid").fetch
    with pytest.raises(ValueError, match="not of this product"):
        fetch(address if "://" in address else f"http://catalog.invalid{address}")
    assert pdf.written(PAGE.format(f'<img src="{address}"><object data="{address}"></object>'))


def test_the_products_own_files_are_given_by_name() -> None:
    given = pdf._own("https://data.example.gov.cn/catalog").fetch(
        "https://data.example.gov.cn/catalog/static/paper.css?v=1"
    )
    assert (given.read(), given.content_type) == ((files.static() / "paper.css").read_bytes(), "text/css")


def test_without_the_extra_the_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)
    with pytest.raises(Unsupported) as refused:
        pdf.written(PAGE.format(""))
    assert refused.value.slug == "pdf-missing"

"""What a workbook may do to whoever opens it, looked for before anything is unpacked or believed.

Sizes are counted while unpacking in small steps, never taken from what the file says of itself.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from catalog.base.errors import Malformed

MOST_UNPACKED = 400 << 20  # bytes of all parts together
MOST_PARTS = 5_000
MOST_SHEETS = 200
MOST_COLUMNS = 2_000
MOST_ROWS = 300_000
MOST_EMPTY = 40  # cells of the sheet's area for each one that is filled
_FREE_AREA = 5_000_000  # cells of area that any sheet may have
_STEP = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml", re.IGNORECASE)
_ROW = re.compile(rb'<row\b[^>]{0,200}?\br="([0-9]{1,9})"')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[0-9]')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="([0-9]{1,9})"')
_WPS = (".et", ".ett", ".wps", ".uof")
_OTHER = (".numbers", ".xlsb")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
KNOWN = frozenset((*WORKBOOKS, *_WPS, *_OTHER))


def check(data: bytes, filename: str) -> list[str]:
    """What was passed over in a workbook (``workbook-macros``, ``workbook-links``); raises ``Malformed``.

    ``workbook-wps`` and ``workbook-other`` for programs' own formats, ``workbook-encrypted``,
    ``workbook-differs`` where the bytes are not what the name says, ``workbook-bomb`` and
    ``workbook-sparse`` for what would not fit into memory, ``workbook-sheets``, ``workbook-broken``.
    """
    ending = filename.lower().rpartition(".")[2]
    named = f".{ending}"
    if named in _WPS:
        raise Malformed("workbook-wps", file=filename)
    if named in _OTHER:
        raise Malformed("workbook-other", file=filename, found=named, expected=list(WORKBOOKS))
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise Malformed("workbook-encrypted", file=filename)
        if named != ".xls":
            raise Malformed("workbook-differs", file=filename, found="xls", expected=ending)
        return []
    if not data.startswith(_ZIP):
        raise Malformed("workbook-differs", file=filename, found="?", expected=ending)
    if named == ".xls":
        raise Malformed("workbook-differs", file=filename, found="xlsx", expected=ending)
    return _check_parts(data, filename)


def _check_parts(data: bytes, filename: str) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = [part.filename for part in parts.infolist()]
            if len(names) > MOST_PARTS:
                raise Malformed("workbook-bomb", file=filename, found=len(names), expected=MOST_PARTS)
            _check_kind(set(names), filename)
            unpacked = 0
            for part in parts.infolist():
                area = _Area() if _SHEET.fullmatch(part.filename) else None
                for piece in _pieces(parts, part):
                    unpacked += len(piece)
                    if unpacked > MOST_UNPACKED:
                        expected = MOST_UNPACKED >> 20
                        raise Malformed("workbook-bomb", file=filename, found=f"> {expected} MiB", expected=f"{expected} MiB")  # fmt: skip
                    if area:
                        area.see(piece)
                if area:
                    area.check(filename)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Malformed("workbook-broken", file=filename, reason=type(error).__name__) from None
    found = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        found.append("workbook-macros")
    if any("externallinks/" in name.lower() for name in names):
        found.append("workbook-links")
    return found


def _check_kind(names: set[str], filename: str) -> None:
    ending = filename.lower().rpartition(".")[2]
    kind = "ods" if "content.xml" in names else "xlsx" if "xl/workbook.xml" in names else "zip"
    if kind != ("ods" if ending == "ods" else "xlsx"):
        raise Malformed("workbook-differs", file=filename, found=kind, expected=ending)
    sheets = sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names)
    if sheets > MOST_SHEETS:
        raise Malformed("workbook-sheets", file=filename, found=sheets, expected=MOST_SHEETS)


def _pieces(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with parts.open(part) as packed:
        while piece := packed.read(_STEP):
            yield piece


class _Area:
    """How far a sheet reaches and how much of that is filled; a far corner must not cost what lies between."""

    def __init__(self) -> None:
        self._rest = b""
        self._rows = self._columns = self._cells = self._repeated = 0

    def see(self, piece: bytes) -> None:
        """Look at the next piece of the sheet's XML."""
        text = self._rest + piece
        self._rest = text[-256:]
        self._cells += piece.count(b"<c ") + piece.count(b"<table:table-cell ")
        self._rows = max(self._rows, *map(int, _ROW.findall(text)), 0)
        self._columns = max(self._columns, *map(_number, set(_COLUMN.findall(text))), 0)
        if b"-repeated=" in text and b"office:value" in text:
            self._repeated = max(self._repeated, *(int(n) for _, n in _REPEATED.findall(text)), 0)

    def check(self, filename: str) -> None:
        """Raise ``Malformed`` for a sheet that is too large or nearly nothing but blanks."""
        if self._rows > MOST_ROWS:
            raise Malformed("workbook-rows", file=filename, found=self._rows, expected=MOST_ROWS)
        if self._columns > MOST_COLUMNS:
            raise Malformed("too-many-columns", file=filename, found=self._columns, expected=MOST_COLUMNS)
        area = self._rows * self._columns
        if area > _FREE_AREA and area > MOST_EMPTY * self._cells:
            raise Malformed("workbook-sparse", file=filename, found=area, expected=MOST_EMPTY * self._cells)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

"""What a file really is, and what it may be called: judged by its bytes, never by its name alone. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from typing import NamedTuple

from catalog.base.errors import Malformed

PDF, OFD, JPEG, PNG = "application/pdf", "application/ofd", "image/jpeg", "image/png"
SUFFIXES = {PDF: (".pdf",), OFD: (".ofd",), JPEG: (".jpg", ".jpeg"), PNG: (".png",)}
_NAMES = {PDF: "PDF", OFD: "OFD", JPEG: "JPG", PNG: "PNG"}
_LONGEST = 120
_MEMBERS = 10_000  # of an OFD; more is no scanned paper
_UNSAFE = re.compile(r'[<>:"|?*%]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


class Judged(NamedTuple):
    """A file that may be kept: what it is and what it is called from now on."""

    media_type: str
    filename: str


def judge(data: bytes, filename: str) -> Judged:
    """What an uploaded file is and its cleaned name; raises ``Malformed``.

    ``attachment-empty``; ``attachment-type`` for anything but PDF, OFD, JPG and PNG; ``attachment-lies``
    where the name says another type than the bytes.
    """
    if not data:
        raise Malformed("attachment-empty")
    media_type = _type(data)
    name = clean(filename)
    stem, dot, suffix = name.rpartition(".")
    said = f"{dot}{suffix}".lower()
    if not media_type:
        raise Malformed("attachment-type", found=name, expected=list(_NAMES.values()))
    if not stem:
        return Judged(media_type, name + SUFFIXES[media_type][0])
    if said not in SUFFIXES[media_type]:
        raise Malformed("attachment-lies", found=said, expected=_NAMES[media_type], file=name)
    return Judged(media_type, name)


def _type(data: bytes) -> str:
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    return OFD if data.startswith(b"PK\x03\x04") and _is_ofd(data) else ""


def _is_ofd(data: bytes) -> bool:
    """Whether a zip archive is an OFD (GB/T 33190): its root holds ``OFD.xml``; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return "OFD.xml" in names and len(names) <= _MEMBERS


def clean(filename: str) -> str:
    """A file name without folders, control and direction marks, or what a system would misread."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = _UNSAFE.sub("_", name).strip(" .\u3000")
    name = f"_{name}" if _RESERVED.match(name) else name
    stem, dot, suffix = name.rpartition(".")
    if dot and len(suffix) <= 8:
        return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix}"
    return name[:_LONGEST] or "scan"

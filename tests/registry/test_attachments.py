"""Scans on records: judged by their bytes, one entry for each act, shown only to those who may see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from catalog.base.errors import Malformed
from catalog.registry import archive
from catalog.registry.attachments_files import JPEG, OFD, PDF, PNG, clean, judge
from catalog.registry.founding import SEED
from catalog.registry.models import Record
from catalog.runtime import Runtime
from tests.desk import Desk, Held

PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
PHOTO = b"\xff\xd8\xff\xe0" + bytes(20)


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as folder:
        for name in names:
            folder.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PAPER, "协议.pdf", PDF),
        (PAPER, "协议.PDF", PDF),
        (PAPER, "无扩展名.", PDF),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "协议.ofd", OFD),
        (PHOTO, "盖章页.jpeg", JPEG),
        (PICTURE, "盖章页.png", PNG),
    ],
)
def test_a_scan_is_what_its_bytes_are(data: bytes, name: str, media_type: str) -> None:
    assert judge(data, name).media_type == media_type


@pytest.mark.parametrize(
    ("data", "name", "slug"),
    [
        (b"", "a.pdf", "attachment-empty"),
        (b"MZ\x90\x00", "a.pdf", "attachment-type"),
        (b"<html><script>alert(1)</script>", "a.pdf", "attachment-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png", "attachment-type"),
        (b"%PDF-1.4 cut short", "a.pdf", "attachment-type"),
        (zipped("word/document.xml"), "a.ofd", "attachment-type"),
        (zipped("sub/OFD.xml"), "a.ofd", "attachment-type"),
        (b"PK\x03\x04broken", "a.ofd", "attachment-type"),
        (PAPER, "a.pdf.exe", "attachment-lies"),
        (PAPER, "a.html", "attachment-lies"),
        (PICTURE, "a.jpg", "attachment-lies"),
    ],
)
def test_what_is_no_scan_or_lies_is_refused(data: bytes, name: str, slug: str) -> None:
    with pytest.raises(Malformed) as refused:
        judge(data, name)

    assert refused.value.slug == slug


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\协议.pdf", "协议.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("gnp.\u202efdp.pdf", "gnp.fdp.pdf"),
        ('"a"<b>.pdf', "_a__b_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("...pdf", "pdf"),
        ("", "scan"),
        ("协" * 300 + ".pdf", "协" * 116 + ".pdf"),
    ],
)
def test_a_name_that_harms_is_cleaned(said: str, kept: str) -> None:
    assert clean(said) == kept


@pytest.fixture(scope="module")
def held(desk: Desk) -> Held:
    return desk.fresh("system")


def attach(desk: Desk, held: Held, by: str | None = "keeper", **said: str) -> str:
    said = {"filename": "协议.pdf", "internal": "false"} | said
    answer = desk.send("POST", f"{held.path}/attachments", by=by, params=said, content=PAPER)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_attaching_leaves_one_entry_without_the_name_of_the_file(desk: Desk, held: Held) -> None:
    before = desk.last()

    key = attach(
        desk,
        held,
        filename="张三的申请.pdf",
        title="承诺书",
        number="云数函〔2026〕1号",
        signed_on="2026-01-05",
    )

    (entry,) = desk.entries(before)
    assert (entry.verb, entry.kind, entry.identifier) == ("system.attached", "system", held.identifier)
    assert key in (entry.data or "")
    assert "张三" not in (entry.data or "") + (entry.note or "")
    assert desk.proof().broken is None
    listed = desk.get(f"{held.path}/attachments", by="reader")["items"]
    shown = next(one for one in listed if one["id"] == key)
    assert (shown["title"], shown["number"], shown["signed_on"]) == (
        "承诺书",
        "云数函〔2026〕1号",
        "2026-01-05",
    )


def test_a_scan_comes_back_byte_for_byte_and_only_as_a_download(desk: Desk, held: Held) -> None:
    key = attach(desk, held, filename='a"\n<script>.pdf')

    answer = desk.send("GET", f"{held.path}/attachments/{key}", by="reader")

    assert answer.content == PAPER
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "<script>" not in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_scan_taken_off_cannot_be_opened_and_leaves_one_entry(desk: Desk, held: Held) -> None:
    key = attach(desk, held)
    before = desk.last()

    answer = desk.send("DELETE", f"{held.path}/attachments/{key}")

    assert answer.status_code == 204
    assert [entry.verb for entry in desk.entries(before)] == ["system.detached"]
    assert desk.send("GET", f"{held.path}/attachments/{key}").status_code == 404
    assert desk.send("DELETE", f"{held.path}/attachments/{key}").status_code == 404


def test_an_internal_scan_is_hidden_and_each_opening_is_an_entry(desk: Desk, held: Held) -> None:
    key = attach(desk, held, internal="true", title="内部会议纪要扫描件")
    listing = f"{held.path}/attachments"

    for by in ("reader", "vendor", "readonly"):
        assert key not in {one["id"] for one in desk.get(listing, by=by)["items"]}
        assert desk.send("GET", f"{listing}/{key}", by=by).status_code == 404
        page = desk.send("GET", listing.removeprefix("/api/v1"), by=by, headers={"accept": "text/html"}).text
        assert "内部会议纪要扫描件" not in page
    before = desk.last()
    assert desk.send("GET", f"{listing}/{key}").content == PAPER
    assert desk.last() == before + 1


def test_a_scan_of_another_record_is_not_reached_through_this_one(desk: Desk, held: Held) -> None:
    other = desk.fresh("system")
    key = attach(desk, held)

    assert desk.send("GET", f"{other.path}/attachments/{key}").status_code == 404
    assert desk.send("DELETE", f"{other.path}/attachments/{key}").status_code == 404


@pytest.mark.parametrize(("by", "status"), [(None, 401), ("reader", 403), ("vendor", 403), ("readonly", 403)])
def test_who_may_not_write_attaches_nothing(desk: Desk, held: Held, by: str | None, status: int) -> None:
    before = desk.last()

    answer = desk.send("POST", f"{held.path}/attachments?filename=a.pdf", by=by, content=PAPER)

    assert answer.status_code == status
    assert desk.last() == before


@pytest.mark.parametrize(
    ("said", "content", "status"),
    [
        ({"filename": "a.exe"}, PAPER, 400),
        ({"filename": "a.pdf", "signed_on": "昨天"}, PAPER, 422),
        ({"filename": "a.pdf", "signed_on": "2999-01-01"}, PAPER, 422),
        ({"filename": "a.pdf", "title": "长" * 201}, PAPER, 422),
        ({"filename": "a.pdf", "internal": "maybe"}, PAPER, 422),
        ({"filename": "a.pdf", "unknown": "1"}, PAPER, 422),
        ({"filename": "a.pdf"}, PAPER + bytes(21 * 1024 * 1024) + PAPER, 400),
    ],
)
def test_what_is_refused_leaves_nothing(
    desk: Desk, held: Held, said: dict[str, str], content: bytes, status: int
) -> None:
    before = desk.last()

    answer = desk.send("POST", f"{held.path}/attachments", params=said, content=content)

    assert answer.status_code == status, answer.text
    assert desk.last() == before


def test_a_scan_does_not_touch_the_record(desk: Desk, held: Held) -> None:
    before = desk.read(held).etag

    attach(desk, held)

    assert desk.read(held).etag == before
    with desk.runtime.database.reading() as session:
        assert session.get(Record, ("system", held.identifier)) is not None


def test_an_archive_brings_the_scans_along(desk: Desk, held: Held, other: Runtime, tmp_path: Path) -> None:
    from catalog.migrations import upgrade

    key = attach(desk, held, title="随档案走")
    archive.export(desk.runtime, tmp_path / "a.jsonl", by=SEED)
    upgrade(other.database)
    archive.load(other, tmp_path / "a.jsonl")
    archive.export(other, tmp_path / "b.jsonl", by=SEED)

    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert key in (tmp_path / "b.jsonl").read_text(encoding="utf-8")

"""Reading a document whole: as its author wrote it, with all codes and without the register's own marks."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import FOREVER
from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.registry.contents import SALT, unpack

MARKS = (SALT, "code_count", "codes_digest")


def whole(session: Session, kind: str, identifier: str, *, seq: int | None = None) -> Document | None:
    """The document of a record now, or as of an entry; None where there is none (or it was redacted)."""
    if seq is None:
        statement = "SELECT c.text, c.packed FROM record r JOIN content c ON c.digest = r.content WHERE r.kind = :kind AND r.identifier = :identifier"
    else:
        statement = (
            "SELECT c.text, c.packed FROM version r JOIN content c ON c.digest = r.content"
            " WHERE r.kind = :kind AND r.identifier = :identifier AND r.from_seq <= :seq AND r.to_seq > :seq"
        )
    row = session.execute(sql(statement), {"kind": kind, "identifier": identifier, "seq": seq}).first()
    if row is None or not row[0]:
        return None
    return restored(session, identifier, orjson.loads(unpack(row[0], row[1])), seq=seq)


def restored(session: Session, identifier: str, document: Document, *, seq: int | None = None) -> Document:
    """A stored document without the register's marks, its codes brought back."""
    plain = {key: value for key, value in document.items() if key not in MARKS}
    if "codes_digest" in document:
        plain["codes"] = codes_of(session, identifier, seq=seq)
    return plain


def codes_of(session: Session, code_list: str, *, seq: int | None = None) -> list[dict[str, Any]]:
    """All codes of a list in their order, now or as of an entry."""
    statement = sql(
        "SELECT text FROM code WHERE code_list = :code_list AND from_seq <= :seq AND to_seq > :seq ORDER BY position"
    )
    rows = session.execute(statement, {"code_list": code_list, "seq": FOREVER - 1 if seq is None else seq})
    return [orjson.loads(row[0]) for row in rows]


def called(code: Document, language: Language) -> str:
    """What a code is called: its label, with the 事项编码 of the matter that it stands for."""
    label = str((code.get("label_en") if language == "en" else "") or code.get("label", ""))
    matter = code.get("matter_code")
    return text("codes.of-matter", language, label=label, code=matter) if matter else label

"""``verify`` finds whatever was done to the ledger behind the product's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.ledger import chain
from catalog.ledger.verify import Proof, verify
from catalog.registry import contents
from catalog.runtime import Runtime
from tests.ledger.conftest import LENGTH

_EDITABLE = [column for column in chain.COLUMNS if column not in ("seq", "version")]
_fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def tampered(runtime: Runtime, *statements: str, **values: Any) -> Iterator[Session]:
    """The ledger after statements that are taken back again."""
    with Session(runtime.database.engine) as session:
        for statement in statements:
            session.execute(sql(statement), {key: v for key, v in values.items() if f":{key}" in statement})
        yield session
        session.rollback()


def proven(session: Session, **more: Any) -> Proof:
    return verify(session, lambda key: contents.proof(session, key), **more)


def test_an_untouched_ledger_holds(kept: Runtime) -> None:
    with tampered(kept) as session:
        proof = proven(session)

    assert (proof.entries, proof.broken, proof.redacted) == (LENGTH, None, ())


@_fuzz
@given(seq=st.integers(1, LENGTH), column=st.sampled_from(_EDITABLE), value=st.text("甲乙ab01", min_size=1))
def test_an_edited_column_is_found_at_its_entry(kept: Runtime, seq: int, column: str, value: str) -> None:
    with tampered(
        kept, f'UPDATE entry SET "{column}" = :value WHERE seq = :seq', value=f"{value}·", seq=seq
    ) as session:
        broken = proven(session).broken

    assert broken is not None
    assert (broken.seq, broken.reason) == (seq, "altered")


@pytest.mark.parametrize("seq", range(1, LENGTH))
def test_a_deleted_entry_is_a_gap(kept: Runtime, seq: int) -> None:
    with tampered(kept, "DELETE FROM entry WHERE seq = :seq", seq=seq) as session:
        broken = proven(session).broken

    assert broken is not None
    assert (broken.seq, broken.reason) == (seq, "gap")


@_fuzz
@given(pair=st.tuples(st.integers(1, LENGTH), st.integers(1, LENGTH)).filter(lambda pair: pair[0] < pair[1]))
def test_two_entries_that_changed_places_are_found(kept: Runtime, pair: tuple[int, int]) -> None:
    swap = "UPDATE entry SET seq = :b WHERE seq = :a"
    with tampered(kept) as session:
        for a, b in ((pair[0], -1), (pair[1], pair[0]), (-1, pair[1])):
            session.execute(sql(swap), {"a": a, "b": b})
        broken = proven(session).broken

    assert broken is not None
    assert (broken.seq, broken.reason) == (pair[0], "altered")


def test_a_deleted_end_is_found_by_the_heads_that_were_kept(kept: Runtime) -> None:
    with tampered(kept) as session:
        head = proven(session).chain
    with tampered(kept, "DELETE FROM entry WHERE seq = :seq", seq=LENGTH) as session:
        broken = proven(session, anchors=[(LENGTH, head)]).broken

    assert broken is not None
    assert (broken.seq, broken.reason) == (LENGTH, "anchor")


def test_a_chain_made_anew_is_found_by_the_heads_that_were_kept(kept: Runtime) -> None:
    with tampered(kept) as session:
        head = proven(session).chain
    with tampered(kept, "UPDATE entry SET note = '改写' WHERE seq = 3") as session:
        value = chain.GENESIS
        columns = ", ".join(f'"{column}"' for column in chain.COLUMNS)
        rows = session.execute(sql(f"SELECT {columns} FROM entry ORDER BY seq")).fetchall()
        for row in rows:
            value = chain.link(value, dict(zip(chain.COLUMNS, row, strict=True)), "sha256")
            session.execute(
                sql("UPDATE entry SET chain = :value WHERE seq = :seq"), {"value": value, "seq": row[0]}
            )
        alone, anchored = proven(session), proven(session, anchors=[(LENGTH, head)])

    assert alone.broken is None
    assert anchored.broken is not None
    assert (anchored.broken.seq, anchored.broken.reason) == (LENGTH, "anchor")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE content SET text = :text WHERE digest = :digest", "content-altered"),
        ("DELETE FROM content WHERE digest = :digest", "content-missing"),
    ],
)
def test_a_document_that_was_touched_is_found_at_its_entry(
    kept: Runtime, statement: str, reason: str
) -> None:
    with tampered(kept) as session:
        digest = session.execute(sql("SELECT digest FROM entry WHERE seq = 5")).scalar_one()
    with tampered(kept, statement, digest=digest, text=b'{"name":"x"}') as session:
        broken = proven(session).broken

    assert broken is not None
    assert (broken.seq, broken.reason) == (5, reason)


def test_a_tombstone_names_the_entry_that_redacted_it(kept: Runtime) -> None:
    with tampered(kept) as session:
        digest = session.execute(sql("SELECT digest FROM entry WHERE seq = 11")).scalar_one()
    statement = "UPDATE content SET text = :text, redacted_by = 12 WHERE digest = :digest"
    with tampered(kept, statement, digest=digest, text=b"") as session:
        proof = proven(session)

    assert proof.broken is None
    assert proof.redacted == ((11, 12), (12, 12))

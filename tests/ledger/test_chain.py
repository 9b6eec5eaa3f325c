"""The chain, against vectors that stand for ever."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ledger import chain

FIRST: dict[str, Any] = {
    "seq": 1, "at": "2026-09-30T01:00:00.000000Z", "by": "seed", "department": None, "door": "seed",
    "request": None, "client": None, "verb": "standard.adopted", "kind": "data-element", "identifier": None,
    "version": None, "note": "founding", "data": '{"version":"1.0"}', "digest": None,
}  # fmt: skip
SECOND: dict[str, Any] = {
    "seq": 2, "at": "2026-09-30T01:00:00.000001Z", "by": "PN-0c4be1a27d93f586", "department": "DP0002",
    "door": "api", "request": "9f2d63c0a1b4e587", "client": "TK-0123456789ab", "verb": "data-element.registered",
    "kind": "data-element", "identifier": "DE00001", "version": 1, "note": "公民身份号码",
    "data": '{"status":"standard"}', "digest": "0" * 64,
}  # fmt: skip
VECTORS = {
    "sha256": (
        "01f42ff770ecaea26acaf45a558d9b730ff735e5a1fb5e980065a21448f7241f74",
        "01a55620c85d6177018acd71daca471844b56a8fb884ba506cd1a30e359faaf20d",
    ),
    "sm3": (
        "02bc911355e510dd2731f34ddc42ddbe30042995b10b3a9237a8406562ad93cb87",
        "02a6df2d003748a1cdc231780155a9b189c2a13f612d6f34d908116c4c8f998db6",
    ),
}


@pytest.mark.parametrize("algorithm", VECTORS)
def test_the_published_vectors_hold(algorithm: chain.Algorithm) -> None:
    first = chain.link(chain.GENESIS, FIRST, algorithm)
    second = chain.link(first, SECOND, algorithm)

    assert (first, second) == VECTORS[algorithm]


def test_sm3_is_that_of_gb_t_32905() -> None:
    assert (
        hashlib.new("sm3", b"abc").hexdigest()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_anybody_can_compute_a_link_with_a_json_library() -> None:
    first = chain.link(chain.GENESIS, FIRST, "sha256")
    present = {name: value for name, value in SECOND.items() if value is not None}
    text = json.dumps(present, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert chain.link(first, SECOND, "sha256") == "01" + hashlib.sha256((first + text).encode()).hexdigest()


@given(st.sampled_from(chain.COLUMNS), st.one_of(st.text(), st.integers(0, 2**53 - 1), st.none()))
def test_another_value_in_any_column_is_another_link(column: str, value: Any) -> None:
    altered = SECOND | {column: value}

    same = chain.link("01" + "a" * 64, altered, "sha256") == chain.link("01" + "a" * 64, SECOND, "sha256")
    assert same == (altered == SECOND)


def test_a_link_depends_on_the_one_before() -> None:
    assert chain.link("01" + "a" * 64, SECOND, "sha256") != chain.link("01" + "b" * 64, SECOND, "sha256")

"""Words in normal form, so that two ways of writing one are equal."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

import opencc


@cache
def _converter() -> Any:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """``text`` in NFKC, small letters, simplified characters, without blanks and the star of a required column."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip("*").casefold()
    return plain if plain.isascii() else str(_converter().convert(plain))

"""Passwords: argon2id, and the same time for an unknown login as for a wrong password."""

from __future__ import annotations

from functools import cache
from typing import NewType

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from catalog.base.errors import InvalidDocument, Violation

Hashed = NewType("Hashed", str)  # made by ``secure`` only
SHORTEST, LONGEST, CLASSES = 10, 128, 3
_HASHES = PasswordHash((Argon2Hasher(),))


def secure(password: str) -> Hashed:
    """The hash to store; takes some 50 ms, so call it before the write transaction.

    Raises ``InvalidDocument`` (``password-weak``) for fewer than 10 or more than 128 characters, or fewer
    than three of: lower case, upper case, digits, others (GB/T 22239-2019 §8.1.4.1).
    """
    claims = (
        str.islower,
        str.isupper,
        str.isdigit,
        lambda c: not (c.islower() or c.isupper() or c.isdigit()),
    )
    classes = sum(any(claim(character) for character in password) for claim in claims)
    if not SHORTEST <= len(password) <= LONGEST or classes < CLASSES:
        values = {"shortest": SHORTEST, "longest": LONGEST, "classes": CLASSES}
        raise InvalidDocument([Violation("/password", "password-weak", values=values)])
    return Hashed(_HASHES.hash(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether ``password`` is the one; without a stored hash never, but after the same work."""
    nobody = _nobody()
    right = _HASHES.verify(password[:LONGEST], stored or nobody)
    return right and stored is not None and len(password) <= LONGEST


@cache
def _nobody() -> str:
    return _HASHES.hash("nobody has this password")

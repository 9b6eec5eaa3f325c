"""A register without standards or seed, in which a ledger of some length stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.base.documents import canonical, digest
from catalog.identity.actors import CONSOLE
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import contents, founding
from catalog.runtime import Runtime

LENGTH = 12


@pytest.fixture(scope="module")
def kept(empty: Runtime) -> Iterator[Runtime]:
    """Twelve entries, each with a content of its own, but for the last two, which share one."""
    founding.found_empty(empty)
    with empty.database.writing() as session:
        for number in range(1, LENGTH + 1):
            text = canonical({"name": f"第{min(number, LENGTH - 1)}份"})
            contents.store(session, [(digest(text), text)])
            line = Line(
                "dataset.registered", "dataset", f"DS{number:06d}", 1, f"附注{number}", {"status": "published"},
                digest(text),
            )  # fmt: skip
            ledger.append(session, [line], by=CONSOLE)
    yield empty

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.runtime import Runtime
from tests.imports import door
from tests.imports.door import House


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    """The module's register, served, with the demonstration's people."""
    with door.opened(runtime) as made:
        yield made

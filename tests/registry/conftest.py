"""The served register of a module of these tests."""

from collections.abc import Iterator

import pytest

from catalog.runtime import Runtime
from tests.desk import Desk, opened


@pytest.fixture(scope="module")
def desk(runtime: Runtime) -> Iterator[Desk]:
    with opened(runtime) as made:
        yield made

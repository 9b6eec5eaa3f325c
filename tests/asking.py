"""Asynchronous reads from a test: with a pool of their own, given back before their loop ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from catalog.commands.common import ask
from catalog.registry.reads import open_reads
from catalog.runtime import Runtime

T = TypeVar("T")


def apart(runtime: Runtime, work: Callable[[Runtime], Awaitable[T]]) -> T:
    """What ``work`` finds out in ``runtime``, apart from the process that may serve it."""
    alone = Runtime(runtime.settings, runtime.database, open_reads(runtime.database), runtime.feed)
    return ask(alone, lambda: work(alone))

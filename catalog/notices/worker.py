"""The thread of a serving process that follows the ledger and empties the outbox."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from catalog.notices import delivering, deriving
from catalog.runtime import Runtime

_PAUSE = 2.0
_PRUNED_EVERY = 1800  # rounds: an hour


class Worker:
    """Started and stopped with the application; several processes may have one, and take turns."""

    def __init__(self, runtime: Runtime, *, pause: float = _PAUSE) -> None:
        self._runtime = runtime
        self._pause = pause
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is under way."""
        self._stopped.set()
        self._thread.join(30)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.is_set():
            try:
                round_(self._runtime, stopped=self._stopped.is_set)
                if rounds % _PRUNED_EVERY == 0:
                    delivering.prune(self._runtime)
            except Exception as error:  # the thread outlives a database that is away for a while
                structlog.get_logger().warning("notices", error=f"{type(error).__name__}: {error}"[:300])
            rounds += 1
            self._stopped.wait(self._pause)


def round_(runtime: Runtime, *, stopped: Callable[[], bool] = lambda: False) -> delivering.Counts | None:
    """Follow the ledger to its end, then deliver what is due."""
    while not stopped() and deriving.follow(runtime):
        pass
    return delivering.deliver(runtime, stopped=stopped)

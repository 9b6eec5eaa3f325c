"""The application on a free port of this machine, for tests that come in by HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from catalog.app import create_app
from catalog.runtime import Runtime


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """The address of the running application; it has followed the ledger when the body begins."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(runtime), log_level="error", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end and thread.is_alive():
        time.sleep(0.01)
    assert server.started, "the application did not start"
    assert runtime.index.wait_for(runtime.feed.last(), 20), "the index did not follow"
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()

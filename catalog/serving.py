"""The ASGI application of a serving process, for uvicorn."""

from __future__ import annotations

from typing import Any

from catalog.app import create_app
from catalog.base import log
from catalog.base.settings import Settings
from catalog.notices.worker import Worker
from catalog.runtime import open_runtime


def application() -> Any:
    """The application on the register that the environment names."""
    settings = Settings()
    log.configure(settings.log_level)
    runtime = open_runtime(settings)
    runtime.database.claim()
    return create_app(runtime, worker=Worker(runtime))

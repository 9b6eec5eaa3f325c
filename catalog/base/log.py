"""The log: JSON lines on standard error, one for what needs an operator's eye."""

from __future__ import annotations

import logging
import sys

import structlog
from starlette.requests import Request


def configure(level: str) -> None:
    """JSON lines from ``level`` on; called once when a process starts serving."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def exception_logged(request: Request, error: Exception) -> None:
    """Keep an unforeseen failure with its request id; the reader sees only the id."""
    structlog.get_logger().error(
        "request-failed",
        request_id=getattr(request.state, "request_id", ""),
        method=request.method,
        path=request.url.path,
        exc_info=error,
    )

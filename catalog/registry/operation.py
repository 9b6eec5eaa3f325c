"""What an operator's tools ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import asyncio
import resource
import shutil

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catalog.base.pages import render
from catalog.base.web import dumps
from catalog.registry import standards
from catalog.registry.api_read import runtime


async def health(request: Request) -> Response:
    """200 while the process answers at all."""
    return Response(b'{"status":"ok"}', media_type="application/json")


async def ready(request: Request) -> Response:
    """200 when database, index and standards are fit for work; else 503 with what is not."""
    found = runtime(request)

    def work() -> dict[str, object]:
        with found.database.reading() as session:
            differing = standards.differing(session)
        free = shutil.disk_usage(found.settings.data_dir if found.settings.data_dir.exists() else "/").free
        return {
            "database": "ok",
            "standards": {"differing": differing},
            "disk_free_mb": free // 2**20,
            "writable": free > 2**26,
        }

    try:
        state = await asyncio.to_thread(work)
        last = await found.reads.last()
    except Exception as error:
        return Response(
            dumps({"status": "unready", "database": type(error).__name__}), 503, media_type="application/json"
        )
    state |= {"last": last, "indexed_to": found.index.held}
    fit = state["writable"] and not state["standards"]["differing"]  # type: ignore[index]
    return Response(
        dumps({"status": "ready" if fit else "unready"} | state),
        200 if fit else 503,
        media_type="application/json",
    )


async def metrics(request: Request) -> Response:
    """Figures in Prometheus' text form."""
    found = runtime(request)
    last = await found.reads.last()
    lines = [
        "# TYPE catalog_records gauge",
        *(
            f'catalog_records{{kind="{kind}",status="{status}"}} {count}'
            for kind, status, count in await found.reads.find("counts", quick=False)
        ),
        "# TYPE catalog_entries_total counter",
        f"catalog_entries_total {last}",
        "# TYPE catalog_index_lag_entries gauge",
        f"catalog_index_lag_entries {max(0, last - found.index.held)}",
        "# TYPE catalog_requests_total counter",
        *(
            f'catalog_requests_total{{status="{status}xx"}} {count}'
            for status, count in sorted(request.app.state.answered.items())
        ),
        "# TYPE process_resident_memory_max_bytes gauge",
        f"process_resident_memory_max_bytes {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}",
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


async def documentation(request: Request) -> Response:
    """The API's documentation, from files of this server alone."""
    return render(request, "docs.html")


ROUTES: list[BaseRoute] = [
    Route("/docs", documentation, methods=["GET"]),
    Route("/health", health, methods=["GET"]),
    Route("/ready", ready, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]

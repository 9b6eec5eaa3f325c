"""The application of one process: the frame, the hot reads, the writes, the pages, the documentation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from catalog import __version__
from catalog.base import files, problems
from catalog.base.errors import CatalogError, NotFound, WrongState
from catalog.base.log import exception_logged
from catalog.base.pages import error_page, wants_page
from catalog.base.web import Frame
from catalog.base.web import Hot as AnswersHot
from catalog.calendars import api as calendar_api
from catalog.calendars import pages as calendar_pages
from catalog.cases import api as case_api
from catalog.cases import api_files as case_files
from catalog.cases import duties_web, extensions_web, windows_web
from catalog.cases import openapi as case_openapi
from catalog.cases import pages as case_pages
from catalog.cases.web import counted
from catalog.corrections import api as correction_api
from catalog.corrections import openapi as correction_openapi
from catalog.corrections import pages as correction_pages
from catalog.corrections import pages_demands as demand_pages
from catalog.datasets import api as dataset_api
from catalog.datasets import pages as dataset_pages
from catalog.departments import pages as department_pages
from catalog.elements import api as element_api
from catalog.elements import pages as element_pages
from catalog.entitlements import api as entitlement_api
from catalog.entitlements import openapi as entitlement_openapi
from catalog.entitlements import pages as entitlement_pages
from catalog.entitlements.hot import Hot as HotDecisions
from catalog.entitlements.log import Log
from catalog.forms import live, options, pages_bulk
from catalog.forms import pages as form_pages
from catalog.handover import pages as handover_pages
from catalog.home import help as help_pages
from catalog.home import pages as home_pages
from catalog.identity import api as identity_api
from catalog.identity import pages as identity_pages
from catalog.identity import pages_me, pages_oidc
from catalog.identity.doorkeeper import Doorkeeper
from catalog.identity.forms import kept
from catalog.identity.web import identify
from catalog.imports import api as import_api
from catalog.imports import pages as import_pages
from catalog.imports import pages_acts as import_acts
from catalog.imports import pages_check as import_checks
from catalog.imports import pages_map as import_maps
from catalog.notices import api as notice_api
from catalog.notices import openapi as notice_openapi
from catalog.notices import pages as notice_pages
from catalog.notices import pages_late
from catalog.notices.web import noticed
from catalog.notices.worker import Worker
from catalog.officers import pages as officer_pages
from catalog.registry import (
    api,
    openapi,
    operation,
    pages,
    pages_export,
    pages_ledger,
    pages_views,
    pages_workbook,
)
from catalog.registry.hot import Hot
from catalog.registry.reach import subordinates
from catalog.releases import api as release_api
from catalog.releases import pages as release_pages
from catalog.reports import api as report_api
from catalog.reports import openapi as report_openapi
from catalog.reports import pages as report_pages
from catalog.runtime import Runtime
from catalog.sharing import (
    agreement_document,
    enforcement_web,
    living,
    requests_api,
    requests_pages,
    usage_api,
    usage_pages,
)
from catalog.sharing import pages as sharing_pages
from catalog.topics import pages as topic_pages
from catalog.topics import pages_outlook


def create_app(runtime: Runtime, *, worker: Worker | None = None) -> Any:
    """The ASGI application that serves ``runtime``; a ``worker`` sends notices beside it."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        runtime.index.follow(runtime.feed)
        if worker:
            worker.start()
        yield
        if worker:
            await asyncio.to_thread(worker.stop)
        await asyncio.to_thread(app.state.decisions.close)
        await asyncio.to_thread(doorkeeper.close)
        await runtime.reads.close()
        await asyncio.to_thread(runtime.close)

    app = FastAPIOffline(
        title=runtime.settings.title,
        version=__version__,
        lifespan=lifespan,
        openapi_url="/openapi.json",
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.state.answered = {}
    app.state.decisions = Log(runtime.settings, runtime.database)
    doorkeeper = Doorkeeper(
        runtime.database, zone=runtime.settings.zone, subordinates=subordinates(runtime.database)
    )
    app.state.doorkeeper = doorkeeper
    routes: list[BaseRoute] = [
        *entitlement_api.ROUTES,
        *pages_outlook.ROUTES,
        *api.HOT,
        *operation.ROUTES,
        *requests_api.ROUTES,
        *release_api.ROUTES,  # likewise
        *correction_api.ROUTES,  # /api/v1/cases/corrections stands where a case's number would
        *extensions_web.ROUTES,  # likewise
        *duties_web.ROUTES,
        *enforcement_web.ROUTES,  # likewise
        *living.ROUTES,
        *usage_api.ROUTES,
        *usage_pages.ROUTES,
        *agreement_document.ROUTES,
        *calendar_api.ROUTES,
        *notice_api.ROUTES,
        *report_api.ROUTES,
        *case_files.ROUTES,
        *case_api.ROUTES,
        *element_api.ROUTES,
        *import_api.ROUTES,
        *import_maps.ROUTES,  # its template stands where a record's identifier would
        *dataset_api.ROUTES,
        *api.ROUTES,
        *identity_api.ROUTES,
        *identity_pages.ROUTES,
        *pages_oidc.ROUTES,
        *pages_me.ROUTES,
        *notice_pages.ROUTES,
        *pages_late.ROUTES,
        *report_pages.ROUTES,
        *pages_workbook.ROUTES,
        *handover_pages.ROUTES,
        *correction_pages.ROUTES,
        *release_pages.ROUTES,
        *demand_pages.ROUTES,  # the file of the board stands where that of a kind would
        *pages_export.ROUTES,
        *pages_bulk.ROUTES,
        *pages_views.ROUTES,
        *entitlement_pages.ROUTES,
        *home_pages.ROUTES,
        *windows_web.ROUTES,
        *case_pages.ROUTES,
        *requests_pages.ROUTES,  # its form stands where a kind's would
        *help_pages.ROUTES,
        *options.ROUTES,
        *live.ROUTES,
        *form_pages.ROUTES,
        *topic_pages.ROUTES,
        *sharing_pages.ROUTES,
        *dataset_pages.ROUTES,
        *element_pages.ROUTES,
        *officer_pages.ROUTES,
        *department_pages.ROUTES,
        *calendar_pages.ROUTES,
        *pages_ledger.ROUTES,
        *import_pages.ROUTES,
        *import_acts.ROUTES,
        *import_checks.ROUTES,
        *pages.ROUTES,
    ]
    app.router.routes[:0] = routes
    app.mount("/static", StaticFiles(directory=files.static()), name="static")
    described = (
        entitlement_openapi.PATHS
        | requests_api.paths()
        | notice_openapi.paths()
        | report_openapi.paths()
        | extensions_web.paths()
        | duties_web.paths()
        | enforcement_web.paths()
        | correction_openapi.paths()
        | release_api.paths()
        | case_openapi.paths()
        | case_files.paths()
        | usage_api.paths()
        | living.paths()
        | calendar_api.paths()
    )
    app.openapi = lambda: openapi.document(app, described, case_openapi.SCHEMAS)  # type: ignore[method-assign]  # as FastAPI documents
    app.add_exception_handler(CatalogError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _failed)
    return Frame(
        app,
        identify=noticed(counted(identify(doorkeeper), runtime.database), runtime.database),
        hot=_first(Hot(runtime.reads, runtime.settings), HotDecisions(runtime, app.state.decisions)),
        answered=app.state.answered,
        language=runtime.settings.language,
        max_body=runtime.settings.max_body_mb * 1024 * 1024,
    )


def _first(*answers: AnswersHot) -> AnswersHot:
    """Whoever answers first."""

    async def asked(scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> int:
        for answer in answers:
            status = await answer(scope, headers, receive, send)
            if status:
                return status
        return 0

    return asked


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, CatalogError)
    if wants_page(request):
        return error_page(request, error, await kept(request, error))
    return problems.answer(error, request)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        possible = sorted(_methods(request))
        return await _refused(
            request, WrongState("method-not-allowed", found=request.method, possible=possible)
        )
    return await _refused(request, NotFound(kind="address", identifier=request.url.path))


def _methods(request: Request) -> set[str]:
    """What can be done at an address; several routes may share it, each with its own methods."""
    fitting = (
        route
        for route in request.app.router.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    )
    return {method for route in fitting for method in route.methods or ()}


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it: a reader has left while it sent


async def _failed(request: Request, error: Exception) -> Response:
    exception_logged(request, error)
    return await _refused(request, CatalogError("internal"))

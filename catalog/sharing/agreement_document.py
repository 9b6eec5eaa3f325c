"""An agreement as the paper that both sides sign and stamp: 共享协议, 授权书 or 承诺书, with digest and signing record.

Printed by the browser: A4, page numbers from the style sheet. The digest covers the agreement's version and
the signing record, not the day of printing, so that a reprint of the same version bears the same digest.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import pdf
from catalog.base.documents import canonical, digest
from catalog.base.pages import render
from catalog.cases import service
from catalog.cases.models import Case
from catalog.registry.pages_facts import person
from catalog.registry.pages_record import Opened, opened
from catalog.sharing.pages import item_of

_FORMS = {"authorization": "authorisation", "commitment": "commitment"}  # CL0123
_SIGNED = {"case.filed": "requester", "case.agreed": "provider"}


async def document(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/document``; ``?as_of=`` prints an earlier version."""
    found = await opened(request, "sharing-agreements")
    lookup = await found.lookup()
    said = found.document
    acts = await _acts(found)
    pairs = [
        (kind, said[name])
        for name, kind in (("provider", "department"), ("consumer", "department"), ("dataset", "dataset"))
        if name in said
    ]
    names = await found.runtime.reads.names(pairs)
    consents = said.get("consents", {})
    signatures = [
        {
            "side": party, "post": consents.get(side, {}).get("post", ""), "on": consents.get(side, {}).get("on", ""),
            "who": person(consents[side]["person"], lookup, found.language)
            if "person" in consents.get(side, {}) else "",
            "act": acts.get(side, {}), "department": names.get(("department", said.get(party, "")), said.get(party, "")),
        }
        for side, party in (("provider", "provider"), ("requester", "consumer"))
    ]  # fmt: skip
    return render(
        request,
        "sharing/document.html",
        record=found.row,
        address=found.address,
        form=_FORMS.get(said.get("document_type", ""), "agreement"),
        said=said,
        provider=names.get(("department", said.get("provider", "")), said.get("provider", "")),
        consumer=names.get(("department", said.get("consumer", "")), said.get("consumer", "")),
        dataset=(said.get("dataset", ""), names.get(("dataset", said.get("dataset", "")), "")),
        items=[item_of(one, found, lookup) for one in said.get("items", ())],
        purposes=[lookup.codes.get(("CL0105", code), code) for code in said.get("purposes", ())],
        ranks=[lookup.codes.get(("CL0117", one.get("rank", "")), "") for one in said.get("legal_basis", ())],
        way=lookup.codes.get(("CL0102", said.get("way", "")), said.get("way", "")),
        frequency=lookup.codes.get(("CL0103", said.get("frequency", "")), said.get("frequency", "")),
        duties=[
            (lookup.codes.get(("CL0118", one.get("type", "")), one.get("type", "")), one.get("detail", ""))
            for one in said.get("obligations", ())
        ],
        signatures=signatures,
        mark=mark(found.row.identifier, found.row.version, found.row.digest, acts),
        as_pdf=await asyncio.to_thread(pdf.available),
    )


async def as_pdf(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/document.pdf``: the same paper as a file, with its fonts inside."""
    return await pdf.answer(request, await document(request), request.path_params["identifier"])


async def digest_of(request: Request) -> Response:
    """``GET /api/v1/sharing-agreements/{identifier}/document``: digest and signing record of the document."""
    found = await opened(request, "sharing-agreements")
    acts = await _acts(found)
    row = found.row
    return JSONResponse({
        "identifier": row.identifier, "version": row.version, "record_digest": row.digest, "signing": acts,
        "digest": mark(row.identifier, row.version, row.digest, acts), "page": f"{found.address}/document",
    })  # fmt: skip


def mark(identifier: str, version: int, record: str, acts: dict[str, Any]) -> str:
    """The document's digest: SHA-256 over identifier, version, digest of the record, and who signed when."""
    return digest(
        canonical({"identifier": identifier, "version": version, "record": record, "signing": acts})
    )


async def _acts(found: Opened) -> dict[str, dict[str, Any]]:
    """How each side consented on the desk: which entry, which day, on paper with which number, or online."""
    number = found.document.get("request_number", "")

    def work() -> dict[str, dict[str, Any]]:
        with found.runtime.database.reading() as session:
            return _signing(session, number)

    return await asyncio.to_thread(work) if number else {}


def _signing(session: Session, number: str) -> dict[str, dict[str, Any]]:
    if session.get(Case, number) is None:
        return {}
    made: dict[str, dict[str, Any]] = {}
    for entry in service.timeline(session, number):
        side = _SIGNED.get(entry.verb)
        if side is None:
            continue
        paper = (orjson.loads(entry.data) if entry.data else {}).get("paper") or {}
        made[side] = {"entry": entry.seq, "at": entry.at} | (
            {"paper": {name: str(paper.get(name, "")) for name in ("post", "signed_on", "number", "scan")}}
            if paper
            else {}
        )
    return made


ROUTES = [
    Route("/sharing-agreements/{identifier}/document", document),
    Route("/sharing-agreements/{identifier}/document.pdf", as_pdf),
    Route("/api/v1/sharing-agreements/{identifier}/document", digest_of),
]

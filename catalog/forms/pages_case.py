"""The form of one change of a proposal: the author's document, the reviewers' remarks beside the fields."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from catalog.base.errors import NotFound, WrongState
from catalog.base.i18n import text
from catalog.base.pages import back_to
from catalog.cases import proposals, rights
from catalog.cases import service as cases
from catalog.cases.proposals import Proposed
from catalog.forms.controls import Said
from catalog.forms.pages_form import document_of
from catalog.forms.reading import Typed
from catalog.forms.sheets import Sheet
from catalog.kinds import BY_NAME
from catalog.registry.models import Record
from catalog.runtime import Runtime


async def change(request: Request) -> Sheet:
    """The change that the address names, while its author may write it; raises ``WrongState`` afterwards."""
    runtime: Runtime = request.app.state.runtime
    return await asyncio.to_thread(_change, request, runtime)


def _change(request: Request, runtime: Runtime) -> Sheet:
    actor, number = request.state.actor, request.path_params["number"]
    position = request.path_params["position"]
    with runtime.database.reading() as session:
        case = cases.get(session, number, actor)
        rows = proposals.rows_of(case) if case.type == "proposal" else []
        if position >= len(rows) or rows[position]["verb"] not in proposals.WRITTEN:
            raise NotFound(kind="address", identifier=request.url.path)
        if "changes" not in rights.editable(actor, case) or case.state == "submitted":
            possible = sorted({row.verb for row in rights.offered(actor, case)})
            raise WrongState(
                "case-verb", identifier=number, found=case.state, verb="change", possible=possible
            )
        row = rows[position]
        kind = BY_NAME[row["kind"]]
        document = proposals.document_at(session, row)
        record = session.get(Record, (kind.name, row["identifier"])) if row.get("identifier") else None
        return Sheet(
            request, runtime, kind, document, case.from_department,
            identifier=record.identifier if record else None, read=row.get("read"),
            status=record.status if record else row.get("status"), name=row["name"],
            case=number, position=position, case_read=case.seq,
        )  # fmt: skip


def remarks(sheet: Sheet) -> list[Said]:
    """What the reviewers said about this change, at its fields."""
    prefix = f"/changes/{sheet.position}"
    with sheet.runtime.database.reading() as session:
        found = cases.comments(session, sheet.case)
        return [
            Said(
                one.pointer.removeprefix(prefix), "remark",
                text("case.remark-by", sheet.language, said=one.text),
            )
            for one in found
            if one.pointer.startswith(f"{prefix}/")
        ]  # fmt: skip


async def into(sheet: Sheet, typed: Typed) -> Response:
    """Put what was typed into the proposal, in any state of completeness."""
    document = document_of(sheet, typed)
    given = typed.get("_case")
    read = int(given) if given.isascii() and given.isdigit() else sheet.case_read

    def work() -> None:
        with sheet.runtime.database.writing() as session:
            case = cases.get(session, sheet.case, sheet.actor)
            row = proposals.rows_of(case)[sheet.position]
            proposed = Proposed(
                sheet.kind.name, document, row.get("identifier"), row.get("read"), row.get("status"),
                row["verb"], row.get("successor"),
            )  # fmt: skip
            proposals.change(
                session, sheet.case, sheet.position, by=sheet.actor, read=read, proposed=proposed
            )

    await asyncio.to_thread(work)
    return back_to(f"/cases/{sheet.case}#c{sheet.position}")

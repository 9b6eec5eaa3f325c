"""Several records at once from a list: choose, see what would happen, say why, do it; all or none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base.errors import CaseRequired, CatalogError, NotFound, NotPermitted, WrongState
from catalog.base.i18n import Language, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.forms.proposing import Wish, propose
from catalog.identity import permissions
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.identity.sight import sight
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, addresses, bulk, listing, lists, rights
from catalog.registry.pages_lists import Act, acts_of, marked_fields
from catalog.registry.pages_words import kinds_name, words
from catalog.registry.reads import Row
from catalog.runtime import Runtime

MOST = 1_000  # records of one act
_NAMED = 100  # records that the preview names; the rest are counted
_LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One chosen record: whether the act is open to this actor, or why not."""

    row: Row
    refusal: str = ""


async def selected(request: Request) -> Response:
    """``POST /{plural}/selected``: the preview of an act, or with ``step=do`` the act itself."""
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    async with posted(request) as typed:
        said = str(typed.get("act", ""))
        back = _question(str(typed.get("question", "")))
        if said in ("csv", "jsonl"):
            return _to_export(kind, said, typed, back)
        desk = request.app.state.runtime.settings.desk
        act = next((verb for verb in acts_of(request.state.actor, kind, desk) if verb == said), None)
        if act is None:
            raise NotPermitted(kind=kind.name, verb=said)
        chosen = await _chosen(request, kind, typed, back)
        if typed.get("step") == "do":
            return await _do(request, kind, act, typed, chosen, back)
        return await _preview(request, kind, act, chosen, back)


def _to_export(kind: Kind, form: str, typed: FormData, back: list[tuple[str, str]]) -> Response:
    """The export of what was chosen: the whole list, or the list with the records named."""
    if typed.get("all") != "1":
        back = back + [("record", identifier) for identifier in _identifiers(typed)]
    return RedirectResponse(f"/{kind.plural}/export.{form}?{urlencode(back)}", status_code=303)


async def _chosen(
    request: Request, kind: Kind, typed: FormData, back: list[tuple[str, str]]
) -> list[tuple[str, int]]:
    """Identifiers with the entry that the reader saw; for a whole list, as the register has them now."""
    if typed.get("all") != "1":
        read = [str(value).rpartition(".") for value in typed.getlist("record")]
        return [(name, int(seq)) for name, _, seq in read if name and seq.isascii() and seq.isdigit()][:MOST]
    runtime: Runtime = request.app.state.runtime
    asked = lists.asked(QueryParams(back), (kind.name,), tuple(marked_fields(kind)), MOST)
    results = await listing.ask(runtime, asked, sight(request.state.actor, runtime.settings))
    if results.total > MOST:
        raise WrongState("selection-too-large", found=f"{results.total:,}", limit=f"{MOST:,}")
    return [(hit.identifier, hit.seq) for hit in results.items]


async def _preview(
    request: Request,
    kind: Kind,
    act: Act,
    chosen: Sequence[tuple[str, int]],
    back: list[tuple[str, str]],
    *,
    refused: CatalogError | None = None,
    status: str = "",
    note: str = "",
) -> Response:
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    rows = await runtime.reads.many(kind.name, [identifier for identifier, _ in chosen])
    judged = [judge(runtime, request.state.actor, kind, act, row, language) for row in rows]
    open_ = [one.row for one in judged if not one.refusal]
    read = {identifier: seq for identifier, seq in chosen}
    departments = await (await words(runtime.reads)).departments()
    common = [s for s in kind.statuses if any(s in kind.moves[row.status] for row in open_)]
    title = text(
        f"selection.{act}-title", language, n=f"{len(open_):,}", name=kinds_name(kind.name, language)
    )
    return render(
        request,
        "register/selected.html",
        status=status_of(refused) if refused else 200,
        heading=title,
        kind=kind,
        plural_name=kinds_name(kind.name, language),
        act=act,
        says=text("act.says-handed" if _handed(runtime, kind, act) else f"selection.{act}-says", language),
        rows=[
            {
                "identifier": row.identifier, "name": row.name, "href": f"/{kind.plural}/{row.identifier}",
                "department": departments.get(row.department, row.department), "status": row.status,
            }
            for row in open_[:_NAMED]
        ],
        more=max(0, len(open_) - _NAMED),
        records=[f"{row.identifier}.{read.get(row.identifier, row.seq)}" for row in open_],
        left=[
            {"name": one.row.name, "href": f"/{kind.plural}/{one.row.identifier}", "why": one.refusal}
            for one in judged
            if one.refusal
        ],
        handed=_handed(runtime, kind, act),
        statuses=[s for s in common if s != "superseded"] if act == "move" else [],
        reason_needed=act in kind.case and not _handed(runtime, kind, act),
        question=urlencode(back),
        back=f"/{kind.plural}?{urlencode(back)}" if back else f"/{kind.plural}",
        refusal=explain(refused, language) if refused else None,
        wanted=status,
        note=note,
    )  # fmt: skip


def judge(runtime: Runtime, actor: Actor, kind: Kind, act: Act, row: Row, language: Language) -> Judged:
    """Whether the actor may do this with one record, if a reason is given."""
    if act == "retire" and kind.retired not in kind.moves[row.status]:
        return Judged(row, text("selection.no-way", language))
    if act == "move" and not kind.moves[row.status]:
        return Judged(row, text("selection.no-way", language))
    desk = runtime.settings.desk
    if rights.may_propose(actor, kind, act, row.department, desk):
        return Judged(row)
    try:
        permissions.permit(actor, kind, act, row.department, reason="—", desk=desk)
    except (NotPermitted, CaseRequired) as refused:
        return Judged(row, explain(refused, language)[1])
    return Judged(row)


def _handed(runtime: Runtime, kind: Kind, act: Act) -> bool:
    """Whether the act opens one change proposal for all instead of being done."""
    return runtime.settings.desk == "on" and act in kind.case


async def _do(
    request: Request,
    kind: Kind,
    act: Act,
    typed: FormData,
    chosen: Sequence[tuple[str, int]],
    back: list[tuple[str, str]],
) -> Response:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    note = str(typed.get("note", "")).strip()[:_LONGEST_NOTE]
    status = str(typed.get("status", ""))
    if not chosen:
        return RedirectResponse(f"/{kind.plural}?{urlencode(back)}", status_code=303)

    def proposed() -> str:
        wish = Wish(act, status, reason=note or None)
        return propose(runtime.database, kind, chosen, wish, by=actor)

    def work() -> int:
        if act == "move" and status not in kind.statuses:
            raise WrongState(found=status, wanted=status, possible=list(kind.statuses))
        outcomes = bulk.act(
            runtime.database,
            act,
            kind.name,
            [(identifier, seq) for identifier, seq in chosen],
            by=actor,
            permit=access.permit(actor, runtime.settings, reason=note or None),
            note=note or None,
            status=status or None,
        )
        return max(outcome.seq for outcome in outcomes)

    try:
        if _handed(runtime, kind, act):
            return RedirectResponse(f"/cases/{await asyncio.to_thread(proposed)}", status_code=303)
        last = await asyncio.to_thread(work)
    except CatalogError as refused:
        return await _preview(request, kind, act, chosen, back, refused=refused, status=status, note=note)
    runtime.index.notify(last)
    await asyncio.to_thread(runtime.index.wait_for, last, 5.0)
    said = [*back, ("done", act), ("n", str(len(chosen)))]
    return RedirectResponse(f"/{kind.plural}?{urlencode(said)}", status_code=303)


def _identifiers(typed: FormData) -> list[str]:
    return [name for value in typed.getlist("record") if (name := str(value).rpartition(".")[0])][:MOST]


def _question(said: str) -> list[tuple[str, str]]:
    """The list's own question, from the form; nothing else of an address gets in."""
    return [pair for pair in parse_qsl(said.lstrip("?")[:4000]) if pair[0] not in (*lists.UNASKED, "record")]


ROUTES = [Route(f"{addresses.LIST}/selected", selected, methods=["POST"])]

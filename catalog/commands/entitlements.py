"""``catalog decide``: may a department use data for a purpose, and why; past decisions decided once more."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer

from catalog.base.errors import InvalidDocument, Violation
from catalog.base.i18n import text
from catalog.commands.common import By, Json, actor, ask, console, dumps, language, opened, show
from catalog.entitlements import service
from catalog.entitlements.log import Log, proof
from catalog.runtime import Runtime

app = typer.Typer()


@app.command()
def decide(
    consumer: Annotated[str, typer.Option(help="Department that wants to use the data.")] = "",
    purpose: Annotated[str, typer.Option(help="Code of the purpose (CL0105).")] = "",
    element: Annotated[list[str] | None, typer.Option(help="Data element; may repeat.")] = None,
    dataset: Annotated[str, typer.Option(help="Dataset of the fields.")] = "",
    field: Annotated[list[str] | None, typer.Option(help="Field of the dataset; may repeat.")] = None,
    way: Annotated[str, typer.Option(help="Code of the way of sharing (CL0102).")] = "",
    at: Annotated[str, typer.Option(help="Day or moment; of the past as the register had it.")] = "",
    replay: Annotated[int, typer.Option(help="Number of a logged decision to decide again.")] = 0,
    verify: Annotated[
        bool, typer.Option("--verify", help="Prove the decision log against the ledger.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Permit (exit code 0) or deny (1), item by item, with reasons; --replay and --verify: 0 where all is as it was."""
    with opened() as runtime:
        if verify:
            fine = _verified(runtime, as_json)
        elif replay:
            fine = _replayed(runtime, replay, as_json)
        else:
            items: list[dict[str, str]] = [{"element": one} for one in element or ()]
            items += [{"dataset": dataset, "field": one} for one in field or ()]
            if dataset and not field:
                raise InvalidDocument([Violation("/field", "decision-needs")])
            asked = {"consumer": consumer, "purpose": purpose, "items": items, "way": way, "at": at}
            fine = _decided(runtime, asked, by, as_json)
    raise typer.Exit(0 if fine else 1)


def _decided(runtime: Runtime, asked: dict[str, Any], by: str | None, as_json: bool) -> bool:
    log = Log(runtime.settings, runtime.database)
    try:
        found = ask(runtime, lambda: service.answered(runtime, log, asked, by=actor(runtime, by)))
    finally:
        log.close()
    said = orjson.loads(service.whole(found))
    show(said, as_json, lambda: _print(said["items"]))
    return found.effect == "permit"


def _print(items: list[dict[str, Any]]) -> None:
    for item in items:
        thing = item.get("element") or f"{item['dataset']} {item['field']}"
        console.print(f"{thing}  {text('entitlement.effect-' + item['effect'], language())}", markup=False)
        for one in item["reasons"]:
            console.print(f"    {one[language()]} {one['next_' + language()]}", markup=False)
        for duty in item["obligations"]:
            console.print(f"    {duty['type']}: {duty['detail']}", markup=False)
        if item["valid_until"]:
            console.print(f"    → {item['valid_until']}", markup=False)


def _replayed(runtime: Runtime, number: int, as_json: bool) -> bool:
    found = ask(runtime, lambda: service.replayed(runtime, number))
    said = orjson.loads(service.told(found))

    def human() -> None:
        _print(said["items"])
        console.print(
            text("entitlement.same" if found.same else "entitlement.differs", language()), markup=False
        )

    show(said, as_json, human)
    return found.same


def _verified(runtime: Runtime, as_json: bool) -> bool:
    rows, wrong = proof(runtime.settings, runtime.database)
    said = {"rows": rows, "wrong": wrong}
    show(said, as_json, lambda: console.print(dumps(said), markup=False))
    return wrong is None

"""``catalog handover``: everything that hangs on a leaver goes to a successor, in one act."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from catalog.base import clock
from catalog.base.i18n import explain, text
from catalog.commands.common import By, Json, actor, console, language, opened, show
from catalog.handover import handing
from catalog.handover.handing import Step
from catalog.handover.holdings import GROUPS, person_of

app = typer.Typer()


@app.command("handover")
def handover(
    person: Annotated[str, typer.Argument(help="Who leaves: key (PN-…) or login.")],
    to: Annotated[
        str | None, typer.Option("--to", help="Who takes over: key or login; without it all becomes vacant.")
    ] = None,
    number: Annotated[str, typer.Option(help="Number of the document that appoints the successor.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Hand over posts, contacts, roles, cases and drafts of a leaver; tokens are revoked."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            leaver = person_of(session, person)
            successor = person_of(session, to) if to else ""
        chosen: dict[str, str] = {group: successor for group in GROUPS if successor and group != "tokens"}
        act = handing.preview if dry_run else handing.hand_over
        steps = act(
            runtime.database, person=leaver, to=chosen, by=actor(runtime, by),
            on=clock.today(runtime.settings.zone), number=number,
        )  # fmt: skip
    show([_plain(step) for step in steps], as_json, lambda: _print(steps))


def _plain(step: Step) -> dict[str, Any]:
    one = step.holding
    return {
        "group": one.group, "key": one.key, "name": one.name, "department": one.department,
        "outcome": step.outcome, "successor": step.successor or None,
        "reason": explain(step.error, language())[1] if step.error else None,
    }  # fmt: skip


def _print(steps: list[Step]) -> None:
    for step in steps:
        one = step.holding
        said = text(f"handover.does-{step.outcome}", language(), name=step.successor)
        why = f" ({explain(step.error, language())[1]})" if step.error else ""
        console.print(
            f"{text(f'handover.group-{one.group}', language())}  {one.key}  {one.name}: {said}{why}",
            markup=False,
        )
    if not steps:
        console.print(text("handover.nothing", language()), markup=False)

"""``catalog remind``, ``catalog notices``, ``catalog webhooks``: telling people and systems, by cron or by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from catalog.base import clock
from catalog.base.i18n import text
from catalog.commands.common import By, Json, actor, console, language, opened, show
from catalog.notices import delivering, hooks
from catalog.notices.pages import replay_dead
from catalog.notices.reminding import remind as reminded
from catalog.notices.words import said
from catalog.notices.worker import round_

app = typer.Typer(no_args_is_help=True)
notices = typer.Typer(no_args_is_help=True, help="The outbox of e-mail, robot messages and webhooks.")
webhooks = typer.Typer(no_args_is_help=True, help="Where systems hear of entries.")
app.add_typer(notices, name="notices")
app.add_typer(webhooks, name="webhooks")


@app.command()
def remind(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today without.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,
    as_json: Json = False,
) -> None:
    """Once a day: agreements that end, cases that are due or late, vacant posts, next year's calendar."""
    with opened() as runtime:
        day = on.date() if on else clock.today(runtime.settings.zone)
        done = reminded(runtime, on=day, dry=dry_run)
        if not dry_run:
            round_(runtime)

    def human() -> None:
        for line in done.lines:
            sentence = said(str(line["message"]), line["details"], language())  # type: ignore[arg-type]
            console.print(f"{sentence} ×{line['people']}", markup=False)
        numbers = {name: getattr(done, name) for name in ("read", "sent", "already", "skipped")}
        tail = text("remind.dry", language()) if dry_run else ""
        console.print(text("remind.sum", language(), **numbers) + tail, markup=False)

    show(asdict(done) | {"on": day.isoformat(), "dry_run": dry_run}, as_json, human)


@notices.command("send")
def send(as_json: Json = False) -> None:
    """Follow the ledger and send what is due, once; what a serving process does by itself."""
    with opened() as runtime:
        done = round_(runtime)
    body = done._asdict() if done else None

    def human() -> None:
        said_ = text("remind.round", language(), **body) if body else text("remind.busy", language())
        console.print(said_, markup=False)

    show(body, as_json, human)


@notices.command("status")
def status(as_json: Json = False) -> None:
    """How many messages wait, were sent in thirty days, and were given up."""
    with opened() as runtime, runtime.database.reading() as session:
        body = delivering.counts(session)
    show(body, as_json, lambda: console.print(text("remind.round", language(), **body), markup=False))


@notices.command("replay")
def replay(
    dead: Annotated[
        bool, typer.Option("--dead/--waiting", help="What was given up, or what waits for its next attempt.")
    ] = True,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Try messages again at once."""
    with opened() as runtime:
        who = actor(runtime, by)
        hooks.permit(who)
        with runtime.database.writing() as session:
            number = replay_dead(session, who) if dead else delivering.replay(session, dead=False)
    said_ = text("outbox.replayed", language(), n=number)
    show({"replayed": number}, as_json, lambda: console.print(said_, markup=False))


@webhooks.command("add")
def add(
    system: Annotated[str, typer.Argument(help="System, such as SY0001.")],
    address: Annotated[str, typer.Argument(help="Where it listens: https://…")],
    kind: Annotated[list[str] | None, typer.Option(help="Kind of record, or case; may repeat.")] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Allow an address inside a private network.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Register a webhook; its secret is shown this once."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            made = hooks.add(
                session, system=system, address=address, kinds=kind or (), private=private, by=who
            )
    said_ = text("webhook.made", language(), **made._asdict())
    show(made._asdict(), as_json, lambda: console.print(said_, markup=False))


@webhooks.command("list")
def list_webhooks(as_json: Json = False) -> None:
    """Every webhook, without its secret."""
    with opened() as runtime, runtime.database.reading() as session:
        items = hooks.listed(session)

    def human() -> None:
        for one in items:
            kinds = " ".join(one["kinds"]) or "*"  # type: ignore[arg-type]
            console.print(f"{one['key']}  {one['system']}  {one['address']}  {kinds}", markup=False)

    show({"items": items}, as_json, human)


@webhooks.command("remove")
def remove(
    key: Annotated[str, typer.Argument(help="Key of the webhook: WH-…")], by: By = None, as_json: Json = False
) -> None:
    """End a webhook."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            hooks.remove(session, key=key, by=who)
    said_ = text("webhook.gone", language(), key=key)
    show({"key": key, "removed": True}, as_json, lambda: console.print(said_, markup=False))

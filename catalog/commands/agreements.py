"""``catalog agreement print``: the paper of an agreement as a file, the same that its page prints."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import typer
from starlette.requests import Request

from catalog.base import pdf
from catalog.commands.common import By, actor, ask, console, language, opened
from catalog.identity.actors import Actor
from catalog.runtime import Runtime
from catalog.sharing import agreement_document

app = typer.Typer(no_args_is_help=True, help="Sharing agreements.")


@app.callback()
def agreements() -> None:
    """Sharing agreements."""


@app.command("print")
def printed(
    number: Annotated[str, typer.Argument(help="Identifier of the agreement: AG….")],
    to: Annotated[Path, typer.Option(help="Write this PDF; needs cdo-catalog[pdf].")],
    by: By = None,
) -> None:
    """The agreement as the paper that both sides sign, with its digest and signing record."""
    with opened() as runtime:
        request = _asked(runtime, number, actor(runtime, by))
        page = bytes(ask(runtime, lambda: agreement_document.document(request)).body).decode()
        site = runtime.settings.public_url.rstrip("/")
        to.write_bytes(pdf.written(page, site))
    console.print(f"{to}: {number}", markup=False)


def _asked(runtime: Runtime, number: str, by: Actor) -> Request:
    """The request that a browser would make for the page."""
    return Request({
        "type": "http", "method": "GET", "scheme": "http", "server": ("localhost", 80), "headers": [],
        "path": f"/sharing-agreements/{number}/document", "query_string": b"",
        "path_params": {"identifier": number}, "state": {"actor": by, "language": language()},
        "app": SimpleNamespace(state=SimpleNamespace(runtime=runtime)),
    })  # fmt: skip

"""``catalog case request``: ask for fields of a dataset; everything after is ``catalog case do``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from catalog.base import clock
from catalog.base.errors import Malformed
from catalog.cases.api import shown
from catalog.commands.common import By, Json, actor, console, language, opened, show
from catalog.sharing import requests


def request(
    dataset: Annotated[str, typer.Argument(help="Identifier of a published dataset.")],
    field: Annotated[list[str] | None, typer.Option(help="Field that is asked for; may repeat.")] = None,
    purpose: Annotated[str, typer.Option(help="Code of the purpose (CL0105).")] = "",
    way: Annotated[str, typer.Option(help="Code of the way of sharing (CL0102).")] = "",
    like: Annotated[str, typer.Option(help="Agreement that fills what is left out.")] = "",
    department: Annotated[str, typer.Option(help="Who asks; one's own department without.")] = "",
    parts: Annotated[
        Path | None, typer.Option("--from", help="JSON file with the parts of the request.")
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Open a sharing request in draft; incomplete is fine until it is handed to the sharing officer."""
    with opened() as runtime:
        values = _read(parts) if parts else {}
        values |= {"items": field} if field else {}
        values |= {name: value for name, value in (("purpose", purpose), ("way", way)) if value}
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            case = requests.open_request(
                session, by=who, dataset=dataset, values=values, like=like or None,
                department=department or None, on=clock.today(runtime.settings.zone),
            )  # fmt: skip
            said = shown(session, case, who, language())
    show(said, as_json, lambda: console.print(f"{said['number']}: {said['title']}", markup=False))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise Malformed() from None
    if not isinstance(found, dict):
        raise Malformed()
    return found

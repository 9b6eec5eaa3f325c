"""What all commands share: the opened register, who acts, how answers and refusals are printed."""

from __future__ import annotations

import asyncio
import locale
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from catalog.base import clock, problems
from catalog.base.errors import CatalogError, InvalidDocument, NotFound, NotPermitted, NotSignedIn, Unready
from catalog.base.i18n import Language
from catalog.base.settings import Settings
from catalog.identity import accounts
from catalog.identity.actors import CONSOLE, Actor
from catalog.registry.reach import subordinates
from catalog.runtime import Runtime, open_runtime

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[
    str | None, typer.Option("--by", help="Login that acts; without it, the operator at the machine.")
]
Note = Annotated[str | None, typer.Option("--note", help="Reason, kept in the ledger.")]

console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 200)  # a file cuts nothing off
errors = Console(stderr=True, soft_wrap=True)
EXIT = {InvalidDocument: 1, NotFound: 3, NotPermitted: 4, NotSignedIn: 4, Unready: 5}


def language() -> Language:
    """The operator's language, from the environment."""
    tag = os.environ.get("CATALOG_LANGUAGE") or locale.getlocale()[0] or ""
    return "en" if tag.lower().startswith(("en", "c")) else "zh"


@contextmanager
def opened(*, empty: bool = False) -> Iterator[Runtime]:
    """The register of the settings; a refusal ends the command with its own exit code."""
    with refusals():
        runtime = open_runtime(Settings(), empty=empty)
        try:
            yield runtime
        finally:
            runtime.close()


@contextmanager
def refusals() -> Iterator[None]:
    """Print a refusal in the operator's language and leave with its code (1 invalid … 5 not ready)."""
    try:
        yield
    except ValidationError as error:
        for found in error.errors():
            errors.print(_setting(found), style="red", markup=False)
        raise typer.Exit(2) from None
    except CatalogError as error:
        show_refusal(error)
        raise typer.Exit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1)) from None


def _setting(found: Any) -> str:
    """What is wrong with a setting, and what it is for."""
    field = str(found["loc"][0])
    name, value = f"CATALOG_{field.upper()}", found.get("input")
    purpose = Settings.model_fields[field].description if field in Settings.model_fields else ""
    if language() == "zh":
        return f"{name} 的值 {value!r} 不能用：{found['msg']}。请改正这个环境变量（用途：{purpose}）。"
    return f"{name} can't be {value!r}: {found['msg']}. Mend the environment variable. It is for: {purpose}"


def unknown_settings() -> list[str]:
    """Environment variables that look like settings and are none: probably misspelt."""
    known = {f"CATALOG_{name.upper()}" for name in Settings.model_fields}
    ours = ("CATALOG_TEST_", "CATALOG_VENV", "CATALOG_CLUSTER_")  # of the scripts
    return sorted(
        name
        for name in os.environ
        if name.startswith("CATALOG_") and name not in known and not name.startswith(ours)
    )


def show_refusal(error: CatalogError) -> None:
    """A refusal on standard error: JSON where the command was asked for JSON."""
    body = problems.problem(error, language(), instance=" ".join(sys.argv[1:3]), request_id="")
    if "--json" in sys.argv:
        sys.stderr.write(dumps(body) + "\n")
        return
    errors.print(
        f"{body['title']}：{body['detail']}" if language() == "zh" else f"{body['title']}: {body['detail']}",
        style="red",
        markup=False,
    )
    for found in body.get("violations", [])[:50]:
        errors.print("  " + violation_line(found), markup=False)
    for name in ("possible", "usages"):
        if body.get(name):
            errors.print(f"  {name}: {', '.join(map(str, body[name]))}", markup=False)


def violation_line(found: dict[str, Any]) -> str:
    """One violation on one line: where, which rule, what, how to mend it."""
    source = found.get("source") or {}
    where = " ".join(str(source[name]) for name in ("file", "sheet") if name in source)
    where += "".join(f":{source[name]}" for name in ("line", "row", "column") if name in source)
    mend = found.get(f"mend_{language()}")
    text = f"{where} {found['pointer']} [{found['rule']}] {found[language()]}".strip()
    return f"{text} → {mend}" if mend else text


def actor(runtime: Runtime, login: str | None) -> Actor:
    """Who acts: a login's account, or the operator at the machine."""
    if login is None:
        return CONSOLE
    with runtime.database.reading() as session:
        return accounts.actor(
            session,
            login=login,
            on=clock.today(runtime.settings.zone),
            subordinates=subordinates(runtime.database),
        )


def ask(runtime: Runtime, work: Callable[[], Awaitable[T]]) -> T:
    """Run reads of the register, which are asynchronous, from a command."""

    async def all_of_it() -> T:
        try:
            return await work()
        finally:
            await runtime.reads.close()

    return asyncio.run(all_of_it())


def dumps(value: Any) -> str:
    """JSON for people and programs."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def show(value: Any, as_json: bool, human: Callable[[], None]) -> None:
    """Print ``value`` as JSON, or what ``human`` prints."""
    if as_json:
        sys.stdout.write(dumps(value) + "\n")
    else:
        human()


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, for work that takes a while."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, advance=done)

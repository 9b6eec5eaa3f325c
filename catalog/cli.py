"""The command line ``catalog``: one Typer application put together from ``commands/``."""

from __future__ import annotations

import typer

from catalog import __version__
from catalog.commands import (
    accounts,
    agreements,
    cases,
    deadline,
    elements,
    entitlements,
    handover,
    notices,
    operate,
    records,
    releases,
    reports,
    sharing,
    standards,
    usage,
    workbooks,
)

app = typer.Typer(
    name="catalog",
    help="The data-governance catalog and chief-data-officer registry of a district.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(operate.app)
app.add_typer(records.app)
app.add_typer(workbooks.app)
app.add_typer(elements.app)
app.add_typer(entitlements.app)
app.add_typer(notices.app)
app.add_typer(reports.app)
app.add_typer(standards.app, name="standards")
app.add_typer(accounts.app)
app.add_typer(handover.app)
cases.app.command("request")(sharing.request)
app.add_typer(cases.app, name="case")
app.add_typer(agreements.app, name="agreement")
app.add_typer(releases.app, name="release")
app.add_typer(usage.app, name="usage")
app.command("deadline")(deadline.deadline)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()

"""``catalog account``, ``catalog token``, ``catalog forget``: who may come in, as what, and who is forgotten."""

from __future__ import annotations

import getpass
import sys
from datetime import date, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.base.i18n import text
from catalog.commands.common import By, Json, actor, console, language, opened, show
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import SCOPES
from catalog.identity.models import Account, Token
from catalog.identity.roles import ROLES
from catalog.registry.models import Record
from catalog.runtime import Runtime

app = typer.Typer(no_args_is_help=True)
account = typer.Typer(no_args_is_help=True, help="Accounts and the roles they hold.")
token = typer.Typer(no_args_is_help=True, help="Personal tokens for programs.")
app.add_typer(account, name="account")
app.add_typer(token, name="token")

Login = Annotated[str, typer.Argument(help="Login of the account.")]
RoleName = Annotated[str, typer.Argument(help="One of: " + " ".join(role.name for role in ROLES) + ".")]
Department = Annotated[str | None, typer.Option("--department", help="Identifier, such as DP0008.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
_DAY = ["%Y-%m-%d"]


@account.command("create")
def create(
    login: Login,
    name: Annotated[str | None, typer.Option(help="The person's name; kept apart from all records.")] = None,
    person: Annotated[
        str | None, typer.Option(help="Key of a person who is known already (PN-…), instead of --name.")
    ] = None,
    basis: Annotated[
        str, typer.Option(help="Why the person's data are kept.")
    ] = "履行法定职责所必需（PIPL 第十三条第三项）",
    department: Department = None,
    system: Annotated[
        str | None, typer.Option(help="A vendor's account: the system that it is bound to, such as SY0001.")
    ] = None,
    ends_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Last day; demanded of a vendor's account.")
    ] = None,
    password_stdin: FromStdin = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Open an account; it holds no role until one is granted."""
    if (name is None) == (person is None):
        raise typer.BadParameter(text("account.name-or-person", language()))
    with opened() as runtime:
        who = actor(runtime, by)
        password = passwords.secure(_ask_password(password_stdin))
        with runtime.database.writing() as session:
            _known(session, "department", department)
            _known(session, "system", system)
            made = accounts.create(
                session,
                login=login,
                person=person or persons.create(session, name=name or "", basis=basis, by=who),
                password=password,
                department=department,
                system=system,
                ends_on=_day(ends_on),
                by=who,
            )
            body = _account(session, made, persons.find(session, person=made.person).name, _today(runtime))
    _say(body, as_json, "account.created", login=login, person=body["person"])


@account.command("list")
def list_accounts(as_json: Json = False) -> None:
    """Every account with its roles."""
    with opened() as runtime, runtime.database.reading() as session:
        on = _today(runtime)
        items = [_account(session, row, name, on) for row, name in accounts.listed(session)]
    show({"items": items}, as_json, lambda: _lines([_shown(item) for item in items]))


@account.command("show")
def show_account(login: Login, as_json: Json = False) -> None:
    """One account with its roles and tokens."""
    with opened() as runtime, runtime.database.reading() as session:
        found = accounts.find(session, login=login)
        name = persons.find(session, person=found.person).name
        body = _account(session, found, name, _today(runtime))
        body["tokens"] = [_token(row, holder) for row, holder in tokens.listed(session, login=login)]

    show(body, as_json, lambda: _lines([_shown(body), *body["tokens"]]))


@account.command("disable")
def disable(login: Login, by: By = None, as_json: Json = False) -> None:
    """Close an account: no sign-in, no token, every browser signed out."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            accounts.disable(session, login=login, by=who)
    _say({"login": login, "disabled": True}, as_json, "account.disabled", login=login)


@account.command("enable")
def enable(login: Login, by: By = None, as_json: Json = False) -> None:
    """Open a closed account again."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            accounts.enable(session, login=login, by=who)
    _say({"login": login, "disabled": False}, as_json, "account.enabled", login=login)


@account.command("password")
def set_password(
    login: Login, password_stdin: FromStdin = False, by: By = None, as_json: Json = False
) -> None:
    """Give a new password; signs out every browser and lifts a block."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.reading() as session:
            accounts.find(session, login=login)
        password = passwords.secure(_ask_password(password_stdin))
        with runtime.database.writing() as session:
            accounts.set_password(session, login=login, password=password, by=who)
    _say({"login": login}, as_json, "account.password-set", login=login)


@account.command("grant")
def grant(
    login: Login,
    role: RoleName,
    department: Department = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day of the role.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Grant a role; a security administrator does (--by), or the operator while there is none."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            _known(session, "department", department)
            key = accounts.grant(
                session,
                login=login,
                role=role,
                department=department,
                until=_day(until),
                on=_today(runtime),
                by=who,
            )
    body = {"grant": key, "login": login, "role": role, "department": department, "until": _day(until)}
    _say(body, as_json, "account.granted", login=login, role=_role(role, department))


@account.command("withdraw")
def withdraw(
    login: Login, role: RoleName, department: Department = None, by: By = None, as_json: Json = False
) -> None:
    """Take a role back at once."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            accounts.withdraw(
                session, login=login, role=role, department=department, on=_today(runtime), by=who
            )
    body = {"login": login, "role": role, "department": department}
    _say(body, as_json, "account.withdrawn", login=login, role=_role(role, department))


@token.command("create")
def issue(
    login: Login,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, write or internal; may be repeated. Default: read.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days until it expires, 1 to 366.")] = 90,
    department: Department = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make a token; its secret is printed now and never again."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            _known(session, "department", department)
            made = tokens.issue(
                session,
                login=login,
                name=name,
                scope=frozenset(scope or SCOPES[:1]),
                days=days,
                department=department,
                on=_today(runtime),
                by=who,
            )
    body = {"token": made.key, "secret": made.secret, "login": login, "expires_at": made.expires_at}

    def human() -> None:
        console.print(text("token.issued", language(), token=made.key, until=made.expires_at), markup=False)
        sys.stdout.write(made.secret + "\n")

    show(body, as_json, human)


@token.command("list")
def list_tokens(
    login: Annotated[str | None, typer.Argument(help="Only those of one account.")] = None,
    as_json: Json = False,
) -> None:
    """Tokens with scope, expiry and last use, newest first."""
    with opened() as runtime, runtime.database.reading() as session:
        items = [_token(row, holder) for row, holder in tokens.listed(session, login=login)]
    show({"items": items}, as_json, lambda: _lines(items))


@token.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Key of the token, TK-…; never its secret.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """End a token now; a running server follows within five seconds."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            tokens.revoke(session, key=key, by=who)
    _say({"token": key, "revoked": True}, as_json, "token.revoked", token=key)


@app.command("forget")
def forget(
    person: Annotated[str, typer.Argument(help="Key of the person, PN-…")],
    basis: Annotated[str, typer.Option(help="Why, for the ledger; without any name or number.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Remove a person's name, telephone number, mail address and account; the ledger stays provable."""
    with opened() as runtime:
        who = actor(runtime, by)
        with runtime.database.writing() as session:
            persons.forget(session, person=person, basis=basis, on=_today(runtime), by=who)
    _say({"person": person, "forgotten": True}, as_json, "person.forgotten", person=person)


def _known(session: Session, kind: str, identifier: str | None) -> None:
    if identifier is not None and session.get(Record, (kind, identifier)) is None:
        raise NotFound(kind=kind, identifier=identifier)


def _ask_password(from_stdin: bool) -> str:
    if from_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(text("account.password", language()))
    if getpass.getpass(text("account.password-again", language())) != first:
        raise InvalidDocument([Violation("/password", "password-differs")])
    return first


def _account(session: Session, row: Account, name: str | None, on: date) -> dict[str, Any]:
    held = accounts.grants(session, person=row.person, on=on)
    return {
        "login": row.login,
        "person": row.person,
        "name": name,
        "department": row.department,
        "system": row.system,
        "ends_on": row.ends_on,
        "disabled": row.disabled,
        "signed_in_at": row.signed_in_at,
        "roles": [
            {"role": one.role, "department": one.department, "from": one.from_on, "until": one.until_on}
            for one in held
        ],
    }


def _token(row: Token, login: str) -> dict[str, Any]:
    return {
        "token": row.key,
        "login": login,
        "name": row.name,
        "scope": row.scope,
        "department": row.department,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
    }


def _role(role: str, department: str | None) -> str:
    label = text(f"role.{role}", language())
    return f"{label} @ {department}" if department else label


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """An account as a person reads it."""
    roles = ", ".join(_role(one["role"], one["department"]) for one in body["roles"])
    state = text("account.closed", language()) if body["disabled"] else ""
    keys = ("login", "person", "name", "department", "system", "ends_on")
    return {key: body[key] for key in keys} | {"roles": roles, "state": state}


def _today(runtime: Runtime) -> date:
    return clock.today(runtime.settings.zone)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _say(body: dict[str, Any], as_json: bool, message: str, **values: str | None) -> None:
    show(body, as_json, lambda: console.print(text(message, language(), **values), markup=False))


def _lines(items: list[dict[str, Any]]) -> None:
    """One line for each, its values apart by two spaces; what is empty is left out."""
    for item in items:
        shown = [str(value) for value in item.values() if value not in (None, "", False)]
        console.print("  ".join(shown), markup=False, highlight=False)

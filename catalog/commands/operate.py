"""Commands for the operator: init, serve, doctor, verify, reindex, backup, restore, upgrade."""

from __future__ import annotations

import getpass
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from catalog.base import clock, log
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, Unready, Violation, WrongState
from catalog.base.settings import LOOPBACK, Settings
from catalog.commands import demonstration
from catalog.commands.common import (
    By,
    Json,
    actor,
    console,
    errors,
    language,
    opened,
    progress,
    refusals,
    show,
    unknown_settings,
)
from catalog.commands.settings_text import markdown
from catalog.entitlements import keeping as decisions
from catalog.identity import accounts, demo, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.ledger import chain
from catalog.ledger import service as ledger
from catalog.ledger import verify as proving
from catalog.ledger.service import Line
from catalog.migrations import revisions, upgrade
from catalog.registry import backup as keeping
from catalog.registry import contents, founding, standards
from catalog.runtime import Runtime, initialised, is_demo, open_runtime

app = typer.Typer(no_args_is_help=True)


@app.command()
def init(
    with_demo: Annotated[
        bool, typer.Option("--demo", help="A synthetic district with demo accounts; loopback only.")
    ] = False,
    admin: Annotated[str | None, typer.Option(help="Login of the first administrator.")] = None,
    admin_name: Annotated[str | None, typer.Option(help="The administrator's name.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    sm3: Annotated[
        bool, typer.Option("--sm3", help="Chain the ledger by SM3 (GB/T 32905) instead of SHA-256.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a new register with the real standards, and ask for its first administrator."""
    with opened(empty=True) as runtime:
        if initialised(runtime.database):
            raise WrongState("already-initialised", database=runtime.database.engine.url.render_as_string())
        if with_demo and runtime.settings.host not in LOOPBACK:
            raise NotPermitted("demo-loopback-only", host=runtime.settings.host)
        first = None if with_demo else _first_admin(admin, admin_name, password_stdin)
        with progress("init"):
            algorithm: chain.Algorithm = "sm3" if sm3 else "sha256"
            if first:
                counts = founding.found(runtime, demo=False, algorithm=algorithm)
                _create_admin(runtime, *first)
            else:
                counts = demonstration.found(runtime, algorithm=algorithm)
            runtime.index.catch_up(runtime.feed)
    show(
        counts, as_json, lambda: console.print(", ".join(f"{kind} {count}" for kind, count in counts.items()))
    )


def _first_admin(login: str | None, name: str | None, from_stdin: bool) -> tuple[str, str, passwords.Hashed]:
    asking = sys.stdin.isatty()
    zh = language() == "zh"
    if login is None and not asking:
        raise InvalidDocument([Violation("/admin", "required", expected="--admin LOGIN --password-stdin")])
    login = login or typer.prompt("首位系统管理员的登录名" if zh else "Login of the first administrator")
    name = name or (typer.prompt("姓名" if zh else "Name") if asking else login)
    if from_stdin or not asking:
        secret = sys.stdin.readline().rstrip("\n")
    else:
        secret = getpass.getpass("口令: " if zh else "Password: ")
    return str(login), str(name), passwords.secure(secret)


def _create_admin(runtime: Runtime, login: str, name: str, password: passwords.Hashed) -> None:
    with runtime.database.writing() as session:
        person = persons.create(
            session, name=name, basis="系统管理员履行职责（PIPL 第十三条第三项）", by=CONSOLE
        )
        accounts.create(session, login=login, person=person, password=password, by=CONSOLE)
        accounts.grant(session, login=login, role="admin", by=CONSOLE, on=clock.today(runtime.settings.zone))


@app.command("settings")
def settings_() -> None:
    """All settings in Markdown, Chinese and English; ``docs/settings.md`` is this text."""
    typer.echo(markdown())


@app.command("initialised")
def initialised_(quiet: Annotated[bool, typer.Option("--quiet", help="Only the exit code.")] = False) -> None:
    """Whether the settings name a register that exists: exit code 0 or 1."""
    with opened(empty=True) as runtime:
        there = initialised(runtime.database)
        if not quiet:
            console.print("✓" if there else "✗")
    raise typer.Exit(0 if there else 1)


@app.command()
def serve(
    reload: Annotated[bool, typer.Option(help="Restart when a file changes; for developers.")] = False,
) -> None:
    """Serve pages and API at CATALOG_HOST:CATALOG_PORT."""
    with refusals():
        settings = Settings()
        if settings.workers > 1 and settings.on_sqlite:
            raise Unready("workers-need-postgresql", workers=settings.workers)
        runtime = open_runtime(settings)
        present, needed = revisions(runtime.database)
        if present != needed:
            raise Unready("upgrade-needed", found=present, expected=needed)
        _refuse_public_demo(runtime)
        demonstrates = is_demo(runtime.database)
        runtime.database.claim()
        runtime.close()
    log.configure(settings.log_level)
    address = f"http://{settings.host if ':' not in settings.host else f'[{settings.host}]'}:{settings.port}"
    errors.print(f"{settings.title}: {address}", style="bold", markup=False)
    if demonstrates:
        logins = " ".join(account.login for account in demo.ACCOUNTS)
        errors.print(f"演示账号 demo accounts: {logins}\n口令 password: {demo.PASSWORD}", markup=False)
    uvicorn.run(
        "catalog.serving:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        reload=reload,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def _refuse_public_demo(runtime: Runtime) -> None:
    if runtime.settings.host not in LOOPBACK and is_demo(runtime.database):
        raise NotPermitted("demo-loopback-only", host=runtime.settings.host)


@app.command()
def verify(
    anchor: Annotated[Path | None, typer.Option(help="File of kept heads: lines of SEQ CHAIN.")] = None,
    write_anchor: Annotated[Path | None, typer.Option(help="Append today's head to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Prove the ledger's chain; names the first broken entry. Exit code 1 if it is broken."""
    with opened() as runtime:
        anchors = _anchors(anchor) if anchor else []
        with runtime.database.reading() as session:
            proof = proving.verify(session, lambda key: contents.proof(session, key), anchors=anchors)
    body: dict[str, Any] = {
        "entries": proof.entries,
        "chain": proof.chain,
        "broken": vars(proof.broken) if proof.broken else None,
        "redacted": [{"entry": entry, "by": by} for entry, by in proof.redacted],
    }
    if write_anchor and not proof.broken:
        with write_anchor.open("a", encoding="utf-8") as file:
            file.write(f"{proof.entries} {proof.chain}\n")

    def human() -> None:
        if proof.broken:
            console.print(
                f"✗ entry {proof.broken.seq}: {proof.broken.reason} ({proof.broken.expected} ≠ {proof.broken.found})",
                style="red",
                markup=False,
            )
        else:
            console.print(f"✓ {proof.entries} entries, head {proof.chain}")
        for entry, by in proof.redacted:
            console.print(f"  entry {entry}: redacted by entry {by}")

    show(body, as_json, human)
    raise typer.Exit(1 if proof.broken else 0)


def _anchors(path: Path) -> list[tuple[int, str]]:
    if not path.is_file():
        raise NotFound("file-not-found", file=str(path))
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(int(line[0]), line[1]) for line in lines]


@app.command()
def reindex(
    check: Annotated[
        bool, typer.Option("--verify", help="Compare the index with the register, record by record.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Build the search index anew, or compare it with the register. Exit code 1 if it differs."""
    with opened() as runtime:
        if not check:
            with progress("reindex"):
                count = runtime.index.rebuild(runtime.feed)
            show({"records": count}, as_json, lambda: console.print(f"{count} records"))
            return
        found = runtime.index.verify(runtime.feed)
    body = {
        "differences": [{"kind": d.kind, "identifier": d.identifier, "problem": d.problem} for d in found]
    }
    show(
        body,
        as_json,
        lambda: console.print("\n".join(f"{d.kind} {d.identifier}: {d.problem}" for d in found) or "✓"),
    )
    raise typer.Exit(1 if found else 0)


@app.command()
def backup(folder: Path, by: By = None, as_json: Json = False) -> None:
    """Write a backup while the register is in use: all tables, attachments, settings without secrets."""
    with opened() as runtime, progress("backup"):
        counts = keeping.backup(runtime, folder, by=actor(runtime, by))
        counts["decision"] = decisions.copy_out(runtime.settings, runtime.database, folder)
    show(counts, as_json, lambda: console.print(f"{folder}: {sum(counts.values())} rows"))


@app.command()
def restore(folder: Path, as_json: Json = False) -> None:
    """Bring a backup into a new register, on either database, and prove its chain."""
    with opened(empty=True) as runtime, progress("restore"):
        counts, proof = keeping.restore(runtime, folder)
        counts["decision"] = decisions.copy_in(runtime.settings, runtime.database, folder)
        runtime.index.ask_for_rebuild()
    body = {
        "counts": counts,
        "entries": proof.entries,
        "chain": proof.chain,
        "broken": proof.broken and vars(proof.broken),
    }
    show(
        body,
        as_json,
        lambda: console.print(f"{sum(counts.values())} rows, {proof.entries} entries, head {proof.chain}"),
    )
    raise typer.Exit(1 if proof.broken else 0)


@app.command("upgrade")
def upgrade_() -> None:
    """Bring the tables to the form of this version (after ``catalog backup``)."""
    with opened() as runtime:
        upgrade(runtime.database)
        console.print(f"{revisions(runtime.database)[0]}")


@app.command()
def doctor(
    confirm_clock: Annotated[
        bool, typer.Option("--confirm-clock", help="Confirm that the clock is right.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """What is wrong with settings, database, standards, clock, disk and index, and how to mend it."""
    found: list[dict[str, str]] = []
    with opened(empty=True) as runtime:
        if confirm_clock:
            _confirm_clock(runtime, by)
        _examine(runtime, found)

    def human() -> None:
        for item in found:
            mark = {"ok": "✓", "warning": "!", "error": "✗"}[item["state"]]
            console.print(f"{mark} {item['check']}: {item[language()]}", markup=False)

    show({"checks": found}, as_json, human)
    raise typer.Exit(5 if any(item["state"] == "error" for item in found) else 0)


def _confirm_clock(runtime: Runtime, by: str | None) -> None:
    who = actor(runtime, by)
    if who is not CONSOLE and not who.holds("admin"):
        raise NotPermitted(kind="clock", verb="confirm", department=None, roles=["admin"])
    with runtime.database.writing() as session:
        last = ledger.head(session)
        at = ledger.moment(last, confirmed=True)
        ledger.append(session, [Line("clock.confirmed", data={"last": last.at})], by=who, last=last, at=at)


def _examine(runtime: Runtime, found: list[dict[str, str]]) -> None:
    def say(check: str, state: str, zh: str, en: str) -> None:
        found.append({"check": check, "state": state, "zh": zh, "en": en})

    url = runtime.database.engine.url.render_as_string()
    say("settings", "ok", f"数据目录 {runtime.settings.data_dir}", f"data folder {runtime.settings.data_dir}")
    for name in unknown_settings():
        zh, en = f"没有 {name} 这一设置，可能拼写有误", f"there is no setting {name}; it may be misspelt"
        say("settings", "warning", zh, en)
    free = (
        shutil.disk_usage(runtime.settings.data_dir if runtime.settings.data_dir.exists() else "/").free
        // 2**20
    )
    state = "ok" if free > 1024 else "warning" if free > 128 else "error"
    say("disk", state, f"剩余 {free} MiB", f"{free} MiB free")
    if not initialised(runtime.database):
        say(
            "database",
            "error",
            f"{url} 尚未初始化：运行 catalog init",
            f"{url} is not initialised: run catalog init",
        )
        return
    present, needed = revisions(runtime.database)
    if present == needed:
        say("database", "ok", f"{url}，结构 {present}", f"{url}, tables {present}")
    else:
        say(
            "database",
            "error",
            f"结构为 {present}，需要 {needed}：先备份，再运行 catalog upgrade",
            f"tables are {present}, need {needed}: back up, then run catalog upgrade",
        )
    with runtime.database.reading() as session:
        differing = standards.differing(session)
        last = ledger.head(session)
    if differing:
        names = ", ".join(differing)
        say(
            "standards",
            "error",
            f"{names} 的标准文件与生效版本不同：运行 catalog standards adopt",
            f"the files of {names} differ from those in force: run catalog standards adopt",
        )
    else:
        say("standards", "ok", "标准文件与生效版本一致", "the files are those in force")
    try:
        ledger.moment(last)
        say("clock", "ok", clock.stamp(clock.now()), clock.stamp(clock.now()))
    except Unready as error:
        mend = "--confirm-clock" if error.slug == "clock-ahead" else "date"
        say(
            "clock",
            "error",
            f"时钟 {error.values['now']} 与最后一条留痕 {error.values['last']} 不符（{error.slug}）：{mend}",
            f"the clock {error.values['now']} does not fit the last entry {error.values['last']} ({error.slug}): {mend}",
        )
    held = runtime.index.held
    say(
        "search",
        "ok" if held >= last.seq else "warning",
        f"索引至 {held} / {last.seq}",
        f"indexed to {held} of {last.seq}",
    )
    if runtime.settings.insecure_http == "on":
        say("http", "warning", "未使用 TLS：仅限内网", "no TLS: for an intranet only")

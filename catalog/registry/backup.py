"""Backup and restore: the archive with accounts and drafts, the settings without secrets; proven by the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from catalog import __version__
from catalog.base.errors import Malformed, WrongState
from catalog.base.settings import Settings
from catalog.ledger.service import By
from catalog.ledger.verify import Proof, verify
from catalog.registry import archive, contents
from catalog.registry.founding import found_empty
from catalog.runtime import Runtime, initialised


def backup(runtime: Runtime, folder: Path, *, by: By) -> dict[str, Any]:
    """Write a backup into an empty or new folder while the register is in use; the counts of its rows."""
    if folder.exists() and any(folder.iterdir()):
        raise WrongState("folder-not-empty", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    counts = archive.export(runtime, folder / "register.jsonl.gz", by=by, operation=True)
    header = archive.header_of(folder / "register.jsonl.gz")
    note = {
        "version": __version__,
        "settings": plain_settings(runtime.settings),
        "head": header["head"],
        "last": header["last"],
    }
    (folder / "backup.json").write_bytes(
        orjson.dumps(note, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    )
    return counts


def restore(runtime: Runtime, folder: Path) -> tuple[dict[str, int], Proof]:
    """Bring a backup into a new register, on whichever database, and prove its chain."""
    if not (folder / "backup.json").is_file():
        raise Malformed("not-a-backup", folder=str(folder))
    note = orjson.loads((folder / "backup.json").read_bytes())
    if not initialised(runtime.database):  # a restore that was refused may be tried again
        found_empty(runtime)
    counts = archive.load(runtime, folder / "register.jsonl.gz")
    with runtime.database.reading() as session:
        proof = verify(
            session, lambda key: contents.proof(session, key), anchors=[(note["last"], note["head"])]
        )
    return counts, proof


def plain_settings(settings: Settings) -> dict[str, Any]:
    """The settings without the password in the database's address."""
    values = settings.model_dump(mode="json")
    if "@" in values["database_url"]:
        scheme, _, rest = values["database_url"].partition("://")
        values["database_url"] = f"{scheme}://…@{rest.rpartition('@')[2]}"
    return values

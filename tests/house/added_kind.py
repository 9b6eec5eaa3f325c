"""A pytest plug-in (``-p tests.house.added_kind``): the product with one kind more, from a temporary folder.

The kind ``seal`` (电子印章) is one schema file, a suite and one entry in ``kinds``; it is there before any
other module of the product is imported, as if its entry stood in ``kinds.py``.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from catalog import kinds
from catalog.base import files

SEAL = kinds.Kind(
    name="seal",
    plural="seals",
    prefix="SE",
    pattern="SE{:04d}",
    statuses={"in_use": "recorded", "destroyed": "draft"},
    retired="destroyed",
    moves={"in_use": ("destroyed",), "destroyed": ()},
    editors=("authority",),
    approvers=("authority",),
)


def _text(title: str, english: str, **more: Any) -> dict[str, Any]:
    said = {"title": title, "x-title": english, "description": f"{title}。", "x-description": f"{english}."}
    return said | {"x-group": "identity", "type": "string", "maxLength": 200} | more


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:cdo-catalog:standard:seal:1.0",
    "title": "电子印章", "x-title": "Electronic seal", "description": "单位的电子印章。",
    "x-description": "Electronic seals of departments.",
    "x-groups": [{"id": "identity", "title": "标识", "x-title": "Identification"}],
    "type": "object",
    "properties": {
        "identifier": _text("标识符", "Identifier", pattern="^[A-Z]{2}[0-9A-Z.-]{2,40}$"),
        "name": _text("名称", "Name", **{"minLength": 1, "x-required-from": "draft", "x-search": {"weight": "name"}}),
        "department": _text("使用单位", "Department", **{"pattern": "^[A-Z]{2}[0-9A-Z.-]{2,40}$", "x-ref": "department", "x-required-from": "recorded"}),
        "number": _text("印章编码", "Seal number", **{"pattern": "^[0-9]{13}$", "x-alias": "code"}),
        "network": _text("使用网络", "Network", **{"x-code-list": "CL0122", "x-facet": True}),
        "keeper": _text("保管人", "Keeper", **{"x-ref": "person", "x-visibility": "internal", "pattern": "^PN-[0-9a-f]{16}$"}),
        "note": _text("备注", "Note"),
    },
}  # fmt: skip
VALID = {"name": "白云区民政局电子印章", "department": "DP0008", "network": "government_extranet",
         "keeper": "PN-0c4be1a27d93f586"}  # fmt: skip


def _write(folder: Path) -> None:
    shutil.copytree(files.standards() / "schemas", folder / "schemas")
    (folder / "schemas" / "seal").mkdir()
    (folder / "schemas" / "seal" / "1.0.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    current = folder / "schemas" / "current.yaml"
    versions = yaml.safe_load(current.read_text(encoding="utf-8")) | {"seal": "1.0"}
    current.write_text(yaml.safe_dump(versions), encoding="utf-8")
    suite = folder / "suite" / "seal" / "valid"
    suite.mkdir(parents=True)
    case = {"profile": "recorded", "description": "A seal in use.", "document": VALID}
    (suite / "in-use.json").write_text(json.dumps(case), encoding="utf-8")


def _add() -> None:
    folder = Path(tempfile.mkdtemp(prefix="kind-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _write(folder)
    kinds.KINDS = (*kinds.KINDS, SEAL)
    kinds.BY_NAME = {kind.name: kind for kind in kinds.KINDS}
    kinds.BY_PLURAL = {kind.plural: kind for kind in kinds.KINDS}

    from catalog.standards import schemas  # only after the kind is listed

    schemas.use(folder)


if os.environ.get("CATALOG_TEST_ADDED_KIND"):
    _add()

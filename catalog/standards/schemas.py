"""The schema files of every kind: which there are, what they compile to, what a document breaks.

Files stand in ``schemas/<kind>/<major.minor>.schema.json``; ``schemas/current.yaml`` names the version
in force of each kind. A published version is never edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from catalog.base import files
from catalog.base.documents import Document, canonical, digest, parse, pointer
from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.kinds import Profile
from catalog.standards import compile as compiler
from catalog.standards.annotations import Annotations
from catalog.standards.compile import Schema
from catalog.standards.formats import FORMATS
from catalog.standards.violations import Finding, violations

_SUFFIX = ".schema.json"
_folder: list[Path] = []


@dataclass(frozen=True, eq=False)
class Standard:
    """One version of the schema of one kind."""

    kind: str
    version: str
    id: str
    digest: str  # SHA-256 of the file's canonical JSON: layout and line ends do not count
    schema: Schema  # with every ``$ref`` put in place

    @cached_property
    def annotations(self) -> Annotations:
        """Its labels, references, code lists and the like."""
        return Annotations(self.schema)


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    is_valid: Callable[[Any], bool]
    validator: jsonschema_rs.Draft202012Validator
    schema: Schema
    annotations: Annotations


_judges: dict[tuple[str, Profile, str | None], _Judge] = {}


def use(folder: Path | None) -> None:
    """Read schemas from ``folder/schemas`` from now on; None: from the product's own files again."""
    _folder[:] = [folder] if folder else []
    for remembered in (load, current, compiled, _versions_in_force):
        remembered.cache_clear()
    _judges.clear()


def root() -> Path:
    """The folder of schema files, one folder per kind."""
    return (_folder[0] if _folder else files.standards()) / "schemas"


def versions(kind: str) -> list[str]:
    """The versions of a kind that there are files of, oldest first."""
    found = [path.name.removesuffix(_SUFFIX) for path in (root() / kind).glob(f"*{_SUFFIX}")]
    return sorted(found, key=lambda version: [int(part) for part in version.split(".")])


@cache
def _versions_in_force() -> dict[str, str]:
    with (root() / "current.yaml").open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))


@cache
def current(kind: str) -> Standard:
    """The version that ``current.yaml`` names; raises ``NotFound`` for a kind that it does not."""
    version = _versions_in_force().get(kind)
    if version is None:
        raise NotFound(kind="standard", identifier=kind)
    return load(kind, version)


@cache
def load(kind: str, version: str) -> Standard:
    """One version of a kind's schema.

    Raises ``NotFound`` when there is no such file, ``InvalidDocument`` for a reference out of the file.
    """
    if version not in versions(kind):
        raise NotFound(kind="standard", identifier=f"{kind} {version}")
    schema = parse((root() / kind / f"{version}{_SUFFIX}").read_bytes())
    return Standard(kind, version, schema["$id"], digest(canonical(schema)), compiler.resolved(schema))


@cache
def compiled(kind: str, profile: Profile, version: str | None = None) -> Schema:
    """The flat closed schema of a profile, plain draft 2020-12; do not change it."""
    standard = current(kind) if version is None else load(kind, version)
    return compiler.compiled(standard.schema, profile)


def is_valid(kind: str, document: Document, profile: Profile, version: str | None = None) -> bool:
    """Whether a document passes the schema of its kind; the quick gate before ``check``."""
    judge = _judges.get((kind, profile, version)) or _judge(kind, profile, version)
    return judge.is_valid(document)


def check(kind: str, document: Document, profile: Profile, version: str | None = None) -> list[Violation]:
    """Everything in a document that its schema does not admit, in pointer order; empty when it is valid.

    The document must be in canonical form already (``base.documents.form_violations``).
    """
    judge = _judges.get((kind, profile, version)) or _judge(kind, profile, version)
    if judge.is_valid(document):
        return []
    return violations(findings(judge.validator, document), document, judge.schema, judge.annotations)


def _judge(kind: str, profile: Profile, version: str | None) -> _Judge:
    standard = current(kind) if version is None else load(kind, version)
    schema = compiled(kind, profile, version)
    validator = engine(schema)
    judge = _Judge(validator.is_valid, validator, schema, standard.annotations)
    _judges[(kind, profile, version)] = judge
    return judge


def engine(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    """The validator of a plain schema: linear-time patterns, formats asserted, nothing fetched.

    Raises ``InvalidDocument`` for what it does not take: another pattern, an unknown format, a remote
    reference.
    """
    try:
        return jsonschema_rs.Draft202012Validator(
            schema,
            formats=dict(FORMATS),
            validate_formats=True,
            ignore_unknown_formats=False,
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )
    except jsonschema_rs.ValidationError as error:
        place = pointer(error.instance_path)
        found = error.message.splitlines()[0]
        raise InvalidDocument([Violation(place, "schema-form", found=found)]) from None


def findings(validator: jsonschema_rs.Draft202012Validator, document: Document) -> list[Finding]:
    """The errors of the engine, by path and keyword."""
    return [
        Finding(
            path=tuple(error.instance_path),
            keyword=str(error.schema_path[-1]),
            schema_path=tuple(error.schema_path),
            detail=error.message,
        )
        for error in validator.iter_errors(document)
    ]

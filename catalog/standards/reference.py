"""The reference implementation ``jsonschema``: slow, and the oracle that the engine is held to.

It judges candidate standards, and in tests every suite case. It never sees a user's document with a
user's pattern: ``^(a+)+$`` would hang it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from catalog.base.errors import Violation
from catalog.kinds import Profile
from catalog.standards import schemas
from catalog.standards.compile import Schema
from catalog.standards.formats import FORMATS
from catalog.standards.violations import Finding, violations


def _pattern(_: Any, pattern: str, value: Any, __: Schema) -> Iterator[ValidationError]:
    """``pattern`` as ECMA 262 has it: ``$`` is the very end, not also the place before a last newline."""
    if isinstance(value, str) and not re.search(re.sub(r"(?<!\\)\$\Z", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checkers = {
        **Draft202012Validator.FORMAT_CHECKER.checkers,
        **{name: (test, ()) for name, test in _texts_only().items()},
    }
    return checker


def _texts_only() -> dict[str, Any]:
    def of(test: Any) -> Any:
        return lambda value: not isinstance(value, str) or test(value)

    return {name: of(test) for name, test in FORMATS.items()}


_Reference = extend(Draft202012Validator, {"pattern": _pattern})


def reference(schema: Schema) -> Any:
    """A ``jsonschema`` validator of a plain schema: formats asserted, nothing fetched."""
    return _Reference(schema, format_checker=_formats(), registry=Registry())


def check(kind: str, document: Any, profile: Profile, version: str | None = None) -> list[Violation]:
    """What ``schemas.check`` says, from the other implementation."""
    standard = schemas.current(kind) if version is None else schemas.load(kind, version)
    schema = schemas.compiled(kind, profile, version)
    return violations(findings(reference(schema), document), document, schema, standard.annotations)


def findings(validator: Any, document: Any) -> list[Finding]:
    """The errors of a reference validator."""
    return [
        Finding(
            path=tuple(error.absolute_path),
            keyword=str(error.validator),
            schema_path=tuple(error.absolute_schema_path),
            detail=error.message,
        )
        for error in validator.iter_errors(document)
    ]

"""A register in a dictionary, for rules that ask the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from catalog.base.errors import Violation
from catalog.kinds import Profile


class Book:
    """``Facts`` over documents given as {(kind, identifier): document}."""

    def __init__(
        self,
        documents: dict[tuple[str, str], dict[str, Any]] | None = None,
        *,
        identifier: str | None = None,
        profile: Profile = "shareable",
        on: date = date(2026, 6, 30),
    ) -> None:
        self.documents = documents or {}
        self.identifier = identifier
        self.profile = profile
        self.on = on

    def get(self, kind: str, identifier: str) -> dict[str, Any] | None:
        return self.documents.get((kind, identifier))

    def referring(
        self, kind: str, to_kind: str, to_identifier: str, *, status: str, department: str = ""
    ) -> list[tuple[str, dict[str, Any]]]:
        return [
            (identifier, said)
            for (one, identifier), said in sorted(self.documents.items())
            if one == kind
            and said.get("status", status) == status
            and department in ("", said.get("department"))
            and f"'{to_identifier}'" in str(said)
        ]


def found(
    judge: Callable[[dict[str, Any], Any], Iterator[Violation]],
    document: dict[str, Any],
    facts: Book | None = None,
) -> set[tuple[str, str, str]]:
    """What a rule function finds, as (pointer, rule, severity)."""
    return {(one.pointer, one.rule, one.severity) for one in judge(document, facts or Book())}

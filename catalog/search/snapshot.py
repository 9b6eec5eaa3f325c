"""One consistent state of the index, and how its queries are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import tantivy

from catalog.search import schema

MUST, SHOULD, NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_FEW = 8  # alternatives that are asked for one by one
Clause = tuple[Any, Any]


class Snapshot:
    """What a searcher sees; later commits do not change it."""

    def __init__(self, index: Any) -> None:
        self.schema = index.schema
        self.searcher = index.searcher()
        self.counted: dict[str, dict[str, dict[str, int]]] = {}  # facets of lists, which count every record

    @property
    def held(self) -> int:
        """The entry up to which the index holds; 0 for a new one."""
        return self._marked[0]

    @property
    def register(self) -> str:
        """The register that it is an index of."""
        return self._marked[1]

    @cached_property
    def _marked(self) -> tuple[int, str]:
        hits = self.searcher.search(self.term("marker", schema.MARKER), 1).hits
        if not hits:
            return 0, ""
        found = self.searcher.doc(hits[0][1])
        return int(found.get_first("held")), found.get_first("register").decode()

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How many documents of each kind there are, replaced but unmerged ones included."""
        return dict(self.searcher.terms_with_prefix("kind", ""))

    def term(self, name: str, value: str) -> Any:
        """The documents with one term."""
        return tantivy.Query.term_query(self.schema, name, value, "basic")

    def known(self, name: str, value: str) -> Any | None:
        """The documents with one term; None where there are none."""
        return self.term(name, value) if value and self.searcher.doc_freq(name, value) else None

    def among(self, name: str, values: Sequence[str]) -> Any:
        """The documents with any of several terms."""
        if len(values) <= _FEW:
            return either([self.term(name, value) for value in values])
        return tantivy.Query.term_set_query(self.schema, name, list(values))


def both(clauses: Iterable[Clause]) -> Any:
    """What fulfils all ``(occur, query)`` clauses."""
    listed = list(clauses)
    if len(listed) == 1 and listed[0][0] == MUST:
        return listed[0][1]
    return tantivy.Query.boolean_query(listed)


def either(queries: Iterable[Any]) -> Any:
    """What fulfils any of ``queries``."""
    listed = list(queries)
    return (
        listed[0] if len(listed) == 1 else tantivy.Query.boolean_query([(SHOULD, query) for query in listed])
    )

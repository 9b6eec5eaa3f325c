"""What a reader asks of the index and gets: rows, total and facets in one call, and suggestions.

What a reader may see is part of the compiled query. A kind that is not readable counts nowhere; a text
that is internal is matched only in the records of the departments whose internal view the reader has.
A query is never parsed: quotes, brackets and operators are cut away like any other punctuation.

The order is that of the tiers in ``matching``, then of the rank in ``schema``. Each tier is asked for by
itself, without the tiers before it, sorted by rank: ``disjunction_max`` of constant scores would give the
same tiers, but leave equal scores in the order of segments, which no two machines have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import tantivy

from catalog.search import matching, schema
from catalog.search.schema import Hit
from catalog.search.snapshot import MUST, NOT, Clause, Snapshot, both

Sort = Literal["relevance", "identifier", "name", "changed", "status", "department", "confirmed"]
SORTS: tuple[Sort, ...] = get_args(Sort)
_COLUMNS: Mapping[Sort, str] = {
    "relevance": "identifier", "identifier": "identifier", "name": "by_name", "changed": "seq",
    "status": "by_status", "department": "by_department", "confirmed": "by_confirmed",
}  # fmt: skip
_COUNTED = ("kind", "status", "department")
_MOST_VALUES = 2000  # of one facet
_MOST_INSTEAD = 5
_MOST_LISTS = 256  # whose facets are kept until the index moves on
_SUGGESTED = matching.TIERS[: matching.TIERS.index("nearly")]


@dataclass(frozen=True, slots=True)
class Query:
    """A question: values of one filter are alternatives, filters hold together, no text means all.

    ``relevance`` without text is the order of identifiers; ``changed`` shows the latest first, ``confirmed``
    what was confirmed longest ago, ``name`` is the order of pinyin. ``reverse`` turns any but relevance round.
    """

    text: str = ""
    kinds: Sequence[str] = ()
    status: Sequence[str] = ()
    department: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: Sort = "relevance"
    limit: int = 20
    offset: int = 0
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody may see: kinds, and the departments (None: all) whose internal texts."""

    kinds: frozenset[str]
    internal: frozenset[str] | None = frozenset()


@dataclass(frozen=True, slots=True)
class Results:
    """An answer, as of entry ``indexed_to``.

    ``facets`` counts all hits by kind, status and department, and by the facets of the kind where only
    one is asked for, the most frequent value first. ``instead``: names that may be meant, if none is hit.
    """

    items: list[Hit]
    total: int
    facets: dict[str, dict[str, int]]
    indexed_to: int
    instead: list[str] = field(default_factory=list)


def search(snapshot: Snapshot, query: Query, reader: Reader) -> Results:
    """The answer to ``query`` for ``reader``."""
    kinds = _kinds(snapshot, query, reader)
    nothing = Results([], 0, {name: {} for name in _COUNTED}, snapshot.held)
    if not kinds:
        return nothing
    within = _within(snapshot, query, kinds)
    if not query.text.strip():
        return _list(snapshot, query, kinds, within)
    tiers = matching.tiers(snapshot, query.text, reader.internal)
    if not tiers:
        nothing.instead.extend(_instead(snapshot, query.text, within))
        return nothing

    every = both([(MUST, matching.widest(query.text, tiers)), *within])
    facets = _facets(snapshot, query, every)
    total = sum(facets["kind"].values())
    if query.sort == "relevance":
        items = _ranked(snapshot, tiers.values(), within, query.limit, query.offset)
    else:
        items = _sorted(snapshot, query, every)
    instead = [] if total else _instead(snapshot, query.text, within)
    return Results(items, total, facets, snapshot.held, instead)


def suggest(snapshot: Snapshot, prefix: str, reader: Reader, limit: int) -> list[Hit]:
    """Records that are called, coded or read like ``prefix``, the likeliest first; no descriptions."""
    kinds = _kinds(snapshot, Query(), reader)
    if not kinds:
        return []
    within = _within(snapshot, Query(), kinds)
    tiers = matching.tiers(snapshot, prefix, frozenset())
    return _ranked(snapshot, [tiers[name] for name in _SUGGESTED if name in tiers], within, limit, 0)


def _kinds(snapshot: Snapshot, query: Query, reader: Reader) -> set[str]:
    """The kinds that are there, readable and asked for."""
    return {
        kind for kind in snapshot.kinds if kind in reader.kinds and (kind in query.kinds or not query.kinds)
    }


def _within(snapshot: Snapshot, query: Query, kinds: set[str]) -> list[Clause]:
    """The clauses of sight and filters; of kinds, whichever of inclusion and exclusion is cheaper."""
    others = snapshot.kinds.keys() - kinds
    clauses: list[Clause] = []
    if sum(snapshot.kinds[kind] for kind in others) <= sum(snapshot.kinds[kind] for kind in kinds):
        clauses.extend((NOT, snapshot.term("kind", kind)) for kind in sorted(others))
    else:
        clauses.append((MUST, snapshot.among("kind", sorted(kinds))))
    if query.status:
        clauses.append((MUST, snapshot.among("status", query.status)))
    if query.department:
        clauses.append((MUST, snapshot.among("department", query.department)))
    for name, values in query.facets.items():
        if values:
            clauses.append((MUST, snapshot.among("facet", [f"{name}={value}" for value in values])))
    return clauses


def _list(snapshot: Snapshot, query: Query, kinds: Collection[str], within: list[Clause]) -> Results:
    everything = tantivy.Query.all_query()
    every = both([(MUST, everything), (NOT, snapshot.term("marker", schema.MARKER)), *within])
    key = repr((sorted(kinds), sorted(query.kinds), query.status, query.department, query.facets))
    facets = snapshot.counted.get(key)
    if facets is None:
        if len(snapshot.counted) >= _MOST_LISTS:
            snapshot.counted.clear()
        facets = snapshot.counted[key] = _facets(snapshot, query, every)
    total = sum(facets["kind"].values())
    return Results(_sorted(snapshot, query, every), total, facets, snapshot.held)


def _ranked(
    snapshot: Snapshot, tiers: Iterable[Any], within: list[Clause], limit: int, offset: int
) -> list[Hit]:
    found: list[Hit] = []
    better: list[Clause] = []
    for tier in tiers:
        if len(found) >= limit:
            break
        result = snapshot.searcher.search(
            both([(MUST, tier), *within, *better]),
            limit=limit - len(found),
            offset=offset,
            order_by_field="rank",
            order=tantivy.Order.Asc,
        )
        if result.count:
            better.append((NOT, tier))
            found.extend(_rows(snapshot, result.hits))
            offset = max(0, offset - result.count)
    return found


def _sorted(snapshot: Snapshot, query: Query, every: Any) -> list[Hit]:
    if query.limit < 1:
        return []
    falls = (query.sort == "changed") != query.reverse
    order = tantivy.Order.Desc if falls else tantivy.Order.Asc
    result = snapshot.searcher.search(
        every,
        limit=query.limit,
        count=False,
        offset=query.offset,
        order_by_field=_COLUMNS[query.sort],
        order=order,
    )
    return _rows(snapshot, result.hits)


def _rows(snapshot: Snapshot, hits: Iterable[tuple[Any, Any]]) -> list[Hit]:
    return [schema.hit(snapshot.searcher.doc(address).get_first("row")) for _, address in hits]


def _facets(snapshot: Snapshot, query: Query, every: Any) -> dict[str, dict[str, int]]:
    names = (*_COUNTED, "facet") if len(set(query.kinds)) == 1 else _COUNTED
    wanted = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in names}
    counted = {name: _counts(found) for name, found in snapshot.searcher.aggregate(every, wanted).items()}
    facets = {name: counted[name] for name in _COUNTED}
    for pair, count in counted.get("facet", {}).items():
        name, _, value = pair.partition("=")
        if name not in _COUNTED:
            facets.setdefault(name, {})[value] = count
    return facets


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    buckets = [(bucket["key"], int(bucket["doc_count"])) for bucket in found["buckets"]]
    return dict(sorted(buckets, key=lambda bucket: (-bucket[1], bucket[0])))


def _instead(snapshot: Snapshot, text: str, within: list[Clause]) -> list[str]:
    alike = matching.alike(snapshot, text)
    if alike is None:
        return []
    names = (hit.name for hit in _ranked(snapshot, [alike], within, _MOST_INSTEAD, 0))
    return list(dict.fromkeys(names))

"""Names that others of the kind have already: asked before one thing is registered twice (O6)."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.elements.compare import Named, Shelf
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME, Kind
from catalog.registry.checks import OVER
from catalog.runtime import Runtime
from catalog.search.query import Query, Reader
from catalog.search.tokens import compact

_LOOKED_AT = 30
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Like:
    """A record whose name is the same (``same``) or nearly so."""

    identifier: str
    name: str
    href: str
    same: bool


def likes(
    runtime: Runtime, kind: Kind, name: str, sight: Sight, *, owner: str | None = None, own: str | None = None
) -> list[Like]:
    """Up to three records of ``kind`` called like ``name``, the likeliest first; never ``own``.

    A standard is one for all; of anything else only what the same ``owner`` has is alike.
    """
    if not name.strip() or kind.name not in sight.kinds:
        return []
    where = [owner] if owner and not kind.standard and kind.name != "department" else []
    asked = Query(text=name[:80], kinds=[kind.name], department=where, limit=_LOOKED_AT)
    hits = runtime.index.query(asked, Reader(sight.kinds)).items
    standing = [hit for hit in hits if hit.status not in OVER and hit.identifier != own]
    shelf = Shelf(Named(hit.identifier, hit.name, status=hit.status) for hit in standing)
    found = [
        Like(
            match.named.key,
            match.named.name,
            f"/{BY_NAME[kind.name].plural}/{match.named.key}",
            compact(match.named.name) == compact(name),
        )
        for match in shelf.like(Named(own or "", name), limit=_LOOKED_AT)
        if match.reasons[0] != "ending"
    ]
    return sorted(found, key=lambda like: not like.same)[:_NAMED]

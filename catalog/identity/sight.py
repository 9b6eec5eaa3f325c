"""What an actor may see; compiled into every query. One function decides, for every door."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.base.settings import Settings
from catalog.identity.actors import Actor
from catalog.kinds import KINDS

_EVERY = frozenset(kind.name for kind in KINDS)
_STANDARDS = frozenset(kind.name for kind in KINDS if kind.standard)


@dataclass(frozen=True, slots=True)
class Sight:
    """The kinds that may be read, and the departments whose internal fields show (None: every one)."""

    kinds: frozenset[str]
    internal: frozenset[str] | None


_PUBLIC = {"standards": Sight(_STANDARDS, frozenset()), "all": Sight(_EVERY, frozenset())}


def sight(actor: Actor, settings: Settings) -> Sight:
    """What ``actor`` may see. Whoever is not signed in sees what ``CATALOG_PUBLIC_READ`` opens.

    A token without the scope ``read`` sees no more than the public; one without ``internal``, and a
    vendor's account, never sees internal fields.
    """
    if not actor.signed_in or not actor.allows("read"):
        return _PUBLIC[settings.public_read]
    return Sight(_EVERY, actor.internal)

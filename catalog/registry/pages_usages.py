"""What a record uses and what uses it, read for its picture: up to two steps to the right, few of each kind."""

from __future__ import annotations

from catalog.base.db import FOREVER
from catalog.kinds import BY_NAME
from catalog.registry.graph import Group, Key, Picture, picture
from catalog.registry.pages_record import Opened
from catalog.registry.pages_words import kinds_name

_NAMED = 5  # of one kind
_FOLLOWED = 8  # records whose own users are looked up
_READ = 60

_Found = dict[Key, str]


async def usage_picture(found: Opened) -> Picture | None:
    """The picture of one record, in the kinds that its reader may see; None where nothing is connected."""
    here: Key = (found.kind.name, found.row.identifier)
    uses = {key: name for key, name in (await _links(found, here)).items() if key != here}
    groups: list[Group] = []
    users: _Found = {}
    for kind, label, total in found.used_by:
        named = dict(list((await _users(found, here, kind)).items())[:_NAMED])
        users |= named
        href = f"{found.address}/usages?kind={kind}"
        groups.append(Group(kind, label, total, _nodes(named), href))
    if not uses and not users:
        return None
    further: _Found = {}
    pairs: list[tuple[Key, Key]] = []
    for one in list(users)[:_FOLLOWED]:
        after = await _users(found, one, "")
        if one[0] == "sharing-agreement":
            after = await _links(found, one, rel="consumer")
        for key, name in after.items():
            if key != here and key not in users:
                further[key] = name
                pairs.append((one, key))
    names = await found.words.departments()
    for known in (uses, users, further):
        known |= {key: names.get(key[1], name) for key, name in known.items() if key[0] == "department"}
    return picture(
        (here, found.row.name, found.address), _grouped(found, uses), groups, _grouped(found, further), pairs
    )


async def _links(found: Opened, key: Key, rel: str = "") -> _Found:
    """The records that one refers to."""
    rows = await found.runtime.reads.find("links", kind=key[0], identifier=key[1], seq=FOREVER - 1)
    return {
        (row[2], row[3]): row[4]
        for row in rows
        if row[4] and row[2] in found.sight.kinds and (not rel or row[1] == rel)
    }


async def _users(found: Opened, key: Key, kind: str) -> _Found:
    """The first records that refer to one, of a kind where one is named."""
    rows = await found.runtime.reads.find(
        "usages", kind=key[0], identifier=key[1], seq=FOREVER - 1, k=kind, i="", p="", limit=_READ,
        quick=False,
    )  # fmt: skip
    return {
        (row[0], row[1]): row[4]
        for row in rows
        if row[0] in found.sight.kinds and (not kind or row[0] == kind)
    }


def _grouped(found: Opened, records: _Found) -> list[Group]:
    kinds = dict.fromkeys(kind for kind, _ in records)
    return [
        Group(
            kind,
            kinds_name(kind, found.language),
            sum(1 for one, _ in records if one == kind),
            _nodes({key: name for key, name in records.items() if key[0] == kind})[:_NAMED],
        )
        for kind in sorted(kinds, key=list(BY_NAME).index)
    ]


def _nodes(records: _Found) -> list[tuple[Key, str, str]]:
    return [(key, name, f"/{BY_NAME[key[0]].plural}/{key[1]}") for key, name in records.items()]

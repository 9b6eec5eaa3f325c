"""The reverse questions, on the same snapshot and by the same decision: what may X use for P; who may use E. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.snapshot import Answer, Snapshot


def permitted(
    snapshot: Snapshot, consumer: str, purpose: str, on: str, way: str = ""
) -> Iterator[tuple[Item, Answer]]:
    """Every field of others that the department may use for the purpose, with its decision; own data are left out."""
    places = sorted({place for asker, place in snapshot.grants if asker == consumer})
    items = tuple(Item(dataset=dataset, field=field) for dataset, field in places)
    answers = decide(snapshot, Question(consumer, purpose, items, way, on))
    for item, answer in zip(items, answers, strict=True):
        if answer.effect == "permit":
            yield item, answer


def consumers(snapshot: Snapshot, element: str, on: str) -> Iterator[tuple[str, str, Item, Answer]]:
    """Who may use the element, for which purpose, from which field: (consumer, purpose, item, decision)."""
    for consumer, named in sorted(snapshot.granted):
        if named != element:
            continue
        for dataset, field in snapshot.granted[consumer, named]:
            item = Item(dataset=dataset, field=field)
            purposes = {
                one for grant in snapshot.grants[consumer, (dataset, field)] for one in grant.purposes
            }
            for purpose in sorted(purposes):
                (answer,) = decide(snapshot, Question(consumer, purpose, (item,), "", on))
                if answer.effect == "permit":
                    yield consumer, purpose, item, answer

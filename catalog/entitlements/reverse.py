"""The reverse questions, on the same snapshot and by the same decision: what may X use for P; who may use E. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.snapshot import Answer, Snapshot


def permitted(
    snapshot: Snapshot, consumer: str, purpose: str, on: str, way: str = ""
) -> Iterator[tuple[Item, Answer]]:
    """Every field of others that the department may use for the purpose, with its decision; own data are left out."""
    items = tuple(Item(dataset=dataset, field=field) for dataset, field in snapshot.agreed.get(consumer, ()))
    answers = decide(snapshot, Question(consumer, purpose, items, way, on))
    for item, answer in zip(items, answers, strict=True):
        if answer.effect == "permit" and answer.agreement:
            yield item, answer


def consumers(snapshot: Snapshot, element: str, on: str) -> Iterator[tuple[str, str, Item, Answer]]:
    """Who may use the element, for which purpose, from which field: (consumer, purpose, item, decision)."""
    for consumer, named in sorted(snapshot.granted):
        if named != element:
            continue
        for dataset, field in snapshot.granted[consumer, named]:
            item = Item(dataset=dataset, field=field)
            source = snapshot.source((dataset, field))
            grants = source.partners.get(consumer, ()) if source else ()
            purposes = (
                {one for grant in grants for one in grant.purposes} if not isinstance(grants, Answer) else ()
            )
            for purpose in sorted(purposes):
                (answer,) = decide(snapshot, Question(consumer, purpose, (item,), "", on))
                if answer.effect == "permit":
                    yield consumer, purpose, item, answer

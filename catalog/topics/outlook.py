"""What a department would see of a topic for a purpose: slot by slot permitted, masked, refused or without source. Pure.

Nobody's data are needed for it: the answer is that of the decision on the slot's field, with the mask that the
topic itself sets for the purpose where that one is stricter (Decree 809 art. 25: putting together is a use of its
own, so the topic names the purposes for which it may be opened).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.base.documents import Document
from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.snapshot import Answer, Reason, Snapshot, strictness
from catalog.topics.coverage import slots

State = Literal["none", "refused", "masked", "permitted"]
STATES: tuple[State, ...] = ("none", "refused", "masked", "permitted")

_SOURCELESS = frozenset({"element-without-source", "element-unknown", "dataset-unknown", "field-unknown"})
_WHOLE = ("", "full")
_HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Seen:
    """One slot as the department would see it."""

    section: Document
    slot: Document
    state: State
    answer: Answer
    mask: str  # the strictest of the agreement's and the topic's; empty where nothing is masked or shown
    reasons: tuple[Reason, ...]


def outlook(
    topic: Document, snapshot: Snapshot, *, consumer: str, purpose: str, way: str, on: str
) -> list[Seen]:
    """Every slot of the topic, in its order."""
    pairs = list(slots(topic))
    items = tuple(_item(slot) for _, slot in pairs)
    answers = decide(snapshot, Question(consumer, purpose, items, way, on))
    listed = topic.get("purposes", ())
    foreign = bool(listed) and purpose in snapshot.purposes and purpose not in listed
    return [
        _seen(section, slot, answer, purpose, foreign=foreign)
        for (section, slot), answer in zip(pairs, answers, strict=True)
    ]


def _item(slot: Document) -> Item:
    """The authoritative field where the slot names one, else the element from any source."""
    if slot.get("dataset") and slot.get("field"):
        return Item(dataset=slot["dataset"], field=slot["field"])
    return Item(element=slot["element"]) if slot.get("element") else Item()


def _seen(section: Document, slot: Document, answer: Answer, purpose: str, *, foreign: bool) -> Seen:
    if not slot.get("element") and not slot.get("dataset"):
        return Seen(section, slot, "none", answer, "", (Reason("topic-no-element"),))
    if answer.reasons[0].code in _SOURCELESS:
        return Seen(section, slot, "none", answer, "", answer.reasons)
    if foreign:
        return Seen(section, slot, "refused", answer, "", (Reason("topic-purpose", purpose), *answer.reasons))
    if answer.effect == "deny":
        return Seen(section, slot, "refused", answer, "", answer.reasons)
    mask = max((answer.mask, _own_mask(slot, purpose)), key=strictness)
    if mask == _HIDDEN:
        return Seen(section, slot, "refused", answer, "", (Reason("topic-hidden", purpose),))
    if mask in _WHOLE:
        return Seen(section, slot, "permitted", answer, "", answer.reasons)
    return Seen(section, slot, "masked", answer, mask, answer.reasons)


def _own_mask(slot: Document, purpose: str) -> str:
    """The mask that the topic sets for the purpose."""
    masks: Sequence[Document] = slot.get("masks", ())
    said = next((one.get("mask", "") for one in masks if one.get("purpose") == purpose), None)
    return str(slot.get("default_mask", "") if said is None else said)

"""What a sharing request and its answer must fulfil: Decree No. 809 art. 14, 15, 20 to 22. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.datasets.sharing import REFUSED, UNCONDITIONAL

EXTERNAL = "external"
FULL, HIDDEN = "full", "hidden"
GROUNDS = ("scope", "purpose", "need", "closed", "absent", "other")
"""What a refusal may rest on. Missing material is none of them: it is asked for once (art. 21(2))."""
_DISTRICT = ("4", "5")  # CL0114: district, township
_RETURNED, _OBTAINED = "2", "3"  # CL0112


@dataclass(frozen=True)
class Known:
    """What the maintained lists say today, and what the register says of the dataset."""

    dataset: Document
    purposes: Collection[str] = ()
    ways: Collection[str] = ()
    cycles: Collection[str] = ()
    ranks: Collection[str] = ()
    masks: Collection[str] = ()
    systems: Collection[str] = ()  # of the department that asks
    personal: Collection[str] = field(default=())  # names of the fields that hold personal information

    @property
    def fields(self) -> dict[str, Document]:
        """The fields of the dataset by name."""
        return {str(one.get("name")): one for one in self.dataset.get("fields", ())}


def track_of(dataset: Document, provider: Document, consumer: Document, asked: Collection[str] = ()) -> str:
    """Which way the request goes: the provider answers by the strictest share class asked for, or the bureau
    files it outside.

    Outside are providers of the state, the province or the city, those of another division, data that the
    holder itself got by sharing (passing them on needs their provider's consent, art. 25), and returned data
    (回流) that no system of the district holds yet.
    """
    inside = provider.get("level", "4") in _DISTRICT
    here, there = consumer.get("division", "")[:6], provider.get("division", "")[:6]
    if not inside or (here and there and here != there):
        return EXTERNAL
    origin = dataset.get("origin")
    if origin == _OBTAINED or (origin == _RETURNED and not dataset.get("systems")):
        return EXTERNAL
    whole = dataset.get("share", {}).get("class")
    classes = {
        one.get("share_class") or whole for one in dataset.get("fields", ()) if one.get("name") in asked
    } or {whole}
    return "unconditional" if classes == {UNCONDITIONAL} else "conditional"


def askable(dataset: Document) -> list[Document]:
    """The fields that may be asked for: all but those that are not shared."""
    return [one for one in dataset.get("fields", ()) if one.get("share_class") != REFUSED]


def asked_violations(
    document: Document, known: Known, *, on: date, since: date | None = None
) -> Iterator[Violation]:
    """What is wrong with what was asked, beyond what is missing; ``since`` is when it left its author."""
    fields = known.fields
    for index, name in enumerate(document.get("items", ())):
        if name not in fields:
            yield Violation(f"/items/{index}", "request-field-unknown", found=name)
        elif fields[name].get("share_class") == REFUSED:
            yield Violation(f"/items/{index}", "request-field-refused", found=name)
    yield from _listed(document, "purpose", known.purposes, "request-purpose-unknown")
    yield from _listed(document, "frequency", known.cycles, "request-code-unknown")
    yield from _listed(document, "system", known.systems, "request-system-foreign")
    for index, basis in enumerate(document.get("legal_basis", ())):
        for name in ("title", "rank"):
            if not basis.get(name):
                yield Violation(f"/legal_basis/{index}/{name}", "case-missing", values={"part": name})
        yield from _listed(basis, "rank", known.ranks, "request-code-unknown", f"/legal_basis/{index}")
    offered = known.dataset.get("share", {}).get("ways") or sorted(known.ways)
    yield from _listed(document, "way", offered, "request-way-not-offered")
    yield from _period_violations(document.get("period"), on, since or on)


def _listed(
    document: Document, name: str, codes: Collection[str], rule: str, place: str = ""
) -> Iterator[Violation]:
    value = document.get(name)
    if value is not None and value not in codes:
        yield Violation(f"{place}/{name}", rule, found=value, expected=sorted(codes))


def _period_violations(period: Mapping[str, str] | None, on: date, since: date) -> Iterator[Violation]:
    if period is None:
        return
    start, end = period.get("from"), period.get("until")
    for name in ("from", "until"):
        if not period.get(name):
            yield Violation(f"/period/{name}", "case-missing", values={"part": name})
    if start and start < since.isoformat():
        yield Violation("/period/from", "request-backdated", found=start, expected=since.isoformat())
    if end and end < on.isoformat():
        yield Violation("/period/until", "request-over", found=end, expected=on.isoformat())
    if start and end and end < start:
        yield Violation("/period/until", "request-period", found=end, expected=start)


def answer_violations(document: Document, known: Known, verb: str) -> Iterator[Violation]:
    """Every field that was asked for is answered exactly once, each refusal with its reason, each mask named."""
    asked: Sequence[str] = document.get("items", ())
    answers: Sequence[Mapping[str, Any]] = document.get("answer", ())
    seen: set[str] = set()
    for index, one in enumerate(answers):
        name, place = str(one["item"]), f"/answer/{index}"
        if name not in asked:
            yield Violation(f"{place}/item", "request-answer-foreign", found=name)
        elif name in seen:
            yield Violation(f"{place}/item", "request-answer-twice", found=name)
        seen.add(name)
        yield from _answered(one, place, known)
    for name in asked:
        if name not in seen:
            yield Violation("/answer", "request-answer-missing", found=name)
    given = [one for one in answers if one.get("effect") in ("permit", "mask")]
    if verb == "agree" and answers and not given:
        yield Violation("/answer", "request-nothing-granted")
    if verb == "refuse" and given:
        yield Violation("/answer", "request-something-granted", found=[one["item"] for one in given])
    if verb == "agree":
        yield from _assessment_violations(document, known, [str(one["item"]) for one in given])


def _answered(one: Mapping[str, Any], place: str, known: Known) -> Iterator[Violation]:
    name, effect = one["item"], one.get("effect")
    if not effect:
        yield Violation(f"{place}/effect", "request-answer-missing", found=name)
    elif effect == "refuse":
        if not one.get("ground"):
            yield Violation(f"{place}/ground", "request-ground-missing", found=name)
        if not str(one.get("reason", "")).strip():
            yield Violation(f"{place}/reason", "request-reason-missing", found=name)
    elif effect == "mask" and not one.get("mask"):
        yield Violation(f"{place}/mask", "request-mask-missing", found=name)
    elif effect == "mask" and one["mask"] not in masks_of(known.masks):
        found, expected = one["mask"], masks_of(known.masks)
        yield Violation(f"{place}/mask", "request-mask-unknown", found=found, expected=expected)
    elif name not in known.fields:
        yield Violation(f"{place}/effect", "request-field-unknown", found=name)
    elif known.fields[name].get("share_class") == REFUSED:
        yield Violation(f"{place}/effect", "request-field-refused", found=name)


def _assessment_violations(document: Document, known: Known, given: Sequence[str]) -> Iterator[Violation]:
    """PIPL art. 55: personal information is provided to another only after an impact assessment."""
    personal = [name for name in given if name in known.personal]
    held = document.get("impact_assessment") or {}
    for name in ("number", "done_on"):
        if personal and not held.get(name):
            yield Violation(f"/impact_assessment/{name}", "request-assessment-missing", found=personal)


def assessed_violations(document: Document, *, on: date) -> Iterator[Violation]:
    """An assessment precedes what it assesses: its day is not to come."""
    done = document.get("impact_assessment", {}).get("done_on", "")
    if done > on.isoformat():
        yield Violation("/impact_assessment/done_on", "date-in-future", found=done, expected=on.isoformat())


def upstream_violations(document: Document, *, on: date) -> Iterator[Violation]:
    """What the bureau records of the upper platform: number, both days in their order, none to come."""
    held = document.get("upstream") or {}
    for name in ("number", "filed_on", "answered_on", "result"):
        if not held.get(name):
            yield Violation(f"/upstream/{name}", "case-missing", values={"part": f"upstream-{name}"})
    for name in ("filed_on", "answered_on"):
        if held.get(name, "") > on.isoformat():
            yield Violation(f"/upstream/{name}", "date-in-future", found=held[name], expected=on.isoformat())
    if held.get("filed_on") and held.get("answered_on", "9999") < held["filed_on"]:
        yield Violation(
            "/upstream/answered_on", "request-period", found=held["answered_on"], expected=held["filed_on"]
        )


def masks_of(codes: Collection[str]) -> list[str]:
    """The masks that leave something and hide something: neither in full nor not at all."""
    return [code for code in codes if code not in (FULL, HIDDEN)]


def proposed(name: str, known: Known) -> dict[str, str]:
    """What the catalogue itself foresees for a field: in full, by its mask; nothing where it is hidden."""
    mask = known.fields.get(name, {}).get("mask", "")
    if mask == HIDDEN:
        return {"item": name}
    return {"item": name, "effect": "mask", "mask": mask} if mask in masks_of(known.masks) else {
        "item": name, "effect": "permit"
    }  # fmt: skip

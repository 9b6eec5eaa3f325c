"""What a form offers to choose from: small code lists, departments, people; and what is chosen, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import orjson

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.forms.controls import MANY, Offer, Option
from catalog.forms.people import names
from catalog.identity.actors import Actor
from catalog.identity.sight import Sight, sight
from catalog.registry.documents import called
from catalog.registry.pages_words import lookup, words
from catalog.registry.reads import Reads
from catalog.runtime import Runtime
from catalog.standards.annotations import PERSON, Annotations

_LISTED = 400  # departments and people that a browser completes by itself
_ELEMENT = "data-element"

_Labels = list[tuple[str, str, str]]
_REMEMBERED: WeakKeyDictionary[Reads, tuple[int, str, dict[str, _Labels | None]]] = WeakKeyDictionary()


async def offer(
    runtime: Runtime, annotations: Annotations, document: Document, actor: Actor, language: Language
) -> Offer:
    """Everything that the form of ``document`` needs, for somebody who is signed in."""
    codes = await _codes(runtime, {one.code_list for one in annotations.fields if one.code_list}, language)
    refs = {one.ref for one in annotations.fields if one.ref}
    departments = await (await words(runtime.reads)).departments() if "department" in refs else {}
    people = (await names(runtime, actor))[:_LISTED] if PERSON in refs else []
    chosen = await _chosen(runtime, annotations, document, sight(actor, runtime.settings), language)
    chosen |= {(PERSON, key): name for key, name in people}
    return Offer(codes, sorted(departments.items())[:_LISTED], people, chosen)


async def _codes(runtime: Runtime, lists: set[str], language: Language) -> Mapping[str, Sequence[Option]]:
    """The current codes of every list that is small enough to be shown whole."""
    reads, today = runtime.reads, clock.today(runtime.settings.zone).isoformat()
    seq = await reads.last()
    held = _REMEMBERED.get(reads)
    if held is None or held[:2] != (seq, today):
        held = _REMEMBERED[reads] = (seq, today, {})
    known = held[2]
    for name in sorted(lists - known.keys()):
        rows = await reads.find("codes", code_list=name, seq=FOREVER - 1, after=-1, limit=3 * MANY)
        current = [row for row in rows if not (row[4] and row[4] < today)]
        texts = [(row[0], orjson.loads(row[5])) for row in current]
        labels = [(code, called(said, "zh"), called(said, "en")) for code, said in texts]
        known[name] = labels if 0 < len(labels) <= MANY else None
    english = 2 if language == "en" else 1
    found: dict[str, Sequence[Option]] = {}
    for name in lists:
        shown = known[name]
        if shown is not None:
            found[name] = [(row[0], row[english]) for row in shown]
    return found


async def _chosen(
    runtime: Runtime, annotations: Annotations, document: Document, seen: Sight, language: Language
) -> dict[tuple[str, str], str]:
    """Names of what the document refers to; an element with the grade that a field inherits from it."""
    known = await lookup(runtime.reads, annotations, [document], seen, language, people=True)
    found: dict[tuple[str, str], str] = dict(known.names)
    found |= {(f"code:{code_list}", code): label for (code_list, code), label in known.codes.items()}
    elements = [identifier for kind, identifier in found if kind == _ELEMENT]
    if elements:
        rows = await runtime.reads.listed(_ELEMENT, only=elements, limit=len(elements))
        grades = {row.identifier: (row.document.get("grade") or {}).get("grade") for row in rows}
        labels = await (await words(runtime.reads)).codes(
            {("CL0106", grade) for grade in grades.values() if grade}, language
        )
        for identifier, grade in grades.items():
            if grade and ("CL0106", grade) in labels:
                found[_ELEMENT, identifier] = text(
                    "form.inherits", language,
                    name=found[_ELEMENT, identifier], grade=labels["CL0106", grade],
                )  # fmt: skip
    return found

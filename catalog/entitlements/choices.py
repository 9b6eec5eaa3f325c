"""What a question is put together from in a form: departments that one may ask about, purposes, ways of sharing."""

from __future__ import annotations

from typing import Any

from catalog.base.db import FOREVER
from catalog.base.i18n import Language
from catalog.entitlements import service
from catalog.entitlements.reading import PURPOSES, WAYS
from catalog.identity.actors import Actor
from catalog.registry.pages_record import Opened
from catalog.registry.pages_words import Words, words
from catalog.registry.reads import Reads

Choice = tuple[str, str]  # the value and its label


async def codes(reads: Reads, code_list: str, on: str, language: Language) -> list[Choice]:
    """The codes of a list that hold on a day, in their order."""
    rows = await reads.find("code_terms", code_list=code_list)
    current = [str(code) for code, _, _, until in rows if not until or until >= on]
    known: Words = await words(reads)
    labels = await known.codes([(code_list, code) for code in current], language)
    return [(code, labels.get((code_list, code), code)) for code in current]


async def purposes(reads: Reads, on: str, language: Language) -> list[Choice]:
    """The purposes of CL0105."""
    return await codes(reads, PURPOSES, on, language)


async def ways(reads: Reads, on: str, language: Language) -> list[Choice]:
    """The ways of sharing of CL0102."""
    return await codes(reads, WAYS, on, language)


async def departments(reads: Reads, actor: Actor | None) -> list[Choice]:
    """The departments that the actor may ask about; for None all."""
    known = await words(reads)
    rows = await reads.find("statuses", kind="department", seq=FOREVER - 1)
    active = {identifier for identifier, status in rows if status == "active"}
    return [
        (one, name)
        for one, name in sorted((await known.departments()).items())
        if one in active and (actor is None or service.may_ask(actor, one))
    ]


async def beside(found: Opened) -> dict[str, Any]:
    """“May we use this?” beside a data element or a dataset; whoever is not signed in is led to signing in."""
    actor, reads = found.request.state.actor, found.runtime.reads
    element = found.kind.name == "data-element"
    thing = ("element" if element else "dataset", found.row.identifier)
    made: dict[str, Any] = {
        "template": "entitlements/_box.html",
        "thing": thing,
        "own": actor.department or "",
    }
    if not actor.signed_in:
        return made | {"departments": None}
    on = service.today(found.runtime)
    return made | {
        "departments": await departments(reads, actor),
        "purposes": await purposes(reads, on, found.language),
        "ways": await ways(reads, on, found.language),
        "today": on,
    }

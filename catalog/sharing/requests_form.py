"""The form of a sharing request: what a browser posts becomes parts of the case, and parts become controls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.base.i18n import Language, describe, text
from catalog.datasets.sharing import REFUSED
from catalog.registry.documents import called
from catalog.sharing.requests import TYPE
from catalog.sharing.requests_known import CYCLE, PURPOSE, RANK, WAY, Ground
from catalog.standards.lifecycles import lifecycle

PLAIN = ("purpose", "purpose_wanted", "scenario", "scope", "way", "frequency", "system")
BASIS = ("title", "article", "rank", "number")
_LEAST = 2  # rows for legal bases
_MOST = 20
_CLASS, _GRADE = "CL0101", "CL0106"
Choice = tuple[str, str]


@dataclass
class Sheet:
    """A form to be shown: what stands in it, what may be chosen, what is wrong where."""

    ground: Ground
    values: Document
    rows: list[dict[str, Any]]
    bases: list[Document]
    purposes: list[Choice]
    ways: list[Choice]
    cycles: list[Choice]
    ranks: list[Choice]
    errors: dict[str, list[str]] = field(default_factory=dict)
    summary: list[tuple[str, str]] = field(default_factory=list)  # (control, what is wrong)


def typed(form: FormData) -> Document:
    """The parts that a posted form says; an empty one is None, so that saving takes it out."""
    said = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    values: Document = {name: said.get(name) or None for name in PLAIN}
    values["items"] = [one for one in form.getlist("item") if isinstance(one, str)] or None
    bases = [
        {name: said[f"basis.{n}.{name}"] for name in BASIS if said.get(f"basis.{n}.{name}")}
        for n in range(_MOST)
    ]
    # a rank alone is what the list showed first, not what somebody has typed
    values["legal_basis"] = [one for one in bases if set(one) - {"rank"}] or None
    values["period"] = {name: said[name] for name in ("from", "until") if said.get(name)} or None
    return values


def sheet(
    ground: Ground, values: Document, language: Language, found: Iterable[Violation] = (), *, more: int = 0
) -> Sheet:
    """The form over ``values``; ``more`` adds blank rows for legal bases."""
    offered = ground.dataset.get("share", {}).get("ways", ())
    ways = [one for one in ground.lists[WAY] if not offered or one["code"] in offered]
    held = list(values.get("legal_basis") or ())
    made = Sheet(
        ground=ground,
        values={name: value for name, value in values.items() if value is not None},
        rows=rows(ground, language, chosen=values.get("items") or ()),
        bases=[*held, *({} for _ in range(max(_LEAST - len(held), more, 0)))][:_MOST],
        purposes=choices(ground.lists[PURPOSE], language),
        ways=choices(ways, language),
        cycles=choices(ground.lists[CYCLE], language),
        ranks=choices(ground.lists[RANK], language),
    )
    for one in found:
        said = described(one, language)
        made.errors.setdefault(_part(one), []).append(said)
        made.summary.append((_control(one, made), said))
    return made


def choices(codes: Iterable[Document], language: Language) -> list[Choice]:
    """Codes with what they are called."""
    return [(str(one["code"]), called(one, language)) for one in codes]


def rows(ground: Ground, language: Language, *, chosen: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The fields of the dataset as rows: name, meaning, share class, grade."""
    share = ground.dataset.get("share", {}).get("class", "")
    return [
        _row(ground, one, share, one.get("name") in chosen, language)
        for one in ground.dataset.get("fields", ())
    ]


def _row(ground: Ground, one: Document, share: str, chosen: bool, language: Language) -> dict[str, Any]:
    element = ground.elements.get(one.get("element", ""), {})
    own = one.get("share_class") or share
    level, grade = one.get("general_level"), one.get("grade", "")
    said = ground.label(_GRADE, grade, language) if grade else ""
    return {
        "name": one.get("name", ""),
        "about": one.get("definition") or element.get("definition", ""),
        "class": ground.label(_CLASS, own, language),
        "closed": REFUSED in (own, share),
        "grade": f"{said} {text('dataset.level', language, n=level)}" if level else said,
        "sensitive": one.get("sensitive") is True,
        "personal": element.get("personal") is True,
        "mask": one.get("mask", ""),
        "chosen": chosen,
    }


def described(one: Violation, language: Language) -> str:
    """What is wrong and how to mend it, in one line; parts by the names that the reader knows."""
    if "part" in one.values:
        name = named(str(one.values["part"]), language)
        one = replace(one, values=one.values | {f"title_{language}": name})
    said = describe(one)
    if one.rule == "case-missing":
        return str(said[language])
    gap = "" if language == "zh" else " "
    return f"{said[language]}{gap}{said.get(f'mend_{language}', '')}".strip()


def named(part: str, language: Language) -> str:
    """What a part, or a piece of one, is called."""
    found = lifecycle(TYPE).parts.get(part)
    if found:
        return found.zh if language == "zh" else found.en
    return text(f"request.{part}", language)


def _part(one: Violation) -> str:
    """The control that a violation belongs to: ``legal_basis.0.rank``, ``period.from``, ``items``."""
    steps = one.pointer.split("/")[1:]
    return "items" if steps[:1] == ["items"] else ".".join(steps)


def _control(one: Violation, made: Sheet) -> str:
    """The id of that control on the page."""
    steps = one.pointer.split("/")[1:] or [""]
    match steps:
        case ["items", number] if number.isdigit() and _standing(made, int(number)) is not None:
            return f"item-{_standing(made, int(number))}"
        case ["items", *_]:
            return "items"
        case ["legal_basis"]:
            return "basis.0.title"
        case ["legal_basis", number, *rest]:
            return f"basis.{number}.{rest[0] if rest else 'title'}"
        case ["period", *rest]:
            return rest[0] if rest else "from"
    return steps[0]


def _standing(made: Sheet, number: int) -> int | None:
    """Where an asked field stands in the table; None where the dataset has no such field."""
    asked = made.values.get("items", ())
    if number >= len(asked):
        return None
    return next((n for n, row in enumerate(made.rows, 1) if row["name"] == asked[number]), None)

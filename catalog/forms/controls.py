"""From a standard and a document to the sections and controls of a form. Pure; no database.

Every control is named as ``names`` says. What it needs from elsewhere (codes, departments, names of what it
refers to) comes in as an ``Offer``; what is wrong with the document as ``Said``, by pointer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.forms.duties import duties
from catalog.forms.names import EXTENSIONS, by_line, control_id, said, shown
from catalog.forms.stencil import CHOSEN, NUMBER, SAYS, VALUE, Filled, Stencil
from catalog.kinds import Profile
from catalog.registry.pages_facts import enum_name
from catalog.standards.annotations import PERSON, Annotations, Field
from catalog.standards.compile import PROFILES
from catalog.standards.wording import explain

Option = tuple[str, str]

FEW = 5  # choices that stand one below the other; more are a list to open
MANY = 40  # codes from here on are searched for
LARGE = 500  # rows from here on are a workbook's matter
_TABLE = 200  # lists that may hold so many rows are tables
_LONG = 300  # characters from which a text has several lines
_BLANK_ROWS = 3
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SEVERAL = ("choices", "pickers", "lines", "texts")
_CHOSEN = ("choice", "select", "choices")
_BLANK = Filled(())


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is wrong or doubtful at a control, in the reader's language."""

    pointer: str
    severity: str
    text: str
    mend: str = ""
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be chosen: codes of small lists, departments, people; and what is chosen, in words."""

    codes: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    departments: Sequence[Option] = ()
    people: Sequence[Option] = ()
    chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(slots=True)
class Control:
    """One control, or a group of them; ``shape`` says which."""

    name: str
    id: str
    column: str
    shape: str
    label: str
    hint: str = ""
    duty: str = ""
    value: str = ""
    values: Sequence[str] = ()
    options: Sequence[Option] = ()
    example: str = ""
    most: int = 0
    picker: str = ""
    listed: str = ""
    chosen: str = ""
    suggest: str = ""
    asks: str = ""
    says: str = ""
    internal: bool = False
    errors: list[Said] = field(default_factory=list)
    children: Sequence[Control] = ()
    rows: Sequence[Row] = ()
    template: Row | None = None
    kept: int = 0
    stencil: type[Stencil] = Stencil

    @property
    def wrong(self) -> bool:
        """Whether an error stands here, not only a warning."""
        return any(one.severity == "error" for one in self.errors)


@dataclass(slots=True)
class Row:
    """One row of a list of objects; ``number`` tells it apart."""

    number: str
    name: str
    id: str
    cells: Sequence[Control | Filled]  # values alone where a table's cell looks as its pattern
    errors: list[Said] = field(default_factory=list)

    @property
    def controls(self) -> list[Control]:
        """The cells that are controls of their own."""
        return [cell for cell in self.cells if isinstance(cell, Control)]

    @property
    def ordinal(self) -> str:
        """The number as people count; a row to be copied has none."""
        return str(int(self.number) + 1) if self.number.isdigit() else ""


@dataclass(slots=True)
class Section:
    """The controls of one group of the standard; ``count`` of its errors."""

    id: str
    title: str
    controls: Sequence[Control]
    count: int = 0


@dataclass(slots=True)
class Form:
    """All sections, and what is wrong without a control of its own."""

    sections: Sequence[Section]
    summary: Sequence[tuple[str, str, Said]]  # (id of the control or "", label, what is said)


def form_of(
    document: Document,
    annotations: Annotations,
    language: Language,
    offer: Offer,
    *,
    profile: Profile,
    found: Sequence[Said] = (),
    more: Mapping[str, int] | None = None,
    fixed: frozenset[str] = frozenset(),
    kept: Mapping[str, int] | None = None,
) -> Form:
    """The form of ``document``. ``more`` adds blank rows; ``fixed`` names no control; ``kept`` stays unseen."""
    building = _Building(annotations, language, offer, profile, found, more or {}, kept or {})
    groups: dict[str, list[Control]] = {}
    for one in annotations.top:
        if one.name not in fixed:
            control = building.control(one, f"/{one.name}", document.get(one.name), required=True)
            groups.setdefault(one.group or "", []).append(control)
    titles = {g["id"]: g["title"] if language == "zh" else g["x-title"] for g in annotations.groups}
    titles[""] = text("facts.further", language)
    sections = [Section(id or "rest", title, groups[id]) for id, title in titles.items() if groups.get(id)]
    for section in sections:
        section.count = sum(building.errors_in(control) for control in section.controls)
    return Form(sections, building.summary(sections))


class _Building:
    """One form in the making."""

    def __init__(
        self,
        annotations: Annotations,
        language: Language,
        offer: Offer,
        profile: Profile,
        found: Sequence[Said],
        more: Mapping[str, int],
        kept: Mapping[str, int],
    ) -> None:
        self._annotations = annotations
        self._language = language
        self._offer = offer
        self._profiles = PROFILES[: PROFILES.index(profile) + 1]
        self._more = more
        self._kept = kept
        self._duties = duties(annotations, language, self._profiles, offer.codes)
        self._left: dict[str, list[Said]] = {}
        for one in found:
            self._left.setdefault(one.pointer, []).append(one)
        self._all = list(found)
        self._places: dict[str, str] = {}
        self._spoken = {place for one in found for place in _within(one.pointer)}

    def control(
        self, one: Field, at: str, value: Any, *, required: bool, bare: bool = False, found: bool = True
    ) -> Control:
        """The control at ``at``; ``bare`` ones stand in a table, whose head says what they are."""
        language = self._language
        made = Control(
            name=at, id=control_id(at), column=one.name, shape=_shape(one, self._offer), label=one.label(language),
            internal=one.internal,
        )  # fmt: skip
        if not bare:
            made.hint = one.description(language)
            made.example = _example(one)
        made.duty = self._duty(one, required)
        made.most = int(one.schema.get("maxLength", 0))
        if found:
            self._places[at] = made.id
            made.errors = self._left.pop(at, [])
        self._fill(made, one, value, bare=bare, found=found)
        return made

    def _duty(self, one: Field, required: bool) -> str:
        if one.required_from in self._profiles:
            return text("form.required" if required else "form.required-inside", self._language)
        if one.required_from is not None:
            return text(f"form.required-{one.required_from}", self._language)
        return self._duties.get(one.pattern, "")

    def _fill(self, made: Control, one: Field, value: Any, *, bare: bool, found: bool) -> None:
        match made.shape:
            case "object":
                inner = value if isinstance(value, dict) else {}
                due = one.required_from in self._profiles
                made.children = [
                    self.control(child, f"{made.name}/{child.name}", inner.get(child.name), required=due, found=found)
                    for child in one.children
                ]  # fmt: skip
            case "rows" | "table":
                self._rows(made, one, value, nested=not found)
            case "pairs":
                own = list(value.items()) if isinstance(value, dict) else []
                made.values = [shown(key) for key, _ in own] + [""]
                made.options = [(shown(key), said(inner)) for key, inner in own] + [("", "")]
            case shape if shape in _SEVERAL:
                items = value if isinstance(value, list) else ([] if value is None else [value])
                made.values = [shown(item) for item in items]
                made.value = "\n".join(made.values)
                self._offered(made, one)
                for number in range(len(made.values)):
                    made.errors = made.errors + self._left.pop(f"{made.name}/{number}", [])
            case _:
                made.value = "" if value is None or isinstance(value, (dict, list)) else shown(value)
                if made.shape == "date" and made.value and not _ISO.match(made.value):
                    made.shape = "text"
                self._offered(made, one)
                self._explain(made, one, bare=bare)

    def _offered(self, made: Control, one: Field) -> None:
        """What can be chosen at a control, and what its value means."""
        language = self._language
        enum = one.schema.get("enum") or one.items.get("enum")
        if made.shape in _CHOSEN and not one.code_list:
            made.options = [(shown(value), enum_name(shown(value), language)) for value in enum or ()]
        elif one.code_list and made.shape in _CHOSEN:
            made.options = self._offer.codes.get(one.code_list, ())
        if made.shape in _CHOSEN:
            known = {value for value, _ in made.options}
            missing = [v for v in (made.values or [made.value]) if v and v not in known]
            made.options = [*made.options, *((value, value) for value in missing)]
        if made.shape in ("picker", "pickers"):
            key = f"code:{one.code_list}" if one.code_list else str(one.ref)
            made.picker = key
            made.listed = {"department": "departments", PERSON: "people"}.get(key, "")
            chosen = self._offer.chosen
            made.chosen = chosen.get((key, made.value), "") if made.shape == "picker" else ""
            made.rows = [
                Row(str(n), made.name, "", (), [Said("", "", chosen.get((key, v), ""))])
                for n, v in enumerate(made.values)
            ]

    def _explain(self, made: Control, one: Field, *, bare: bool) -> None:
        if one.schema.get("format") == "data-format":
            made.asks = "format"
            made.says = explain(made.value, self._language) if made.value else ""
        elif made.name == "/name":
            made.asks = "likes"
        if bare and one.name == "name":
            made.suggest = "element"

    def _rows(self, made: Control, one: Field, value: Any, *, nested: bool) -> None:
        rows = [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []
        if made.name in self._kept:
            made.kept = self._kept[made.name]
            return
        extra = self._more.get(made.name, 0)
        blank = (extra or 1) + _BLANK_ROWS - 1 if made.shape == "table" else extra
        shown_rows = [*rows, *({} for _ in range(blank))]
        if not nested:
            made.template = self._row(made, one, NUMBER, {}, found=False)
        if made.template and made.shape == "table":
            for cell in made.template.controls:
                cell.value = VALUE
                cell.says = SAYS if cell.asks == "format" else ""
                cell.chosen = CHOSEN if cell.picker else ""
        made.rows = [self._row(made, one, str(n), row) for n, row in enumerate(shown_rows)]

    def _row(self, made: Control, one: Field, number: str, row: Document, *, found: bool = True) -> Row:
        at = f"{made.name}/{number}"
        errors = self._left.pop(at, []) if found else []
        if found:
            self._places[at] = control_id(at)
        table = made.shape == "table"
        patterns = made.template.controls if made.template and table else ()
        cells: list[Control | Filled] = []
        for child, pattern in zip_longest(one.children, patterns):
            name, value = f"{at}/{child.name}", row.get(child.name)
            plain = self._filled(pattern, value) if pattern and name not in self._spoken else None
            cells.append(plain or self.control(child, name, value, required=False, bare=table, found=found))
        return Row(number, at, control_id(at), cells, errors)

    def _filled(self, pattern: Control, value: Any) -> Filled | None:
        """A cell as its value alone; None where it does not look as the pattern of its column."""
        if value is None:
            return _BLANK
        if not _alike(pattern, value):
            return None
        texts = [shown(item) for item in value] if isinstance(value, list) else [shown(value)]
        chosen = self._offer.chosen.get((pattern.picker, texts[0]), "") if pattern.shape == "picker" else ""
        says = explain(texts[0], self._language) if pattern.asks == "format" else ""
        return Filled(texts, chosen, says)

    def errors_in(self, control: Control) -> int:
        """How many errors stand at a control and within it."""
        inner = sum(self.errors_in(child) for child in control.children)
        for row in control.rows:
            inner += sum(one.severity == "error" for one in row.errors)
            inner += sum(self.errors_in(cell) for cell in row.controls)
        return inner + sum(one.severity == "error" for one in control.errors)

    def summary(self, sections: Iterable[Section]) -> list[tuple[str, str, Said]]:
        """Every error and warning with where it stands: without a control first, then as the form goes."""
        order = {place: number for number, place in enumerate(self._places)}
        made = []
        for one in self._all:
            place = one.pointer
            while place and place not in self._places:
                place = place.rpartition("/")[0]
            label = self._annotations.label(one.pointer, self._language)
            rank = (one.severity != "error", order.get(place, -1))
            made.append((rank, (self._places.get(place, ""), label, one)))
        return [item for _, item in sorted(made, key=lambda pair: pair[0])]


def _within(pointer: str) -> Iterator[str]:
    """The place and every place around it."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _alike(cell: Control, value: Any) -> bool:
    """Whether a cell of this value looks as that of any other: a known choice, a date that is one."""
    if (
        isinstance(value, dict)
        or isinstance(value, list) != (cell.shape in _SEVERAL)
        or cell.shape == "pairs"
    ):
        return False
    if cell.shape in _CHOSEN:
        known = {code for code, _ in cell.options}
        return all(shown(item) in known for item in (value if isinstance(value, list) else [value]))
    return cell.shape != "date" or bool(_ISO.match(shown(value)))


def _shape(one: Field, offer: Offer) -> str:
    schema, enum = one.schema, one.schema.get("enum") or one.items.get("enum")
    few = bool(enum) or (one.code_list is not None and one.code_list in offer.codes)
    if one.name == EXTENSIONS and not one.children:
        return "pairs"
    if one.type == "object":
        return "object"
    if one.type == "array" and one.children:
        flat = not any(child.children for child in one.children)
        return "table" if flat and int(schema.get("maxItems", 0)) >= _TABLE else "rows"
    if one.type == "array":
        if few:
            return "choices"
        if one.ref or one.code_list:
            return "pickers"
        return "lines" if by_line(one) else "texts"
    if one.type == "boolean":
        return "boolean"
    if few:
        size = len(enum or offer.codes.get(one.code_list or "", ()))
        return "choice" if size <= FEW else "select"
    if one.ref or one.code_list:
        return "picker"
    if one.type == "integer" or one.decimal:
        return "number"
    if schema.get("format") == "date":
        return "date"
    return "long" if one.widget == "textarea" or int(schema.get("maxLength", 0)) > _LONG else "text"


def _example(one: Field) -> str:
    found = one.schema.get("examples") or one.items.get("examples") or ()
    first = found[0] if found else ""
    return shown(first) if not isinstance(first, (dict, list)) else ""

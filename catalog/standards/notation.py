"""The data format notation of GB/T 39046-2020 §5.3 (tables 2 and 3), built on GB/T 19488.2-2008.

``an..18`` is at most 18 letters or digits, ``an5(aannn)`` five with a picture, ``n..16,2`` at most 16
digits of which 2 are decimals, ``..ul`` text of any length, ``YYYYMMDDThhmmss`` a moment, ``二进制``
binary content. ``c`` is the dialect of GA/T 541 for any character.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from lark import Lark, Transformer
from lark.exceptions import LarkError

from catalog.base.errors import Violation

Form = Literal["text", "moment", "binary"]
BINARY = "二进制"
DATE_TOKENS = ("YYYY", "MM", "DD")
TIME_TOKENS = ("hh", "mm", "ss")
MAX_TEXT = 64

_GRAMMAR = r"""
    start: text | moment | binary
    text: [CLASS] _length [picture]
    _length: fixed | range
    fixed: LENGTH ["," SCALE]
    range: [LENGTH] ".." _most
    _most: LENGTH ["," SCALE] | UNLIMITED
    picture: "(" PICTURE ")"
    moment: _date | _time | _date _time | _date LETTER_T _time
    _date: YEAR | YEAR MONTH | YEAR MONTH DAY | YEAR HYPHEN MONTH | YEAR HYPHEN MONTH HYPHEN DAY
         | MONTH | MONTH DAY | MONTH HYPHEN DAY | DAY
    _time: HOUR | HOUR MINUTE | HOUR MINUTE SECOND | HOUR COLON MINUTE | HOUR COLON MINUTE COLON SECOND
         | MINUTE | MINUTE SECOND | MINUTE COLON SECOND | SECOND
    binary: "二进制"
    CLASS: "an" | "a" | "n" | "c"
    LENGTH: /[1-9][0-9]{0,5}/
    SCALE: /0|[1-9][0-9]?/
    UNLIMITED: "ul"
    PICTURE: /[anx]+/
    YEAR: "YYYY"
    MONTH: "MM"
    DAY: "DD"
    LETTER_T: "T"
    HOUR: "hh"
    MINUTE: "mm"
    SECOND: "ss"
    COLON: ":"
    HYPHEN: "-"
"""


class NotationError(ValueError):
    """The text is no data format; ``suggestions.suggest`` may know the one that was meant."""


@dataclass(frozen=True, slots=True)
class DataFormat:
    """One data format. Lengths count characters.

    ``form`` is ``text`` (``characters``, ``minimum``, ``maximum``, ``fixed``, ``scale``, ``picture``),
    ``moment`` (``tokens``: the parts and separators of a date or time in order) or ``binary``.
    ``characters`` is None for a bare length, ``maximum`` None for ``..ul``.
    """

    form: Form
    characters: str | None = None
    minimum: int = 0
    maximum: int | None = None
    fixed: bool = False
    scale: int | None = None
    picture: str | None = None
    tokens: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.form == "binary":
            return BINARY
        if self.form == "moment":
            return "".join(self.tokens)
        least = str(self.minimum) if self.minimum else ""
        most = "ul" if self.maximum is None else str(self.maximum)
        length = most if self.fixed else f"{least}..{most}"
        scale = "" if self.scale is None else f",{self.scale}"
        picture = f"({self.picture})" if self.picture else ""
        return f"{self.characters or ''}{length}{scale}{picture}"

    @property
    def has_date(self) -> bool:
        """Whether a part of a calendar date is written."""
        return any(token in DATE_TOKENS for token in self.tokens)

    @property
    def has_time(self) -> bool:
        """Whether a part of the time of day is written."""
        return any(token in TIME_TOKENS for token in self.tokens)


class _Build(Transformer[Any, DataFormat]):
    def start(self, children: list[DataFormat]) -> DataFormat:
        return children[0]

    def binary(self, _: list[Any]) -> DataFormat:
        return DataFormat("binary")

    def moment(self, children: list[Any]) -> DataFormat:
        return DataFormat("moment", tokens=tuple(str(token) for token in children))

    def text(self, children: list[Any]) -> DataFormat:
        characters, (minimum, maximum, fixed, scale), picture = children
        return DataFormat(
            "text", str(characters) if characters else None, minimum, maximum, fixed, scale, picture
        )

    def fixed(self, children: list[Any]) -> tuple[int, int, bool, int | None]:
        length, scale = children
        return int(length), int(length), True, None if scale is None else int(scale)

    def range(self, children: list[Any]) -> tuple[int, int | None, bool, int | None]:
        least, most, *rest = children
        scale = rest[0] if rest else None
        maximum = None if most == "ul" else int(most)
        return int(least or 0), maximum, False, None if scale is None else int(scale)

    def picture(self, children: list[Any]) -> str:
        return str(children[0])


_parser = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True)
_build = _Build()


@lru_cache(maxsize=4096)
def _parse(text: str) -> DataFormat | None:
    if len(text) > MAX_TEXT:
        return None
    try:
        return _build.transform(_parser.parse(text))
    except LarkError:
        return None


def parse(text: str) -> DataFormat:
    """The data format that ``text`` writes; raises ``NotationError``. Meaning is judged by ``violations``."""
    found = _parse(text)
    if found is None:
        raise NotationError(text)
    return found


def is_written_well(text: str) -> bool:
    """Whether ``text`` follows the grammar; the JSON Schema format ``data-format``."""
    return _parse(text) is not None


@lru_cache(maxsize=4096)
def faults(text: str, data_type: str | None = None) -> tuple[str, ...]:
    """The slugs of what a well-written format gets wrong; ``data_type`` is a code of CL0109 or None.

    A text that does not follow the grammar has no faults here: the schema refuses it first.
    """
    form = _parse(text)
    if form is None:
        return ()
    return tuple(_faults(form)) + (tuple(_type_faults(form, data_type)) if data_type else ())


def _faults(form: DataFormat) -> Iterator[str]:
    if form.form != "text":
        return
    if form.maximum is not None and form.minimum > form.maximum:
        yield "notation-range"
    if form.scale is not None:
        if form.characters != "n":
            yield "notation-scale-class"
        if form.maximum is not None and form.scale >= form.maximum:
            yield "notation-scale"
    if form.picture:
        if not form.fixed or len(form.picture) != form.maximum:
            yield "notation-picture-length"
        if form.characters in ("a", "n") and set(form.picture) - {form.characters, "x"}:
            yield "notation-picture-class"


def _type_faults(form: DataFormat, data_type: str) -> Iterator[str]:
    if form.form == "moment":
        fits = (data_type == "date" and not form.has_time) or (data_type == "datetime" and form.has_time)
        if not fits:
            yield "notation-moment-type"
    elif form.form == "binary" or data_type == "binary":
        if form.form != "binary" or data_type != "binary":
            yield "notation-type"
    elif data_type == "number":
        if form.characters != "n" or form.picture or form.maximum is None:
            yield "notation-type"
    elif data_type == "boolean":
        if form.scale is not None or form.maximum is None or form.maximum > len("false"):
            yield "notation-type"
    elif data_type != "string" or form.scale is not None:
        yield "notation-type"


def violations(pointer: str, text: str, data_type: str | None = None) -> Iterator[Violation]:
    """What is wrong with a well-written format, at ``pointer``, as GB/T 39046-2020 §5.3 means it."""
    for slug in faults(text, data_type):
        yield Violation(pointer, slug, found=text, expected=data_type)

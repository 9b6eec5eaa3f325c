"""One item of the register as one document of the index, and the fields of the index.

The rank of an item among equals of a tier is fixed when it is indexed, so that it is the same on every
machine and on every page: what is standard or preferred first and what is closed last, then relevance
(the shorter the name, the more of it the query is), then kind, then identifier.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

import orjson
import tantivy

from catalog.search import tokens

FORMAT = 4  # raise with every change of fields or tokens: older indexes are then built anew
HEAD = 8  # characters of a name that a prefix is looked up by; a longer prefix needs its tokens too
PINYIN_HEAD = 6  # letters of pinyin likewise
MARKER = "held"  # the one document that says up to which entry the index holds

Weight = Literal["name", "synonym", "text"]
_STANDARD = frozenset({"standard", "preferred"})
_CLOSED = frozenset(
    {"superseded", "retired", "withdrawn", "dissolved", "terminated", "expired", "ended", "cancelled"}
)
_KINDS = (  # the order of kinds among equals
    "data-element",
    "code-list",
    "topic",
    "dataset",
    "system",
    "department",
    "sharing-agreement",
    "training",
    "appointment",
)
_NAMED_AFTER = frozenset(
    {"sharing-agreement", "training", "appointment"}
)  # after what they concern: found below it
_LENGTHS = 64  # names longer than that are of equal relevance
_LETTERS = string.digits + string.ascii_uppercase
_SPELLED = 9
_SPELLINGS = int((len(_LETTERS) + 1) ** _SPELLED)
_RESTS = 64
_BELOW = 1 << 48  # more than any identifier as it is spelled in a place
_EPOCH = date(2000, 1, 1).toordinal()
_FAR = (1 << 15) - 1  # what has no place of its own comes last
_ORDER_OF_STATUS = (
    "preferred", "standard", "qualified", "recorded", "published", "active", "in_service", "current", "held",
    "planned", "suspended", "superseded", "expired", "terminated", "ended", "withdrawn", "cancelled",
    "retired", "dissolved",
)  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True, slots=True)
class Item:
    """The present of one record, as far as search needs it.

    ``texts``: what the schema marks with ``x-search`` as ``(weight, text, internal)``. ``aliases``:
    identifiers and codes that it is also known by. ``facets``: values by property. ``name``, ``summary``,
    ``aliases`` and ``facets`` are those of the public view: whoever may see the kind may see them.
    ``confirmed_at``: when somebody last said that it still holds. ``order``: the place that the document
    gives itself in an official order (机构序列), 0 without one.
    """

    kind: str
    identifier: str
    version: int
    seq: int
    status: str
    department: str
    name: str
    changed_at: str
    summary: str = ""
    texts: Sequence[tuple[Weight, str, bool]] = ()
    aliases: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    confirmed_at: str = ""
    order: int = 0


class Source(Protocol):
    """Where the index learns what has changed: the register."""

    def register(self) -> str:
        """Which register this is, so that the index of another one is not taken for its own."""
        ...

    def last(self) -> int:
        """The ``seq`` of the last entry."""
        ...

    def changed(self, after: int, limit: int) -> tuple[list[Item], int]:
        """Up to ``limit`` items that changed after an entry, and the ``seq`` up to which that is all.

        Items come in order of ``seq``; ``changed(0, …)`` pages through every record. Where nothing is
        left, the ``seq`` is that of the last entry.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a result."""

    kind: str
    identifier: str
    version: int
    name: str
    status: str
    department: str
    summary: str
    seq: int
    changed_at: str


def fields() -> Any:
    """The tantivy schema of this format."""
    builder = tantivy.SchemaBuilder()
    for name in ("kind", "status", "department", "facet", "identifier", "by_name"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("id", "marker", "key", "exact", "head", "pinyin", "pinyin_head"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("in_name", "in_synonym", "anywhere", "inside"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="basic")
    builder.add_unsigned_field("rank", fast=True)  # sorting by a number is four times faster than by a text
    for name in ("seq", "by_status", "by_department", "by_confirmed"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_unsigned_field("held", stored=True)
    builder.add_bytes_field("register", stored=True)
    builder.add_bytes_field("row", stored=True)
    builder.add_bytes_field("digest", stored=True)
    return builder.build()


def prepare(index: Any) -> Any:
    """``index`` with the tokenizer that ``fields`` names."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", analyzer)
    index.config_reader(reload_policy="manual")
    return index


def key_of(item: Item) -> str:
    """What one item is replaced by."""
    return f"{item.kind}:{item.identifier}"


def digest(item: Item) -> bytes:
    """A digest of everything that the index holds about an item."""
    parts = [
        *_row(item),
        [list(text) for text in item.texts],
        list(item.aliases),
        {name: list(values) for name, values in item.facets.items()},
        [item.confirmed_at, item.order],
    ]
    return hashlib.blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def document(item: Item) -> Any:
    """The document of one item."""
    names = _texts(item, "name", [item.name])
    synonyms = _texts(item, "synonym")
    codes = [text for text in names + synonyms if _CODE.fullmatch(text)]
    terms = Terms()
    terms.add("id", [key_of(item)])
    for column, value in (("kind", item.kind), ("status", item.status), ("department", item.department)):
        terms.add(column, [value])
    terms.add("identifier", [item.identifier])
    terms.add("facet", (f"{name}={value}" for name, values in item.facets.items() for value in values))
    terms.add("by_name", [f"{tokens.readings(item.name)[0]} {item.name} {item.identifier}"])
    _add_names(
        terms, names, synonyms, [item.identifier, *item.aliases, *codes], own=item.kind not in _NAMED_AFTER
    )
    texts = _texts(item, "text")
    terms.text("anywhere", [*_named(names, synonyms, item), *_cut(texts)])
    terms.text("inside", _cut(text for _, text, internal in item.texts if internal))
    found = terms.document
    found.add_unsigned("rank", rank(item))
    found.add_unsigned("seq", item.seq)
    for column, first in _places(item).items():
        found.add_unsigned(column, min(first, _FAR) * _BELOW + _spelled(item.identifier))
    found.add_bytes("row", orjson.dumps(_row(item)))
    found.add_bytes("digest", digest(item))
    return found


def marker(seq: int, register: str) -> Any:
    """The document that says that the index holds everything of a register up to ``seq``."""
    found = tantivy.Document()
    found.add_text("marker", MARKER)
    found.add_unsigned("held", seq)
    found.add_bytes("register", register.encode())
    return found


def hit(row: bytes) -> Hit:
    """The row that ``document`` stored."""
    return Hit(*orjson.loads(row))


class Terms:
    """Collects the terms of one document."""

    def __init__(self) -> None:
        self.document = tantivy.Document()

    def add(self, name: str, terms: Iterable[str]) -> None:
        """Each of ``terms`` as it stands."""
        for term in dict.fromkeys(terms):
            if term:
                self.document.add_text(name, term)

    def text(self, name: str, terms: Iterable[str]) -> None:
        """All ``terms`` as one text."""
        if together := tokens.joined(terms):
            self.document.add_text(name, together)


def _add_names(terms: Terms, names: list[str], synonyms: list[str], keys: list[str], *, own: bool) -> None:
    known = [tokens.compact(key) for key in keys]
    begins = [*map(tokens.compact, names + synonyms), *known] if own else known
    terms.add("key", known)
    terms.add("exact", map(tokens.compact, names + synonyms))
    terms.add("head", (head for text in begins for head in tokens.heads(text, shortest=1, longest=HEAD)))
    if own:
        terms.text("in_name", (token for text in names for token in tokens.name_tokens(text)))
        terms.text("in_synonym", (token for text in synonyms for token in tokens.name_tokens(text)))
    read = [reading for text in names + synonyms if tokens.has_han(text) for reading in tokens.readings(text)]
    terms.add("pinyin", read)
    terms.add(
        "pinyin_head",
        (head for text in read for head in tokens.heads(text, shortest=2, longest=PINYIN_HEAD)),
    )


def _named(names: list[str], synonyms: list[str], item: Item) -> Iterable[str]:
    for text in (*names, *synonyms, item.identifier, *item.aliases):
        yield from tokens.name_tokens(text)


def _cut(texts: Iterable[str]) -> Iterable[str]:
    return (token for text in texts for token in tokens.tokens(text))


def _texts(item: Item, weight: Weight, first: Iterable[str] = ()) -> list[str]:
    found = (text for kept, text, internal in item.texts if kept == weight and not internal)
    return list(dict.fromkeys([*first, *found]))


def _row(item: Item) -> list[Any]:
    return [
        item.kind,
        item.identifier,
        item.version,
        item.name,
        item.status,
        item.department,
        item.summary,
        item.seq,
        item.changed_at,
    ]


def rank(item: Item) -> int:
    """The place of an item among equals, as one number below 2**64; see the module's first lines.

    An identifier counts with its first nine letters and digits after the two that its kind begins with,
    so that all that a register gives out keep their order; what is longer, or differs in punctuation
    alone, follows in an order that is arbitrary and always the same.
    """
    order = 0 if item.status in _STANDARD else 2 if item.status in _CLOSED else 1
    kind = _KINDS.index(item.kind) if item.kind in _KINDS else len(_KINDS)
    place = (order * _LENGTHS + min(len(item.name), _LENGTHS - 1)) * (len(_KINDS) + 1) + kind
    place = place * _SPELLINGS + _spelled(item.identifier)
    rest = hashlib.blake2b(item.identifier.encode(), digest_size=4).digest()
    return place * _RESTS + int.from_bytes(rest) % _RESTS


def _spelled(identifier: str) -> int:
    letters = [_LETTERS.find(letter) + 1 for letter in identifier[2:] if letter in _LETTERS]
    number = 0
    for at in range(_SPELLED):
        number = number * (len(_LETTERS) + 1) + (letters[at] if at < len(letters) else 0)
    return number


def _places(item: Item) -> dict[str, int]:
    """The place of an item in each order that lists offer; among equals the identifier decides.

    Departments stand in their official order, which their identifiers follow too; what was never
    confirmed comes before what was confirmed long ago.
    """
    known = item.status in _ORDER_OF_STATUS
    owner = item.identifier if item.kind == "department" else item.department
    digits = "".join(filter(str.isdigit, owner))
    place = item.order if item.kind == "department" and item.order else int(digits[:6] or _FAR)
    day = date.fromisoformat(item.confirmed_at[:10]).toordinal() - _EPOCH if item.confirmed_at else 0
    return {
        "by_status": _ORDER_OF_STATUS.index(item.status) if known else len(_ORDER_OF_STATUS),
        "by_department": place,
        "by_confirmed": max(0, day),
    }

"""From an incoming document to all that the register will write of it. Pure: no database, no clock."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalog.base.documents import Document, canonical, digest, form_violations, has_digits, surely_plain
from catalog.base.errors import Source, Violation
from catalog.kinds import BY_NAME, Kind, Profile
from catalog.registry.contents import SALT
from catalog.standards import schemas

Reference = tuple[str, str, str, str]  # pointer, rel, kind, identifier
RENAMED = "renamed-from"  # the alias scheme of a name that a record had before
CODES_INLINE = 500  # a longer code list is stored without its codes; they stand in the Code table
_PERSONAL = re.compile(
    rb"(?<![0-9A-Za-z])(?:[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]|1[3-9][0-9]{9})(?![0-9A-Za-z])"
)
_DIGITS = 11  # the fewest of a personal number
_EXAMPLES = ("examples", "counter_examples")


@dataclass(slots=True)
class Incoming:
    """A document on its way in, with the status it asks for and the place it came from."""

    kind: str
    document: Document
    status: str | None = None
    source: Source | None = None
    etag: int | None = None  # the seq that the author has read; None: not asked for
    untouched: bool = False  # an export's row that nobody edited: there is nothing to compare
    places: Callable[[str], Source | None] | None = None  # from a pointer to its cell
    doubts: tuple[Violation, ...] = ()  # what its reader noted about it


@dataclass(slots=True)
class Prepared:
    """What a document says, worked out once."""

    kind: Kind
    document: Document
    profile: Profile
    standard: str
    violations: list[Violation] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    coded: list[tuple[str, str, str]] = field(default_factory=list)
    aliases: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def identifier(self) -> str | None:
        """The identifier that the document states."""
        return self.document.get("identifier")

    @property
    def name(self) -> str:
        """The document's name."""
        return str(self.document["name"])

    @property
    def owner(self) -> str | None:
        """The department that owns the record; a department owns itself."""
        return self.document.get(OWNER.get(self.kind.name, "department"))


OWNER = {"department": "identifier", "sharing-agreement": "provider"}


@dataclass(frozen=True, slots=True)
class Texts:
    """The stored forms of a document: whole, and as the public sees it where that differs."""

    content: bytes
    digest: str
    public: bytes | None
    public_digest: str | None


def prepare(incoming: Incoming, profile: Profile) -> Prepared:
    """Judge the form and the schema of one document, and pull out its references."""
    kind = BY_NAME[incoming.kind]
    standard = schemas.current(incoming.kind)
    document = incoming.document
    found = _violations(incoming.kind, document, profile)
    if not isinstance(document, dict):
        return Prepared(kind, {}, profile, standard.version, violations=found)
    prepared = Prepared(kind, document, profile, standard.version, violations=found)
    if any(violation.severity == "error" for violation in found):
        return prepared
    annotations = standard.annotations
    prepared.references = annotations.references(document)
    prepared.coded = annotations.coded(document)
    prepared.aliases = annotations.aliases(document)
    prepared.people = annotations.people(document)
    return prepared


def _violations(kind: str, document: Document, profile: Profile) -> list[Violation]:
    """A valid document of a closed schema needs no walk over its form, unless it has free parts."""
    if (
        isinstance(document, dict)
        and "extensions" not in document
        and schemas.is_valid(kind, document, profile)
    ):
        try:
            if surely_plain(orjson.dumps(document)):
                return []
        except orjson.JSONEncodeError:
            pass
    return form_violations(document) or schemas.check(kind, document, profile)


def texts(prepared: Prepared, *, salt: str | None = None) -> Texts:
    """The canonical texts; ``salt`` is that of the earlier version, so that no change stays no change."""
    annotations = schemas.current(prepared.kind.name).annotations
    document = stored_form(prepared.kind, prepared.document)
    public = annotations.public(document)
    if public is document:
        whole = _exact(canonical(document))
        return Texts(whole, digest(whole), None, None)
    whole = _exact(canonical(document | {SALT: salt or secrets.token_hex(16)}))
    seen = _exact(canonical(public))
    return Texts(whole, digest(whole), seen, digest(seen))


def _exact(text: bytes) -> bytes:
    """A copy without the room that the serialiser left behind it, a kilobyte and more for each text of a plan."""
    return bytes(memoryview(text))


def stored_form(kind: Kind, document: Document) -> Document:
    """The document as its text is kept: a long code list without its codes, but bound to them by digest."""
    codes = document.get("codes") if kind.name == "code-list" else None
    if codes is None or len(codes) <= CODES_INLINE:
        return document
    rest = {key: value for key, value in document.items() if key != "codes"}
    marks = sorted(f"{code['code']} {digest(canonical(code))}" for code in codes)
    return rest | {"code_count": len(codes), "codes_digest": digest("\n".join(marks).encode())}


def personal_violations(prepared: Prepared) -> list[Violation]:
    """Warnings for free text that looks like an ID or mobile number (PIPL: no personal data in documents)."""
    document = prepared.document
    text = orjson.dumps(document)
    if not has_digits(text, _DIGITS) or not _PERSONAL.search(
        orjson.dumps(stored_form(prepared.kind, document))
    ):
        return []
    return personal_in(document)


def personal_in(document: Document) -> list[Violation]:
    """A warning at each text of a document that looks like an ID or mobile number."""
    return [
        Violation(place, "looks-personal", "warning", found=f"{number[:3]}…{number[-2:]}")
        for place, value in _strings(document, "")
        if (found := _PERSONAL.search(value.encode())) and (number := found.group().decode())
    ]


def _strings(value: Any, place: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(place, value)]
    if isinstance(value, dict):
        return [
            found
            for key, child in value.items()
            if key not in _EXAMPLES
            for found in _strings(child, f"{place}/{key}")
        ]
    if isinstance(value, list):
        return [found for index, child in enumerate(value) for found in _strings(child, f"{place}/{index}")]
    return []

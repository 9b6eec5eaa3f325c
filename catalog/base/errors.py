"""What can go wrong, in the domain's words. Doors translate; see ``problems.py``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a file a document came from; rows and lines count from 1.

    In a workbook ``column`` is its letters and ``heading`` what stands above it.
    """

    file: str | None = None
    line: int | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a document.

    ``pointer`` is a JSON Pointer without ``#`` (``/fields/0/name``); a missing property is pointed at
    where it should stand. ``rule`` is a stable slug whose texts stand in ``locale/rules.yaml``;
    ``values`` fills their placeholders, beside ``found`` and ``expected``.
    """

    pointer: str
    rule: str
    severity: Severity = "error"
    found: Any = None
    expected: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    source: Source | None = None

    def asdict(self) -> dict[str, Any]:
        """The violation without its texts (``base.i18n.describe`` adds them)."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {})}


class CatalogError(Exception):
    """A refusal that its reader can understand. ``slug`` names its texts in ``locale/problems.yaml``."""

    slug = "error"

    def __init__(self, slug: str | None = None, /, **values: Any) -> None:
        self.slug = slug or type(self).slug
        self.values = values
        super().__init__(f"{self.slug} {values}" if values else self.slug)

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (type(self), self.__dict__)


def _revived(kind: type[CatalogError], state: dict[str, Any]) -> CatalogError:
    """A refusal that comes from another process."""
    error = kind.__new__(kind)
    error.__dict__.update(state)
    return error


class Malformed(CatalogError):
    """The bytes are not what they claim to be, or are too large (400)."""

    slug = "malformed"


class NotSignedIn(CatalogError):
    """Nobody is signed in, and somebody must be (401)."""

    slug = "not-signed-in"


class NotPermitted(CatalogError):
    """The actor may not do this (403)."""

    slug = "not-permitted"


class NotFound(CatalogError):
    """No such thing, or none that the reader may know of (404)."""

    slug = "not-found"


class AlreadyRegistered(CatalogError):
    """The identifier is taken (409)."""

    slug = "already-registered"


class WrongState(CatalogError):
    """Not possible from this status; ``possible`` lists what is (409)."""

    slug = "wrong-state"


class CaseRequired(WrongState):
    """This change needs a case, or the approving role and a reason (409)."""

    slug = "case-required"


class InUse(CatalogError):
    """Others depend on it; ``usages`` lists them (409)."""

    slug = "in-use"


class Stale(CatalogError):
    """Somebody else changed it since it was read (412)."""

    slug = "stale"


class PreconditionMissing(CatalogError):
    """A change needs the ETag that was read, as ``If-Match`` (428)."""

    slug = "precondition-missing"


class Unsupported(CatalogError):
    """A content type that this door does not read (415)."""

    slug = "unsupported-media-type"


class Busy(CatalogError):
    """The writer did not get its turn in time; try again (503)."""

    slug = "busy"


class Unready(CatalogError):
    """The register refuses writes until an operator acts: the clock, the standards (503)."""

    slug = "unready"


class InvalidDocument(CatalogError):
    """The content breaks its schema or a rule; every violation is carried (422)."""

    slug = "invalid-document"

    def __init__(self, violations: list[Violation], /, **values: Any) -> None:
        super().__init__(None, count=len(violations), **values)
        self.violations = violations

"""What a rule may ask of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from catalog.base.documents import Document
from catalog.kinds import Profile


class Facts(Protocol):
    """The register as a rule sees it: the records, the other documents of the same batch, the day."""

    on: date
    profile: Profile
    identifier: str | None

    def get(self, kind: str, identifier: str) -> Document | None:
        """The document of a record as it would stand after this batch; a code list with all its codes.

        Asked for the record under judgement itself, it is the version registered so far.
        """

    def referring(
        self, kind: str, to_kind: str, to_identifier: str, *, status: str, department: str = ""
    ) -> Sequence[tuple[str, Document]]:
        """The registered records of a kind and status that refer to a record, by identifier, perhaps of one owner.

        Those of the batch are not among them.
        """

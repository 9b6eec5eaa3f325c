"""What a dataset says of its sharing and opening: State Council Decree No. 809, art. 13 to 15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation

if TYPE_CHECKING:
    from catalog.registry.facts import Facts

UNCONDITIONAL, CONDITIONAL, REFUSED = "1", "2", "3"
SUFFICIENT_RANKS = ("law", "administrative_regulation", "state_council_decision")
"""Art. 14(3): only these may forbid sharing; no departmental rule, local regulation or circular may."""

_GATES = ("scope", "purpose", "other_conditions")


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """What is wrong with ``share`` and ``open``."""
    share = document.get("share", {})
    share_class = share.get("class")
    if share_class == UNCONDITIONAL:
        for name in _GATES:
            if share.get(name):
                yield Violation(f"/share/{name}", "share-unconditional-gated", found=share[name])
    if share_class == CONDITIONAL and share.get("other_conditions") and not share.get("legal_basis"):
        yield Violation(
            "/share/other_conditions", "share-own-conditions", "warning", found=share["other_conditions"]
        )
    if share_class == REFUSED:
        yield from _refusal_violations(share, facts)
    if share_class == REFUSED and document.get("open", {}).get("public") is True:
        yield Violation("/open/public", "open-not-shared", found=True, expected=False)
    if document.get("open", {}).get("public") is True:
        for index, field in enumerate(document.get("fields", ())):
            if field.get("sensitive") is True and field.get("open") is not False:
                yield Violation(
                    f"/fields/{index}/open", "open-sensitive-field", "warning", found=field["name"]
                )


def _refusal_violations(share: Document, facts: Facts) -> Iterator[Violation]:
    ranks = [basis.get("rank") for basis in share.get("legal_basis", ())]
    if not any(rank in SUFFICIENT_RANKS for rank in ranks):
        yield Violation(
            "/share/legal_basis",
            "share-basis-rank",
            "error" if facts.profile == "shareable" else "warning",
            found=ranks,
            expected=SUFFICIENT_RANKS,
        )

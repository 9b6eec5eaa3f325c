"""Paper acts (线下办理): what was signed on paper, and whether its record holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlmodel import Session

from catalog.base.errors import InvalidDocument, Violation
from catalog.cases import due
from catalog.cases.models import Case, CaseFile
from catalog.cases.writing import plain
from catalog.identity.persons import KEY
from catalog.standards.lifecycles import Tick


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper act (线下办理): who signed it in which post, on which day, its 文号, and the scan's digest."""

    signer: str
    post: str
    signed_on: str
    number: str
    scan: str

    @property
    def day(self) -> date:
        """The day of signing. Raises ``ValueError`` where none is said."""
        return date.fromisoformat(self.signed_on)


def heard(case: Case, side: str) -> str:
    """The day of the last verb of another side, by signature where it was signed on paper; empty before the first.

    Nobody answers before it has heard; one's own papers may be older than the day somebody typed them in.
    """
    done = orjson.loads(case.done)
    return max((one.get("on", "") for one in done if one.get("side") != side), default="")


def counted(paper: Paper | None, ticks: Sequence[Tick], case: Case, on: date) -> date:
    """The day from which the clock takes a verb.

    Who ends or pauses a clock of its own has acted when it signed; a clock that only begins or goes on
    is another side's, which has received the paper when it was recorded ("自收到之日起").
    """
    if paper is None or not any(tick.act in ("stop", "pause") for tick in ticks):
        return on
    clock = due.clock_of(case)
    begun = [clock.get("start", ""), *(pause.get("until", "") for pause in clock.get("pauses", []))]
    return max(paper.day, *(date.fromisoformat(one) for one in begun if one))


def check(session: Session, case: Case, paper: Paper, side: str, on: date) -> None:
    """Raise ``InvalidDocument`` where a paper act says not enough, or names a scan that the case does not hold."""
    found = [
        Violation(f"/paper/{name}", "case-missing", values={"part": name})
        for name in ("post", "number", "scan")
        if not getattr(paper, name).strip()
    ]
    if not KEY.fullmatch(paper.signer):
        found.append(Violation("/paper/signer", "case-signer", found=paper.signer[:20]))
    try:
        signed, last = paper.day.isoformat(), heard(case, side)
        if signed > on.isoformat():
            found.append(Violation("/paper/signed_on", "case-future", found=signed))
        elif signed < last:
            found.append(Violation("/paper/signed_on", "case-before", found=signed, expected=last))
    except ValueError:
        found.append(Violation("/paper/signed_on", "case-missing", values={"part": "signed_on"}))
    if paper.scan and session.get(CaseFile, (case.number, paper.scan)) is None:
        found.append(Violation("/paper/scan", "case-scan", found=paper.scan[:12]))
    if found:
        raise InvalidDocument(found)
    plain(f"{paper.post} {paper.number}", {})

"""Paper acts (线下办理): what was signed on paper, and whether its record holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from catalog.base.errors import InvalidDocument, Violation
from catalog.cases.models import Case, CaseFile
from catalog.cases.writing import plain
from catalog.identity.persons import KEY


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper act (线下办理): who signed it in which post, on which day, its 文号, and the scan's digest."""

    signer: str
    post: str
    signed_on: str
    number: str
    scan: str


def check(session: Session, case: Case, paper: Paper, on: date) -> None:
    """Raise ``InvalidDocument`` where a paper act says not enough, or names a scan that the case does not hold."""
    found = [
        Violation(f"/paper/{name}", "case-missing", values={"part": name})
        for name in ("post", "number", "scan")
        if not getattr(paper, name).strip()
    ]
    if not KEY.fullmatch(paper.signer):
        found.append(Violation("/paper/signer", "case-signer", found=paper.signer[:20]))
    try:
        if date.fromisoformat(paper.signed_on) > on:
            found.append(Violation("/paper/signed_on", "case-future", found=paper.signed_on))
    except ValueError:
        found.append(Violation("/paper/signed_on", "case-missing", values={"part": "signed_on"}))
    if paper.scan and session.get(CaseFile, (case.number, paper.scan)) is None:
        found.append(Violation("/paper/scan", "case-scan", found=paper.scan[:12]))
    if found:
        raise InvalidDocument(found)
    plain(f"{paper.post} {paper.number}", {})

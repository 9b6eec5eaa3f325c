"""A case whose clock runs, for tests of the clock; the effects of its slice are left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from catalog.cases import effects, extensions, service
from catalog.cases.models import Case
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle
from tests.cases.people import FROM, TO, filled, side

REQUEST = lifecycle("sharing-request")
OFFICER = side(REQUEST, "from", "sharing_officer")
PROVIDER = side(REQUEST, "to", "sharing_officer")
BUREAU = side(REQUEST, "bureau", "authority")
PERIOD = {"from": "2026-01-01", "until": "2027-12-31"}


@contextmanager
def without_slices() -> Iterator[None]:
    """The engine and the extensions alone: no dataset behind a request."""
    with pytest.MonkeyPatch.context() as patch:
        own = {"extension": extensions.effect}
        patch.setattr(service, "effect_of", lambda name: own.get(name))
        yield


def filed(runtime: Runtime, on: date, *, track: str = "conditional", to: str = TO) -> Case:
    """A request that was filed ``on`` a day: its clock runs."""
    document = filled(REQUEST) | {"period": PERIOD, "legal_basis": [{"title": "示例法", "article": "第一条"}]}
    with runtime.database.writing() as session:
        case = service.open_case(
            session, type="sharing-request", track=track, title="一件事", by=OFFICER,
            from_department=FROM, to_department=to, document=document,
        )  # fmt: skip
        number = case.number
    done(runtime, number, "prepare", side(REQUEST, "from", "data_officer"), on)
    return done(runtime, number, "file", OFFICER, on)


def done(runtime: Runtime, number: str, verb: str, by: Any, on: date, **more: Any) -> Case:
    """One verb; the case as it stands afterwards."""
    with runtime.database.writing() as session:
        read = session.get_one(Case, number).seq
        case = service.do(
            session, number, verb, by=by, read=read, on=on, database=runtime.database, note="理由", **more
        )
        session.expunge(case)
    return case


def now(runtime: Runtime, number: str) -> Case:
    """The case as it stands."""
    with runtime.database.reading() as session:
        case = session.get_one(Case, number)
        session.expunge(case)
    return case


__all__ = ["BUREAU", "FROM", "OFFICER", "PROVIDER", "TO", "done", "effects", "filed", "now", "without_slices"]

"""The cases of the demonstration: ``standards/demo/cases.yaml``, played by the real engine on the days they name.

Days are working days before the day of making, so that what is late stays late. Whoever acts is one of
the demo accounts; nothing here is real (示例).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import yaml
from sqlmodel import Session

from catalog.base import clock, files
from catalog.base.documents import Document
from catalog.calendars.force import in_force
from catalog.cases import beside, duties, extensions, proposals, service, windows
from catalog.cases.models import Case
from catalog.cases.paper_acts import Paper
from catalog.cases.proposals import Proposed
from catalog.commands.common import actor
from catalog.corrections import corrections, demands, disputes
from catalog.identity.actors import Actor
from catalog.ledger import chain
from catalog.registry import founding
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.releases import releasing
from catalog.runtime import Runtime
from catalog.sharing import enforcement, requests
from catalog.standards.calendars import Calendar

FOUNDED = 80  # days before today on which it begins; the ledger takes no leap of more than 30
_OPENS = time(9)
_HOURS = timedelta(hours=8)  # over which the acts of a day are spread

At = Callable[[datetime], None]


class Act:
    """Who acts on which day in which register: what an opening or a step needs to know."""

    def __init__(self, session: Session, runtime: Runtime, by: Actor, on: date) -> None:
        self.session, self.database, self.by, self.on = session, runtime.database, by, on


def found(runtime: Runtime, *, algorithm: chain.Algorithm = "sha256") -> dict[str, int]:
    """Found the synthetic district some months ago and let its cases happen; how many records and cases came in."""
    zone = runtime.settings.zone
    today = clock.today(zone)
    with clock.played() as at:
        at(datetime.combine(today - timedelta(days=FOUNDED), _OPENS, zone))
        counts = founding.found(runtime, demo=True, algorithm=algorithm)
        founding.load_demo_people(runtime)
        return counts | {"case": play(runtime, today=today, at=at)}


def play(runtime: Runtime, *, today: date, at: At) -> int:
    """Open every case of the file and carry it on, in the order of days; returns how many cases there are."""
    said = yaml.safe_load((files.standards() / "demo" / "cases.yaml").read_text(encoding="utf-8"))
    with runtime.database.reading() as session:
        calendar = in_force(session)
    numbers: dict[str, str] = {}
    steps = sorted(_steps(said), key=lambda one: -one["ago"])
    together, done = Counter(step["ago"] for step in steps), Counter[int]()
    for step in steps:
        day, ago = before(today, step["ago"], calendar), step["ago"]
        at(datetime.combine(day, _OPENS, runtime.settings.zone) + _HOURS * (done[ago] + 0.37) / together[ago])
        done[ago] += 1
        by = actor(runtime, step["by"])
        with runtime.database.writing() as session:
            act = Act(session, runtime, by, day)
            values = _told(step.get("values", {}), numbers, today, calendar)
            if "type" in step:
                numbers[step["name"]] = _OPENERS[step["type"]](act, values).number
            else:
                _go_on(act, numbers[step["name"]], step, values)
    return len(numbers)


def before(today: date, days: int, calendar: Calendar) -> date:
    """The working day that lies ``days`` working days before ``today``; after it where ``days`` is negative."""
    day, one = today, timedelta(days=1 if days < 0 else -1)
    for _ in range(abs(days)):
        day += one
        while not calendar.works(day):
            day += one
    return day


def _steps(said: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for case in said:
        yield {name: value for name, value in case.items() if name != "then"}
        for step in case.get("then", ()):
            yield {"name": case["name"], "by": case["by"]} | step


def _told(said: Any, numbers: dict[str, str], today: date, calendar: Calendar) -> Any:
    """``said`` with ``@name`` as the number of that case, ``-3w`` as a working day and ``+90d`` as a day from today."""
    if isinstance(said, dict):
        return {name: _told(value, numbers, today, calendar) for name, value in said.items()}
    if isinstance(said, list):
        return [_told(value, numbers, today, calendar) for value in said]
    if not isinstance(said, str) or said[:1] not in "@+-" or len(said) < 2:
        return said
    if said[0] == "@":
        return numbers[said[1:]]
    count = int(said[:-1])
    day = before(today, -count, calendar) if said[-1] == "w" else today + timedelta(days=count)
    return day.isoformat()


def _go_on(act: Act, number: str, step: dict[str, Any], values: Document) -> None:
    """One step: a verb of the lifecycle (``paper``: signed on paper), a remark, or a department that joins a demand."""
    if "remark" in step:
        beside.comment(act.session, number, by=act.by, text=step["remark"], pointer=step.get("pointer", ""))
    elif step.get("join"):
        demands.join(act.session, number, by=act.by)
    elif step.get("receipt"):
        asked = releasing.receipts(act.session, number)
        mine = next(one.number for one in asked if one.department == act.by.department)
        _go_on(act, mine, {"verb": step["receipt"], "note": step.get("note")}, values)
    else:
        paper = _paper(act, number, step)
        case = service.get(act.session, number, act.by)
        service.do(
            act.session, number, step["verb"], by=act.by, read=case.seq, on=act.on, database=act.database,
            note=step.get("note"), values=values, department=step.get("department"), paper=paper,
        )  # fmt: skip


def _paper(act: Act, number: str, step: dict[str, Any]) -> Paper | None:
    said = step.get("paper")
    if said is None:
        return None
    scan = (files.standards() / "demo" / "paper.pdf").read_bytes()
    kept = beside.attach(act.session, number, by=act.by, data=scan, filename=said["filename"])
    return Paper(said["signer"], said["post"], act.on.isoformat(), said["number"], kept.digest)


def _proposal(act: Act, said: Document) -> Case:
    """``changes``: what each sets (``set``) in a registered record, or in a copy of one that is to be new (``like``).

    ``codes`` sets members of single codes of a list, ``keep`` says which fields of a copy stay.
    """
    proposed = []
    for change in said.pop("changes"):
        kind, of = change.get("kind", "dataset"), change.get("like") or change["identifier"]
        document = (whole(act.session, kind, of) or {}) | change.get("set", {})
        for name in change.get("drop", ()):
            document.pop(name, None)
        if "keep" in change:
            document["fields"] = [one for one in document["fields"] if one["name"] in change["keep"]]
        if "codes" in change:
            document["codes"] = [one | change["codes"].get(one["code"], {}) for one in document["codes"]]
        if "like" in change:
            proposed.append(Proposed(kind, document, status=change.get("status")))
        else:
            record = act.session.get_one(Record, (kind, of))
            proposed.append(Proposed(kind, document, identifier=of, read=record.seq))
    beside_ = {name: said.pop(name) for name in ("title", "summary", "window") if name in said}
    case = proposals.open_proposal(act.session, proposed, by=act.by, on=act.on, **beside_)
    if said:
        service.save(act.session, case.number, by=act.by, read=case.seq, values=said)
    return case


def _request(act: Act, said: Document) -> Case:
    dataset = said.pop("dataset")
    return requests.open_request(act.session, by=act.by, dataset=dataset, values=said, on=act.on)


def _correction(act: Act, said: Document) -> Case:
    dataset = said.pop("dataset")
    return corrections.open_correction(
        act.session, by=act.by, dataset=dataset, values=said, on=act.on, database=act.database
    )


def _demand(act: Act, said: Document) -> Case:
    title = said.pop("title")
    return demands.open_demand(
        act.session, by=act.by, title=title, values=said, on=act.on, database=act.database
    )


def _enforcement(act: Act, said: Document) -> Case:
    agreement, track = said.pop("agreement"), said.pop("track")
    return enforcement.open_enforcement(
        act.session, agreement=agreement, track=track, values=said, by=act.by, on=act.on, database=act.database
    )  # fmt: skip


def _duty(act: Act, said: Document) -> Case:
    day = date.fromisoformat(said.pop("on"))
    return duties.owe(act.session, by=act.by, today=act.on, on=day, **said)


def _release(act: Act, said: Document) -> Case:
    return releasing.open_release(act.session, by=act.by, **said)


_OPENERS: dict[str, Callable[[Act, Document], Case]] = {
    "proposal": _proposal,
    "duty": _duty,
    "initial-load": lambda act, said: windows.open_window(act.session, by=act.by, on=act.on, **said),
    "sharing-request": _request,
    "extension": lambda act, said: extensions.ask(
        act.session, said["case"], days=said["days"], reason=said["reason"], by=act.by, on=act.on,
        database=act.database,
    ),
    "correction": _correction,
    "dispute": lambda act, said: disputes.open_dispute(
        act.session, by=act.by, on=act.on, database=act.database, **said
    ),
    "demand": _demand,
    "release": _release,
    "enforcement": _enforcement,
}  # fmt: skip

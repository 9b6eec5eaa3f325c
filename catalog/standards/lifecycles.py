"""Lifecycles of cases as data: states, verbs, who may, what is required, which clock, on which legal basis.

One YAML file a case type (``standards/lifecycles``). Buttons, API, help page and tests ask here; nobody
else knows a state or a verb.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import jsonschema_rs
import orjson
import yaml

from catalog.base import files
from catalog.base.errors import Violation
from catalog.kinds import CASE_TYPES
from catalog.standards.annotations import Annotations, Schema
from catalog.standards.schemas import findings
from catalog.standards.violations import violations as worded

Side = Literal["from", "to", "bureau"]
Act = Literal["start", "stop", "pause", "resume"]
TYPES = tuple(CASE_TYPES)


class Flawed(ValueError):
    """A lifecycle file that does not hold together; the message lists every flaw."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whom a state waits for."""

    side: Side
    role: str
    tracks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """What one side may do after a state, at another address: a dispute after a refusal."""

    address: str
    zh: str
    en: str
    side: Side
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand; a final one waits for nobody."""

    name: str
    zh: str
    en: str
    final: bool
    awaits: tuple[Awaited, ...]
    next: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """What a verb does to the clock, on some tracks; ``until`` is the part (``part.property``) that sets its last day."""

    act: Act
    rule: str | None
    tracks: frozenset[str]
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a verb (which may stand in several rows) from some states to one, for one side and its roles, on some tracks."""

    verb: str
    past: str
    zh: str
    en: str
    says_zh: str
    says_en: str
    source: tuple[str, ...]
    to: str
    side: Side
    roles: tuple[str, ...]
    tracks: frozenset[str]
    requires: tuple[str, ...]
    takes: tuple[str, ...]
    reason: bool
    differs: tuple[str, ...]
    once: bool
    assigns: bool
    clock: tuple[Tick, ...]
    basis: str

    def ticks(self, track: str) -> list[Tick]:
        """What happens to the clock on ``track``."""
        return [tick for tick in self.clock if track in tick.tracks]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a case document, with its own JSON Schema."""

    name: str
    zh: str
    en: str
    schema: Mapping[str, Any]
    options: Mapping[str, Mapping[str, str]]  # what the values of an enumeration are called


@dataclass(frozen=True, slots=True)
class Edit:
    """Who may write which parts in which states."""

    states: tuple[str, ...]
    side: Side
    roles: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """A member of documents of ``kind`` that a part of the case, or who did a verb, fills; ``names`` from there to here."""

    kind: str
    at: tuple[str, ...]
    part: str
    verb: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Lifecycle:
    """One case type."""

    type: str
    prefix: str
    zh: str
    en: str
    basis: str
    tracks: Mapping[str, Mapping[str, str]]
    sides: Mapping[str, Mapping[str, str]]
    initial: str
    states: Mapping[str, State]
    rows: tuple[Row, ...]
    parts: Mapping[str, Part]
    edits: tuple[Edit, ...]
    fills: tuple[Fill, ...] = ()

    def awaited(self, state: str, track: str) -> Awaited | None:
        """Whom a case in ``state`` waits for; None once it has ended."""
        return next((one for one in self.states[state].awaits if track in one.tracks), None)

    def possible(self, state: str, track: str, done: Collection[str] = ()) -> list[Row]:
        """The rows open now, by anybody; ``done`` names the verbs already done."""
        return [
            row
            for row in self.rows
            if state in row.source and track in row.tracks and not (row.once and row.verb in done)
        ]

    def find(self, verb: str, state: str, track: str, done: Collection[str] = ()) -> list[Row]:
        """The rows of one verb that are open now; none where the verb is illegal."""
        return [row for row in self.possible(state, track, done) if row.verb == verb]

    def allows(
        self, verb: str, state: str, track: str, side: str, role: str, done: Collection[str] = ()
    ) -> bool:
        """Whether ``role`` of ``side`` may do ``verb`` now."""
        return any(row.side == side and role in row.roles for row in self.find(verb, state, track, done))

    def violations(self, document: Any) -> list[Violation]:
        """What is wrong with the form of a case document; incomplete is fine."""
        gate, schema, annotations = _gate(self.type)
        return worded(findings(gate, document), document, schema, annotations)


@cache
def lifecycle(name: str) -> Lifecycle:
    """The lifecycle in force of a case type; raises ``KeyError`` for any other."""
    if name not in TYPES:
        raise KeyError(name)
    return load(files.standards() / "lifecycles" / f"{name}.yaml")


def all_lifecycles() -> list[Lifecycle]:
    """Every case type, in the order in which they are met."""
    return [lifecycle(name) for name in TYPES]


def load(path: Path) -> Lifecycle:
    """Read one file; raises ``Flawed`` with everything that is wrong."""
    return read(yaml.safe_load(path.read_text(encoding="utf-8")))


def read(raw: Any) -> Lifecycle:
    """A lifecycle from its plain form, checked by schema and for what a schema cannot say."""
    schema = orjson.loads((files.standards() / "lifecycles" / "lifecycle.schema.json").read_bytes())
    gate = jsonschema_rs.Draft202012Validator(schema)
    flaws = [
        f"/{'/'.join(map(str, error.instance_path))}: {error.message}" for error in gate.iter_errors(raw)
    ]
    if flaws:
        raise Flawed("; ".join(flaws))
    made = _made(raw)
    flaws = list(_flaws(made))
    if flaws:
        raise Flawed("; ".join(flaws))
    return made


def _made(raw: dict[str, Any]) -> Lifecycle:
    every = frozenset(raw["tracks"])

    def tracks(one: dict[str, Any]) -> frozenset[str]:
        return frozenset(one.get("tracks", every))

    states = {
        name: State(
            name, one["zh"], one["en"], one.get("final", False),
            tuple(Awaited(who["side"], who["role"], tracks(who)) for who in one.get("awaits", ())),
            tuple(Step(step["address"], step["zh"], step["en"], step["side"], tuple(step["roles"])) for step in one.get("next", ())),
        )
        for name, one in raw["states"].items()
    }  # fmt: skip
    rows = tuple(
        Row(
            verb=one["verb"], past=one["past"], zh=one["zh"], en=one["en"], says_zh=one["says_zh"],
            says_en=one["says_en"], source=tuple(one["from"]), to=one["to"], side=cast(Side, one["side"]),
            roles=tuple(one["roles"]), tracks=tracks(one), requires=tuple(one.get("requires", ())),
            takes=tuple(one.get("takes", ())), reason=one.get("reason", False),
            differs=tuple(one.get("differs", ())), once=one.get("once", False), assigns="assigns" in one,
            clock=tuple(Tick(t["act"], t.get("rule"), tracks(t) & tracks(one), t.get("until")) for t in one.get("clock", ())),
            basis=one["basis"],
        )
        for one in raw["verbs"]
    )  # fmt: skip
    parts = {
        name: Part(name, one["zh"], one["en"], one["schema"], one.get("options", {}))
        for name, one in raw["parts"].items()
    }
    edits = tuple(
        Edit(tuple(one["states"]), one["side"], tuple(one["roles"]), tuple(one["parts"]))
        for one in raw["edits"]
    )
    fills = tuple(
        Fill(one["kind"], tuple(one["at"].split(".")), one.get("part", ""), one.get("verb", ""), one["names"])
        for one in raw.get("fills", ())
    )
    return Lifecycle(
        raw["type"], raw["prefix"], raw["zh"], raw["en"], raw["basis"], raw["tracks"], raw["sides"],
        raw["initial"], states, rows, parts, edits, fills,
    )  # fmt: skip


def _flaws(made: Lifecycle) -> Iterator[str]:
    verbs = {row.verb for row in made.rows}
    yield from _unknown("initial", [made.initial], made.states)
    for state in made.states.values():
        if state.final == bool(state.awaits):
            yield f"{state.name}: a final state waits for nobody, any other for somebody"
        if not state.final:
            yield from _waiting_flaws(made, state)
    for row in made.rows:
        yield from _unknown(row.verb, [*row.source, row.to], made.states)
        yield from _unknown(row.verb, [row.side], made.sides)
        yield from _unknown(row.verb, row.tracks, made.tracks)
        yield from _unknown(row.verb, [*row.requires, *row.takes], made.parts)
        yield from _unknown(row.verb, row.differs, verbs)
        if any((tick.act == "start") != (tick.rule is not None) for tick in row.clock):
            yield f"{row.verb}: a clock that starts names its rule, no other does"
        set_by = [tick.until.partition(".")[0] for tick in row.clock if tick.until]
        yield from _unknown(f"{row.verb}: until", set_by, made.parts)
    for fill in made.fills:
        yield from _unknown("fills", [fill.part] if fill.part else [], made.parts)
        yield from _unknown("fills", [fill.verb] if fill.verb else [], verbs)
    for edit in made.edits:
        yield from _unknown("edits", edit.states, made.states)
        yield from _unknown("edits", edit.parts, made.parts)
        yield from _unknown("edits", [edit.side], made.sides)
    yield from (f"{name}: cannot be reached" for name in made.states if name not in _reached(made))


def _waiting_flaws(made: Lifecycle, state: State) -> Iterator[str]:
    """On every track on which a state can be reached, who is awaited can always go on."""
    for track in made.tracks:
        if state.name not in _reached(made, track):
            continue
        awaited = made.awaited(state.name, track)
        always = [row for row in made.possible(state.name, track) if not row.once]
        if awaited is None or not any(
            row.side == awaited.side and awaited.role in row.roles for row in always
        ):
            yield f"{state.name}: nobody who is awaited can act on track {track}"


def _reached(made: Lifecycle, track: str | None = None) -> set[str]:
    found = {made.initial}
    while True:
        more = {
            row.to for row in made.rows if (track is None or track in row.tracks) and found & set(row.source)
        }
        if more <= found:
            return found
        found |= more


def _unknown(where: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    yield from (f"{where}: {name} is not known" for name in names if name not in known)


@cache
def _gate(name: str) -> tuple[Any, Schema, Annotations]:
    parts = {
        part.name: {**part.schema, "title": part.zh, "x-title": part.en} for part in lifecycle(name).parts.values()
    }  # fmt: skip
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": parts}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True), schema, Annotations(schema)

"""What each column of a foreign table probably means, from its heading, the heading above it, and its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.exchange import layouts_values as values
from catalog.exchange.layouts_groups import differs, is_grouped
from catalog.exchange.layouts_headings import Guess, bare, is_number, meanings, of_kind
from catalog.exchange.layouts_profile import DepartmentFrom, Groups, Profile, Rule, fingerprint
from catalog.exchange.layouts_tables import Column, Table, together
from catalog.standards import schemas
from catalog.standards.annotations import PERSON, Field

LEAST = 0.5  # a guess below is shown, never taken
_LEAST_NEAR = 0.62  # of a word that only resembles one
_COUNTERPART = 0.75
_TOLD = 0.58
_SAMPLES = 30
_SHOWN = 5
_GUESSES = 5
_FIGURE = re.compile(r"[0-9]{1,6}(?:\.0)?")
DEPARTMENT, NAME = "/department", "/name"


@dataclass(frozen=True, slots=True)
class Guessed:
    """A column with its guesses, best first, and some of its texts; ``taken`` are the pointers chosen.

    ``why`` says why none was chosen: ``number`` (序号), ``person`` (a person's name never enters a
    document), ``empty``, ``double`` (another column is nearer), or ``unknown``.
    """

    column: Column
    guesses: tuple[Guess, ...]
    samples: tuple[str, ...]
    taken: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ready profile with what speaks for it; ``confidence`` 0 to 1; ``missing`` are pointers that a record needs."""

    profile: Profile
    columns: tuple[Guessed, ...]
    confidence: float
    missing: tuple[str, ...]

    @property
    def unmapped(self) -> tuple[Guessed, ...]:
        """The columns that nothing was found for."""
        return tuple(column for column in self.columns if not column.taken)


def suggest(table: Table | Sequence[Table], kind: str) -> Suggestion:
    """The mapping of a table to a kind, complete enough to be applied at once and to be corrected.

    Several tables must be of one layout (``fingerprint``): the texts of all of them are looked at.
    """
    if not isinstance(table, Table):
        table = together(table)
    fields = schemas.current(kind).annotations.by_pattern
    guesses = {column.index: _weighed(column, table, kind, fields) for column in table.columns}
    identity = _nearest(NAME, guesses)
    items = _items(table, kind, guesses, identity)
    named = _nearest(str(of_kind(kind).get("item_name", "")), guesses) if items else None
    listed = named is not None and _lists_items(table, identity, named)
    groups: Groups = "sheet" if table.shape == "form" else "line" if listed or not items else "identity"
    if items and identity is None:
        groups = "sheet"
    if items and not listed:
        guesses = {
            index: tuple(_levelled(found, table, index, identity, groups, kind, fields))
            for index, found in guesses.items()
        }
    chosen = _chosen(guesses, kind)
    columns = tuple(_guessed(column, table, guesses, chosen, kind, fields) for column in table.columns)
    names = frozenset((named,)) if listed and named is not None else frozenset()
    profile = _profile(table, kind, columns, names, items if groups != "line" else "", groups, identity)
    return Suggestion(profile, columns, _confidence(columns), tuple(_missing(profile, kind)))


def _weighed(column: Column, table: Table, kind: str, fields: Mapping[str, Field]) -> tuple[Guess, ...]:
    """The guesses for a column, by its heading and how its texts fit."""
    samples = table.samples(column.index, _SAMPLES)
    found: dict[str, Guess] = {}
    if _only_counts(column, samples):
        return ()
    for guess in meanings(column.parts, kind) if column.heading else ():
        field = fields[guess.to]
        if field.ref != PERSON:
            found[guess.to] = replace(guess, score=guess.score * values.weight(field, samples))
    if max((one.score for one in found.values()), default=0) < LEAST:
        for to in of_kind(kind).get("told_by_texts", ()):
            share = values.telling(fields[to], samples) if samples else 0
            if share >= 0.8 and _TOLD * share > found.get(to, Guess(to, 0, "values")).score:
                found[to] = Guess(to, _TOLD * share, "values")
    return tuple(sorted(found.values(), key=lambda guess: -guess.score))


def _only_counts(column: Column, samples: tuple[str, ...]) -> bool:
    """Whether a column numbers its lines: 序号, or 编号 with nothing but figures."""
    return is_number(column.parts[-1]) and all(_FIGURE.fullmatch(sample) for sample in samples)


def _nearest(to: str, guesses: Mapping[int, tuple[Guess, ...]]) -> int | None:
    """The column that means a property best, where it means nothing better itself."""
    scores = {
        index: found[0].score
        for index, found in guesses.items()
        if found and found[0].to == to and found[0].score >= LEAST
    }
    return max(scores, key=lambda index: scores[index]) if scores else None


def _items(table: Table, kind: str, guesses: Mapping[int, tuple[Guess, ...]], identity: int | None) -> str:
    """The list whose items stand in the lines, empty where the table has no column for one."""
    items = str(of_kind(kind).get("items", ""))
    inside = [found for found in guesses.values() if found and found[0].to.startswith(f"{items}/")]
    if not items or not inside:
        return ""
    certain = [found for found in inside if found[0].score >= LEAST]
    return items if certain and (len(certain) > 1 or identity is None or table.lines) else ""


def _lists_items(table: Table, identity: int | None, named: int) -> bool:
    """Whether each line is a document of its own whose items stand in one cell: «姓名、性别、住址»."""
    if identity is None or table.shape == "form":
        return False
    samples = table.samples(named, _SAMPLES)
    return values.are_lists(samples) and not is_grouped(table, identity)


def _levelled(
    found: tuple[Guess, ...],
    table: Table,
    index: int,
    identity: int | None,
    groups: Groups,
    kind: str,
    fields: Mapping[str, Field],
) -> Iterator[Guess]:
    """Guesses of a document's own property where the texts differ from item to item are its items' or none."""
    items = f"{of_kind(kind)['items']}/"
    counterparts = of_kind(kind).get("counterparts", {})
    label = table.shape == "form" and table.columns[index].place == 0
    varied = (
        index != identity and not label and differs(table, index, identity if groups == "identity" else None)
    )
    known = {guess.to for guess in found}
    made = []
    for guess in found:
        counterpart = counterparts.get(guess.to)
        whole = not guess.to.startswith(items)
        if whole and counterpart and counterpart not in known:
            factor = 0.97 if varied else _COUNTERPART
            made.append(Guess(counterpart, guess.score * factor, "values" if varied else guess.reason))
        if not (whole and varied and fields[guess.to].type != "array"):
            made.append(guess)
    yield from sorted(made, key=lambda guess: -guess.score)


def _chosen(guesses: Mapping[int, tuple[Guess, ...]], kind: str) -> dict[int, str]:
    """One property for each column and one column for each property, the surest pairs first."""
    several = set(of_kind(kind).get("several", ()))
    pairs = sorted(
        (
            (guess.score, -index, guess.to, _LEAST_NEAR if guess.reason == "near" else LEAST)
            for index, found in guesses.items()
            for guess in found
        ),
        reverse=True,
    )
    chosen: dict[int, str] = {}
    taken: set[str] = set()
    for score, negative, to, least in pairs:
        if score >= least and -negative not in chosen and (to not in taken or to in several):
            chosen[-negative] = to
            taken.add(to)
    return chosen


def _guessed(
    column: Column,
    table: Table,
    guesses: Mapping[int, tuple[Guess, ...]],
    chosen: Mapping[int, str],
    kind: str,
    fields: Mapping[str, Field],
) -> Guessed:
    samples = table.samples(column.index, _SAMPLES)
    found = guesses[column.index]
    to = chosen.get(column.index)
    if to is None:
        why = _why_not(column, samples, found, kind, fields)
        return Guessed(column, found[:_GUESSES], samples[:_SHOWN], (), why)
    beside = [one for one in of_kind(kind).get("together", {}).get(to, ()) if one not in chosen.values()]
    if fields[to].name == "types":
        beside = [one for one in beside if samples]
    if fields[to].name == "data_type" and not values.have_lengths(samples):
        beside = []
    return Guessed(column, found[:_GUESSES], samples[:_SHOWN], (to, *beside))


def _why_not(
    column: Column, samples: tuple[str, ...], found: tuple[Guess, ...], kind: str, fields: Mapping[str, Field]
) -> str:
    if _only_counts(column, samples):
        return "number"
    if column.heading:
        best = meanings(column.parts, kind)
        if best and fields[best[0].to].ref == PERSON:
            return "person"
    if not samples:
        return "empty"
    return "double" if found and found[0].score >= LEAST else "unknown"


def _profile(
    table: Table,
    kind: str,
    columns: tuple[Guessed, ...],
    names: frozenset[int],
    items: str,
    groups: Groups,
    identity: int | None,
) -> Profile:
    seen: dict[str, int] = {}
    rules = []
    for guessed in columns:
        title = guessed.column.title
        nth = seen.get(bare(title), 0)
        seen[bare(title)] = nth + 1
        reads = "names" if guessed.column.index in names else ""
        rules.append(Rule(title, guessed.taken, "names" if reads else "", nth=nth))
    targets = {to for guessed in columns for to in guessed.taken}
    labels = tuple(_labels(table, kind, targets))
    return Profile(
        kind=kind,
        fingerprint=fingerprint(table),
        columns=tuple(rules),
        items=items,
        groups=groups,
        identity=(NAME, *(to for to in ("/resource_code", "/identifier") if to in targets)),
        department_from=_department_from(table, kind, targets, labels),
        labels=labels,
    )


def _labels(table: Table, kind: str, targets: set[str]) -> Iterator[Rule]:
    """Rules for what is written above a list, for properties that no column gives."""
    fields = schemas.current(kind).annotations.by_pattern
    for label, text in table.labels.items():
        for guess in meanings((label,), kind):
            known = guess.to not in targets or guess.to == DEPARTMENT
            if guess.score >= 0.85 and known and fields[guess.to].ref != PERSON:
                if "/*/" not in guess.to and values.fit(fields[guess.to], [text]) > 0:
                    yield Rule(label, (guess.to,))
                break


def _department_from(table: Table, kind: str, targets: set[str], labels: tuple[Rule, ...]) -> DepartmentFrom:
    if DEPARTMENT in targets:
        return "column"
    if DEPARTMENT not in schemas.current(kind).annotations.by_pattern:
        return "none"
    if any(DEPARTMENT in rule.to for rule in labels):
        return "label"
    return "sheet" if values.are_departments([table.sheet]) else "none"


def _confidence(columns: tuple[Guessed, ...]) -> float:
    """The mean score of what was chosen, over the columns that hold something to choose."""
    scores = [
        next((guess.score for guess in column.guesses if guess.to == column.taken[0]), LEAST)
        if column.taken
        else 0.0
        for column in columns
        if column.taken or column.why in ("unknown", "double")
    ]
    return round(sum(scores) / len(scores), 2) if scores else 0.0


def _missing(profile: Profile, kind: str) -> Iterator[str]:
    """Needed properties that neither a column, a label, the sheet's name nor a constant gives."""
    given = {to for rule in (*profile.columns, *profile.labels) for to in rule.to} | set(profile.constants)
    if profile.department_from == "sheet":
        given.add(DEPARTMENT)
    if profile.groups == "sheet":
        given.add(NAME)
    for to in values.needed(kind):
        if to not in given and not any(one.startswith(f"{to}/") for one in given):
            yield to

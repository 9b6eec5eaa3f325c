"""The second step: what each column of a foreign layout stands for, suggested, shown, read back from a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.base.errors import Malformed
from catalog.base.i18n import Language, text
from catalog.exchange.cells import value_of
from catalog.exchange.layouts import Guessed, Profile, Rule, Suggestion, suggest
from catalog.exchange.layouts_headings import bare
from catalog.imports.reading import Layout
from catalog.imports.view import choices, leaves
from catalog.kinds import BY_NAME
from catalog.standards import schemas
from catalog.standards.annotations import PERSON

GROUPS = ("line", "identity", "sheet")
DEPARTMENTS = ("column", "sheet", "label", "constant", "none")
_SURE, _LIKELY = 0.85, 0.6
_JOIN = " "


@dataclass(frozen=True, slots=True)
class Mapped:
    """One layout with its suggestion and the profile that holds now: kept, or the suggested one."""

    layout: Layout
    suggestion: Suggestion
    profile: Profile
    kept_at: str


def mapped(layout: Layout, kind: str, kept: Profile | None, kept_at: str) -> Mapped:
    """A layout ready to be shown."""
    found = suggest(layout.tables, kind)
    return Mapped(layout, found, kept or found.profile, kept_at)


def _numbered(columns: Sequence[Guessed]) -> list[tuple[Guessed, tuple[str, int]]]:
    """Each column with its heading and which of that heading it is."""
    seen: dict[str, int] = {}
    found = []
    for one in columns:
        name = bare(one.column.title)
        found.append((one, (name, seen.get(name, 0))))
        seen[name] = seen.get(name, 0) + 1
    return found


def shown(one: Mapped, number: int, kind: str, language: Language) -> dict[str, Any]:
    """A layout as its form shows it."""
    rules = {(bare(rule.heading), rule.nth): rule for rule in one.profile.columns}
    columns = []
    for place, (guessed, key) in enumerate(_numbered(one.suggestion.columns)):
        rule = rules.get(key)
        to = rule.to if rule else guessed.taken
        columns.append(
            {
                "field": f"c|{number}|{place}",
                "title": guessed.column.title or "—",
                "samples": guessed.samples[:3],
                "to": _JOIN.join(to),
                "several": _called(to, kind, language) if len(to) > 1 else "",
                "why": _why(guessed, to, one.kept_at, language),
                "doubtful": bool(to) and not one.kept_at and guessed.guesses[:1] != () and guessed.guesses[0].score < _LIKELY,
            }
        )  # fmt: skip
    annotations = schemas.current(kind).annotations
    missing = [annotations.label(pointer, language) for pointer in one.suggestion.missing]
    return {
        "number": number,
        "fingerprint": one.layout.fingerprint,
        "sheets": list(dict.fromkeys(table.sheet for table in one.layout.tables)),
        "lines": sum(len(table.lines) for table in one.layout.tables),
        "columns": columns,
        "department_from": one.profile.department_from,
        "department": str(one.profile.constants.get("/department", "")),
        "groups": one.profile.groups,
        "items": bool(one.profile.items),
        "skip": "\n".join(one.profile.skip),
        "kept_at": one.kept_at,
        "constants": _constants(one, number, kind, language),
        "missing": ("、" if language == "zh" else ", ").join(missing),
    }


def _constants(one: Mapped, number: int, kind: str, language: Language) -> list[dict[str, Any]]:
    """What the table does not have and every record needs, with the value kept for all of them."""
    annotations = schemas.current(kind).annotations
    found: dict[str, dict[str, Any]] = {}
    for pointer in dict.fromkeys((*one.suggestion.missing, *_uncovered(one, kind), *one.profile.constants)):
        for leaf, field in leaves(pointer, kind):
            if leaf != "/department" and "/*" not in leaf:
                value = one.profile.constants.get(leaf, "")
                found[leaf] = {
                    "field": f"k|{number}|{leaf}",
                    "label": annotations.label(leaf, language),
                    "value": "、".join(value) if isinstance(value, list) else str(value),
                    "choices": choices(field, language),
                }
    return list(found.values())


def _uncovered(one: Mapped, kind: str) -> list[str]:
    """What a new record must have and no column fills."""
    of_kind = BY_NAME[kind]
    demanded = schemas.compiled(kind, of_kind.statuses[of_kind.initial]).get("required", ())
    filled = {to.split("/")[1] for rule in one.profile.columns for to in rule.to}
    return [f"/{name}" for name in demanded if name not in filled and name != "department"]


def _why(guessed: Guessed, to: Sequence[str], kept_at: str, language: Language) -> str:
    if kept_at:
        return text("imports.map-kept", language)
    if not to:
        return text(f"imports.map-why-{guessed.why}", language) if guessed.why else ""
    best = next((guess for guess in guessed.guesses if guess.to in to), None)
    if best is None:
        return ""
    sure = "sure" if best.score >= _SURE else "likely" if best.score >= _LIKELY else "perhaps"
    return f"{text(f'imports.map-{sure}', language)} · {text(f'imports.map-{best.reason}', language)}"


def _called(to: Sequence[str], kind: str, language: Language) -> str:
    annotations = schemas.current(kind).annotations
    return " + ".join(
        _label(pointer, kind, language) for pointer in to if annotations.by_pattern.get(pointer)
    )


def _label(pattern: str, kind: str, language: Language) -> str:
    found = schemas.current(kind).annotations.label(pattern.replace("/*", "/0"), language)
    return found.replace(" 1", "")


def targets(kind: str, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """All properties that a column may stand for, by the groups of the schema."""
    annotations = schemas.current(kind).annotations
    titles = {group["id"]: group["title" if language == "zh" else "x-title"] for group in annotations.groups}
    found: dict[str, list[tuple[str, str]]] = {}
    for field in annotations.fields:
        if not field.children and field.ref != PERSON and field.type != "object":
            group = titles.get(field.group or "", "")
            found.setdefault(group, []).append((field.pattern, _label(field.pattern, kind, language)))
    return list(found.items())


def typed(one: Mapped, number: int, form: Mapping[str, Any], kind: str, by_vendor: str) -> Profile:
    """The profile that a form says; raises ``Malformed`` for what no form of ours sends."""
    known = schemas.current(kind).annotations.by_pattern
    rules = {
        (bare(rule.heading), rule.nth): rule
        for rule in (*one.suggestion.profile.columns, *one.profile.columns)
    }
    made = []
    for place, (guessed, key) in enumerate(_numbered(one.suggestion.columns)):
        said = form.get(f"c|{number}|{place}")
        before = rules.get(key)
        to = before.to if said is None and before else tuple(str(said or "").split())
        if any(pointer not in known for pointer in to):
            raise Malformed("profile-invalid", found=str(said))
        if before and before.to == to:
            made.append(before)
        else:
            made.append(Rule(guessed.column.title, to, nth=key[1]))
    groups = str(form.get(f"groups|{number}", one.profile.groups))
    source = str(form.get(f"from|{number}", one.profile.department_from))
    constants = {key: value for key, value in one.profile.constants.items() if key != "/department"}
    department = str(form.get(f"department|{number}", "")).strip()
    for name, said in form.items():
        mark, _, leaf = name.removeprefix("k|").partition("|")
        field = known.get(leaf)
        if name.startswith("k|") and mark == str(number) and field is not None:
            constants.pop(leaf, None)
            if str(said).strip():
                constants[leaf] = value_of(str(said).strip(), field)
    if source == "constant" and department:
        constants["/department"] = department
    inside = {rule.to[0].partition("/*")[0] for rule in made if rule.to and "/*/" in rule.to[0]}
    if groups not in GROUPS or source not in DEPARTMENTS:
        raise Malformed("profile-invalid", found=f"{groups} {source}")
    skip = form.get(f"skip|{number}")
    words = (
        one.profile.skip
        if skip is None
        else tuple(line.strip() for line in str(skip).splitlines() if line.strip())
    )
    items = one.profile.items or (max(inside) if inside and groups != "line" else "")
    document = one.profile.document() | {"groups": groups, "department_from": source}
    return replace(
        Profile.of(document), columns=tuple(made), constants=constants,
        skip=words, items=items if groups != "line" else "", vendor=by_vendor, fingerprint=one.layout.fingerprint,
    )  # fmt: skip

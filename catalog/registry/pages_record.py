"""What every page about one record shares: finding it for this reader, its head, its tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from catalog.base.documents import Document
from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, BY_PLURAL, Kind
from catalog.registry import access
from catalog.registry.api_read import seq_at
from catalog.registry.offered import may_restore, on_record
from catalog.registry.pages_facts import Lookup, Value
from catalog.registry.pages_words import Words, department, kinds_name, lookup, words
from catalog.registry.reads import Row
from catalog.runtime import Runtime
from catalog.standards import schemas
from catalog.standards.annotations import Annotations

LEADS = ("definition", "summary")  # the sentence under the title
DONE = ("registered", "revised", "unchanged", "confirmed", "moved", "retired", "restored")
_PARTS = {"dataset": "fields", "code-list": "codes"}  # what is long has a tab of its own


@dataclass(frozen=True, slots=True)
class Opened:
    """A record found for a reader, with what its pages need."""

    request: Request
    runtime: Runtime
    kind: Kind
    row: Row
    document: Document
    annotations: Annotations
    sight: Sight
    language: Language
    words: Words
    used_by: Sequence[tuple[str, str, int]]

    @property
    def address(self) -> str:
        """The record's page."""
        return f"/{self.kind.plural}/{self.row.identifier}"

    @property
    def redacted(self) -> bool:
        """Whether the content was taken out of the register."""
        return not self.row.text

    async def lookup(self) -> Lookup:
        """Names and labels for this document; names of people for signed-in readers only."""
        signed_in = access.signed_in(self.request.state.actor)
        return await lookup(
            self.runtime.reads,
            self.annotations,
            [self.document],
            self.sight,
            self.language,
            people=signed_in,
        )

    async def page(self, template: str, here: str, **context: Any) -> Response:
        """The page, under the record's head with the tab ``here`` chosen."""
        head = await self._head(here)
        return render(
            self.request,
            template,
            record=head,
            used_by=self.used_by,
            redacted=self.redacted,
            as_of="as_of" in self.request.query_params,
            **context,
        )

    async def _head(self, here: str) -> dict[str, Any]:
        row, document, desk = self.row, self.document, self.runtime.settings.desk
        names = await self.words.departments()
        own = self.kind.name == "department"
        lead = next((name for name in LEADS if document.get(name)), None)
        fields = {field.name: field for field in self.annotations.top}
        state = orjson.loads(row.state)
        return {
            "kind": row.kind,
            "identifier": row.identifier,
            "name": row.name,
            "other_name": document.get("name_en", ""),
            "lead": document[lead] if lead else "",
            "lead_label": fields[lead].label(self.language) if lead in fields else "",
            "status": row.status,
            "version": row.version,
            "standard": row.standard,
            "owner": None if own else department(row.department, names, self.sight),
            "changed_at": row.changed_at,
            "confirmed_at": state.get("confirmed_at"),
            "address": self.address,
            "trail": [(kinds_name(row.kind, self.language), f"/{self.kind.plural}"), (row.name, "")],
            "tabs": await self._tabs(here),
            "offered": on_record(
                self.request.state.actor, self.kind, row.identifier, row.status, row.department, desk
            ),
            "restores": may_restore(self.request.state.actor, self.kind, row.department, desk),
            "done": self._done(),
        }

    def _done(self) -> str:
        """What the verb before this page did, in a sentence."""
        said = self.request.query_params.get("done", "")
        return text(f"done.{said}", self.language) if said in DONE else ""

    async def _tabs(self, here: str) -> list[dict[str, Any]]:
        tabs: list[tuple[str, int | None]] = [("facts", None)]
        part = _PARTS.get(self.kind.name)
        if part == "fields":
            tabs.append((part, len(self.document.get("fields", ()))))
        elif part:
            rows = await self.runtime.reads.find("code_count", code_list=self.row.identifier)
            tabs.append((part, int(rows[0][0])))
        tabs += [("usages", sum(n for _, _, n in self.used_by)), ("history", None)]
        if self.row.version > 1:
            tabs.append(("diff", None))
        return [
            {
                "href": self.address if name == "facts" else f"{self.address}/{name}",
                "label": text(f"record.{name}", self.language),
                "count": count,
                "here": name == here,
            }
            for name, count in tabs
        ]


async def opened(request: Request, plural: str) -> Opened:
    """The record that the path names, if this reader may know of it; the public view.

    ``?as_of=2026-10-01`` shows the record as the register had it at the end of that day (or after an entry).
    ``?view=internal`` shows internal fields to a reader who may see them, and leaves an entry.
    """
    runtime: Runtime = request.app.state.runtime
    kind = BY_PLURAL.get(plural)
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    seen = sight(request.state.actor, runtime.settings)
    access.require(request.state.actor, seen, kind.name)
    identifier = request.path_params["identifier"]
    internal = seen.internal if request.query_params.get("view") == "internal" else frozenset()
    if "as_of" in request.query_params:
        row = await runtime.reads.as_of(kind.name, identifier, await seq_at(request), internal)
    else:
        row = await runtime.reads.record(kind.name, identifier, internal)
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    if row.view == "i":
        await access.note_internal_read(request, row)
    language: Language = request.state.language
    known = await words(runtime.reads)
    counts = await known.used_by(kind.name, identifier)
    used_by = [(name, kinds_name(name, language), n) for name, n in counts if name in seen.kinds]
    return Opened(
        request=request,
        runtime=runtime,
        kind=kind,
        row=row,
        document=row.document,
        annotations=schemas.load(kind.name, row.standard).annotations,
        sight=seen,
        language=language,
        words=known,
        used_by=sorted(used_by, key=lambda found: -found[2]),
    )


def reference(kind: str, identifier: str, name: str | None, seen: Sight) -> Value:
    """A record as a value: its name, linked where its kind is readable."""
    known = BY_NAME[kind]
    href = f"/{known.plural}/{identifier}" if name and kind in seen.kinds else ""
    return Value("ref", text=name or identifier, code=identifier if name else "", href=href)

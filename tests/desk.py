"""A served register with people before it: what a test of the API needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlmodel import select

from catalog.base.documents import Document
from catalog.kinds import BY_NAME
from catalog.ledger.models import Entry
from catalog.ledger.verify import Proof, verify
from catalog.registry import contents
from catalog.runtime import Runtime
from tests import factories
from tests.factories import Keys
from tests.served import served


@dataclass(frozen=True)
class Held:
    """A record as its author has it: where it is, the ETag that was read, what was sent."""

    kind: str
    identifier: str
    etag: str
    document: Document

    @property
    def path(self) -> str:
        return f"/api/v1/{BY_NAME[self.kind].plural}/{self.identifier}"


@dataclass
class Desk:
    """The register, a client before it, and the keys of the people."""

    runtime: Runtime
    client: httpx.Client
    keys: Keys
    _number: int = 0

    def send(
        self, method: str, path: str, *, by: str | None = "keeper", etag: str | None = None, **more: Any
    ) -> httpx.Response:
        """One request; ``by`` names whose key it carries, None sends none."""
        headers = dict(more.pop("headers", {})) | (getattr(self.keys, by) if by else {})
        if etag:
            headers["if-match"] = etag
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        answer = self.send("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(self, method: str, path: str, *, etag: str | None = None, **more: Any) -> httpx.Response:
        """A write with its reason."""
        return self.send(method, path, etag=etag, params={"note": "会议纪要第3号"}, **more)

    def fresh(self, kind: str, **more: Any) -> Held:
        """A new record of ``kind``, which the search index holds (a busy machine may need its time)."""
        document = self.draft(kind) | more
        answer = self.write("POST", f"/api/v1/{BY_NAME[kind].plural}", json=document)
        assert answer.status_code == 201, answer.text
        assert self.runtime.index.wait_for(self.last(), 10)
        return Held(kind, answer.json()["identifier"], answer.headers["etag"], document)

    def draft(self, kind: str) -> Document:
        """A document that nobody has sent yet."""
        self._number += 1
        return factories.document(kind, f"（试{self._number}）")

    def read(self, held: Held, **more: Any) -> Held:
        """The record as it stands, with its internal fields."""
        answer = self.send("GET", f"{held.path}?view=internal", **more)
        assert answer.status_code == 200, answer.text
        return Held(held.kind, held.identifier, answer.headers["etag"], answer.json()["document"])

    def last(self) -> int:
        """The newest entry."""
        return self.runtime.feed.last()

    def entries(self, after: int) -> list[Entry]:
        """The entries since, without those that the reading of internal fields leaves."""
        with self.runtime.database.reading() as session:
            rows = list(session.scalars(select(Entry).where(Entry.seq > after).order_by(Entry.seq)))
            session.expunge_all()
        return [row for row in rows if not row.verb.endswith(".read")]

    def proof(self) -> Proof:
        """What ``catalog verify`` finds."""
        return proof(self.runtime)


def proof(runtime: Runtime) -> Proof:
    """The proof of a register's chain."""
    with runtime.database.reading() as session:
        return verify(session, lambda key: contents.proof(session, key))


@contextmanager
def opened(runtime: Runtime) -> Iterator[Desk]:
    """The register served, with an anchor of every kind and all the people."""
    factories.anchor(runtime)
    keys = factories.people(runtime)
    with served(runtime) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield Desk(runtime, client, keys)

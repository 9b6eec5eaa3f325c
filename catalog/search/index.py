"""The search index of one machine: what its processes open, ask, wait for, rebuild and verify."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tantivy

from catalog.search import query as asking
from catalog.search import schema
from catalog.search.folder import Broken, Folder
from catalog.search.follower import Follower, Writer, opened
from catalog.search.schema import Hit, Item, Source
from catalog.search.snapshot import Snapshot

__all__ = ["Difference", "Hit", "Index", "Item", "Source"]

_RELOAD = 0.005  # seconds between looks at what another process writes, while somebody waits for it
_CATCH_UP = 30.0  # seconds that ``rebuild`` and ``verify`` give to the process that writes
_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that the index holds otherwise than the register."""

    kind: str
    identifier: str
    problem: Literal["missing", "surplus", "differs"]


class Index:
    """The index in one folder. It can be thrown away at any time; whoever holds the lock makes it anew."""

    def __init__(self, folder: Folder) -> None:
        self.noticed = 0  # the last entry that ``notify`` named
        self._folder = folder
        self._generation = ""
        self._index = schema.prepare(tantivy.Index(schema.fields()))  # empty, until there is a real one
        self._snapshot = Snapshot(self._index)
        self._moved = threading.Condition()
        self._follower: Follower | None = None

    @classmethod
    def open(cls, path: Path) -> Index:
        """The index in the folder ``path``, made if need be; an index that can't be read answers nothing."""
        index = cls(Folder(path))
        index._reload()
        return index

    @property
    def held(self) -> int:
        """The entry up to which searches of this process answer."""
        return self._snapshot.held

    @property
    def behind(self) -> bool:
        """Whether this process knows of an entry that it would not find yet."""
        return self._snapshot.held < self.noticed

    @property
    def writes(self) -> bool:
        """Whether this process is the one that writes the index."""
        return self._folder.held

    def query(self, asked: asking.Query, reader: asking.Reader) -> asking.Results:
        """Rows, total and facets in one call."""
        return asking.search(self._snapshot, asked, reader)

    def suggest(self, prefix: str, reader: asking.Reader, limit: int) -> list[Hit]:
        """Records that are called, coded or read like ``prefix``."""
        return asking.suggest(self._snapshot, prefix, reader, limit)

    def follow(self, source: Source) -> None:
        """Start following the register; once for each process."""
        if self._follower is None:
            self._follower = Follower(self._folder, source, self._reload)
            self._follower.start()

    def notify(self, seq: int) -> None:
        """Say that entry ``seq`` is committed; wakes the writer, in whichever process it is."""
        self.noticed = max(self.noticed, seq)
        self._folder.ring()

    def wait_for(self, seq: int, timeout: float = 0.15) -> bool:
        """Wait until entry ``seq`` can be found, at most ``timeout`` seconds; whether it can."""
        end = time.monotonic() + timeout
        while self.held < seq:
            left = end - time.monotonic()
            if left <= 0:
                return False
            with self._moved:
                if self.held < seq:
                    self._moved.wait(left if self.writes else min(left, _RELOAD))
            if not self.writes:
                self._reload()
        return True

    def rebuild(self, source: Source) -> int:
        """Write the whole index anew, here or in the process that holds the lock; the number of records.

        Until it is done, searches answer from the old one. Raises ``TimeoutError`` where the process that
        holds the lock does not begin.
        """
        if self._follower is None and self._folder.take():
            try:
                count = self._written(source, Writer.rebuild)
                self._folder.rebuilt()
                return count
            finally:
                self._folder.release()
        self.ask_for_rebuild()
        end = time.monotonic() + _CATCH_UP + source.last() / 1000
        while self._folder.rebuild_asked:
            if time.monotonic() > end:
                raise TimeoutError("the process that holds the index lock did not rebuild the index")
            time.sleep(_RELOAD)
        self._reload()
        return sum(1 for _ in _indexed(self._snapshot))

    def ask_for_rebuild(self) -> None:
        """Leave word that the index is to be built anew; survives a restart. For changed standards."""
        self._folder.ask_for_rebuild()
        self._folder.ring()

    def catch_up(self, source: Source) -> bool:
        """Follow up to the last entry, here if nobody else does; whether the index holds it now."""
        if self._follower is None and self._folder.take():
            try:
                self._written(source, lambda writer: sum(iter(writer.apply, False)))
            finally:
                self._folder.release()
        return self.wait_for(source.last(), _CATCH_UP)

    def verify(self, source: Source) -> list[Difference]:
        """Every record that the index, once it has caught up, holds otherwise than the register."""
        self.catch_up(source)
        snapshot = self._snapshot
        indexed: dict[tuple[str, str], list[bytes]] = {}
        for key, digest in _indexed(snapshot):
            indexed.setdefault(key, []).append(digest)
        found = []
        for item in _everything(source):
            entry = indexed.pop((item.kind, item.identifier), None)
            if item.seq > snapshot.held:
                continue  # changed since
            if entry is None:
                found.append(Difference(item.kind, item.identifier, "missing"))
            elif entry != [schema.digest(item)]:
                found.append(Difference(item.kind, item.identifier, "differs"))
        found.extend(Difference(kind, identifier, "surplus") for kind, identifier in indexed)
        return sorted(found, key=lambda difference: (difference.kind, difference.identifier))

    def close(self) -> None:
        """Stop following and give the lock back."""
        if self._follower is not None:
            self._follower.stop()
            self._follower = None

    def _written(self, source: Source, work: Callable[[Writer], int]) -> int:
        writer = Writer(opened(self._folder), source)
        try:
            return work(writer)
        except BaseException:
            writer.undo()
            raise
        finally:
            writer.close()
            self._reload()

    def _reload(self) -> None:
        """See what has been committed since; an index that can't be read leaves the state as it was."""
        with self._moved:
            with suppress(Broken, ValueError):  # whoever holds the lock makes a new one
                if (generation := self._folder.generation()) != self._generation:
                    self._index, self._generation = self._folder.open(), generation
                else:
                    self._index.reload()
                self._snapshot = Snapshot(self._index)
            self._moved.notify_all()


def _indexed(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str], bytes]]:
    searcher = snapshot.searcher
    for _, address in searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits:
        document = searcher.doc(address)
        if row := document.get_first("row"):
            hit = schema.hit(row)
            yield (hit.kind, hit.identifier), document.get_first("digest")


def _everything(source: Source) -> Iterator[Item]:
    after = 0
    while after < source.last():
        items, after = source.changed(after, _PAGE)
        yield from items

"""The thread that keeps the index of a machine up with the register.

In the process that holds the lock it writes; in the others it reloads what the holder has written, and
takes the lock when the holder is gone. What went wrong is logged and tried again: the index may always
lag, and may never lose an entry, because what it holds is written in the same commit as the documents.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from catalog.search import schema
from catalog.search.folder import Broken, Folder
from catalog.search.schema import Source
from catalog.search.snapshot import Snapshot

POLL = 0.25  # seconds after which the register is asked although nobody rang
_PAUSE = 1.0  # seconds after a failure
_BATCH = 2000  # items of one commit while following
_HEAP = 48_000_000  # bytes that one writer may collect before it writes a segment
_log = structlog.get_logger(__name__)


class Writer:
    """Writes items into the index in use; for the holder of the lock."""

    def __init__(self, index: Any, source: Source) -> None:
        self._writer = index.writer(_HEAP, 1)
        self._source = source
        self._register = source.register()
        index.reload()
        snapshot = Snapshot(index)
        self.held = snapshot.held if snapshot.register == self._register else 0

    def apply(self) -> bool:
        """Bring the next items in, in one commit; whether there were any.

        An index of another register, or of a later state of this one (it was restored), is built anew.
        """
        last = self._source.last()
        if self.held == last:
            return False
        if not self.held or self.held > last:
            return self.rebuild() > 0
        items, upto = self._source.changed(self.held, _BATCH)
        self._write(items, known_to=0)
        self._commit(upto)
        return True

    def rebuild(self) -> int:
        """Write every item of the register anew, in one commit that readers see as a whole; how many."""
        self._writer.delete_all_documents()
        count, held, begun = 0, 0, self._source.last()
        while held < self._source.last():
            items, held = self._source.changed(held, _BATCH)
            self._write(items, known_to=begun)
            count += len(items)
        self._commit(held)
        return count

    def close(self) -> None:
        """Finish merging and give the writer up."""
        self._writer.wait_merging_threads()

    def undo(self) -> None:
        """Forget what is not committed."""
        self._writer.rollback()

    def _write(self, items: list[schema.Item], *, known_to: int) -> None:
        for item in items:
            if item.seq > known_to:  # else it can't be there yet
                self._writer.delete_documents_by_term("id", schema.key_of(item))
            self._writer.add_document(schema.document(item))

    def _commit(self, upto: int) -> None:
        self._writer.delete_documents_by_term("marker", schema.MARKER)
        self._writer.add_document(schema.marker(upto, self._register))
        self._writer.commit()
        self.held = upto


class Follower(threading.Thread):
    """Follows one source until stopped; calls ``moved`` whenever the index may hold more than before."""

    def __init__(self, folder: Folder, source: Source, moved: Callable[[], None]) -> None:
        super().__init__(name="search-follower", daemon=True)
        self._folder = folder
        self._source = source
        self._moved = moved
        self._stopping = threading.Event()
        self._writer: Writer | None = None

    def run(self) -> None:
        """Write while this process holds the lock, else watch."""
        while not self._stopping.is_set():
            try:
                if self._folder.take():
                    self._write()
                else:
                    self._moved()
                    self._stopping.wait(POLL)
            except Exception:
                _log.exception("search.follow", held=self._folder.held)
                self._give_up_writer()
                self._stopping.wait(_PAUSE)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._folder.release()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        self._folder.ring()
        self.join()

    def _write(self) -> None:
        if self._writer is None:
            self._writer = Writer(opened(self._folder), self._source)
            self._moved()
        if self._folder.rebuild_asked:
            self._writer.rebuild()
            self._folder.rebuilt()
            self._moved()
        while not self._stopping.is_set() and self._writer.apply():
            self._moved()
        if not self._stopping.is_set():
            self._folder.listen(POLL)

    def _give_up_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(ValueError):  # what is not committed is found again in the register
                writer.undo()
                writer.close()  # gives back tantivy's own lock


def opened(folder: Folder) -> Any:
    """The index in use, or a new one where none can be read. For the holder of the lock."""
    try:
        return folder.open()
    except Broken as reason:
        if folder.generation():
            _log.warning("search.renewed", reason=str(reason))
        return folder.renew()

"""The folder of an index: one generation in use, the lock of its writer, and how others wake the writer.

``current`` names the generation in use; a new one is made beside it and named in one rename, so that no
reader ever opens half an index. Only the holder of ``lock`` writes here.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import tantivy

from catalog.search import schema


class Broken(Exception):
    """There is no index that this program can read; the holder of the lock makes a new one."""


class Folder:
    """Files of one machine's index, shared by its processes."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = -1
        self._bell = -1

    def generation(self) -> str:
        """The name of the generation in use; empty where there is none."""
        try:
            return (self.path / "current").read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return ""

    def open(self) -> Any:
        """The index in use.

        Raises ``Broken`` where it is missing, damaged, or of another format or version of tantivy.
        """
        name = self.generation()
        if not name.startswith(f"{schema.FORMAT}-"):
            raise Broken(name or "missing")
        where = str(self.path / name)
        try:
            if not tantivy.Index.is_compatible(where):
                raise Broken(name)
            index = schema.prepare(tantivy.Index.open(where))
            index.reload()  # fails where a file of the last commit is missing
            return index
        except (ValueError, OSError) as error:
            raise Broken(str(error)) from error

    def renew(self) -> Any:
        """A new, empty index in use; the old ones are deleted. For the holder of the lock."""
        name = f"{schema.FORMAT}-{uuid.uuid4().hex}"
        (self.path / name).mkdir()
        index = schema.prepare(tantivy.Index(schema.fields(), path=str(self.path / name)))
        fresh = self.path / "current.new"
        fresh.write_text(name, encoding="ascii")
        fresh.replace(self.path / "current")
        for old in self.path.iterdir():
            if old.is_dir() and old.name != name:
                shutil.rmtree(old, ignore_errors=True)
        return index

    @property
    def held(self) -> bool:
        """Whether this process may write."""
        return self._lock >= 0

    def take(self) -> bool:
        """Take the lock if nobody holds it; a process that dies gives it back."""
        if self.held:
            return True
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        self._bell = os.open(self._pipe(), os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        return True

    def release(self) -> None:
        """Give the lock back."""
        for opened in (self._bell, self._lock):
            if opened >= 0:
                os.close(opened)
        self._bell = self._lock = -1

    def ring(self) -> None:
        """Wake the holder of the lock, in whichever process it is; nothing if there is none."""
        try:
            bell = os.open(self._pipe(), os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        with suppress(BlockingIOError, BrokenPipeError):  # rung often enough, or the holder just went
            os.write(bell, b"!")
        os.close(bell)

    def listen(self, seconds: float) -> None:
        """Wait for ``ring``, no longer than ``seconds``. For the holder of the lock."""
        if select.select([self._bell], [], [], seconds)[0]:
            os.read(self._bell, 65_536)

    def ask_for_rebuild(self) -> None:
        """Leave a note that the holder of the lock builds the index anew."""
        (self.path / "rebuild").touch()

    @property
    def rebuild_asked(self) -> bool:
        """Whether such a note lies here."""
        return (self.path / "rebuild").exists()

    def rebuilt(self) -> None:
        """Take the note away."""
        (self.path / "rebuild").unlink(missing_ok=True)

    def _pipe(self) -> Path:
        pipe = self.path / "wake"
        if not pipe.exists():
            with suppress(FileExistsError):
                os.mkfifo(pipe, 0o600)
        return pipe

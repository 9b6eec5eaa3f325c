"""The outside world of notices: a mail server and a receiver of HTTP, real sockets on this machine."""

from __future__ import annotations

import http.server
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class MailServer:
    """What a mail server took, and whether it takes anything; ``crash`` is called between taking and answering."""

    port: int = 0
    taken: list[str] = field(default_factory=list)
    open: bool = True


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that speaks as much SMTP as a client needs."""
    held = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("DATA"):
                    self._data()
                elif verb.startswith("QUIT"):
                    self._say("221 bye")
                    return
                elif verb.startswith("MAIL") and not held.open:
                    self._say("451 not now")
                else:
                    self._say("250 fine")

        def _data(self) -> None:
            self._say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            held.taken.append(b"".join(lines).decode())
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        held.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield held
        server.shutdown()


@dataclass
class Receiver:
    """What a receiver of HTTP got, and what it answers."""

    address: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: int = 204


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks and robot messages."""
    held = Receiver()

    class Take(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            held.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(held.answers)
            if held.answers in (301, 302, 307):
                self.send_header("location", held.address + "elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        held.address = f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield held
        server.shutdown()

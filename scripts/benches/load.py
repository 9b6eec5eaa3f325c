"""A small load generator: one process, several kept-alive connections, the next request when one is answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable


def requests_a_second(
    port: int, path: Callable[[int], str], *, seconds: float = 3.0, connections: int = 8, headers: str = "",
    body: bytes = b"",
) -> float:  # fmt: skip
    """How many requests a second the server answers with 200; with a JSON ``body`` they are posted."""
    done, _ = _run(port, path, seconds, connections, headers, body)
    return done / seconds


def latencies(port: int, path: Callable[[int], str], *, count: int = 300, headers: str = "") -> list[float]:
    """Milliseconds of ``count`` requests, one after another."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times = []
    for number in range(count):
        begin = time.perf_counter()
        connection.sendall(_request(path(number), headers))
        _answer(connection, b"")
        times.append((time.perf_counter() - begin) * 1000)
    connection.close()
    return times


def _request(path: str, headers: str, body: bytes = b"") -> bytes:
    if body:
        headers += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode() + body
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def _answer(connection: socket.socket, buffer: bytes) -> None:
    while not _complete(buffer):
        part = connection.recv(262_144)
        assert part, "the server closed the connection"
        buffer += part


def _complete(buffer: bytes) -> bool:
    head, found, body = buffer.partition(b"\r\n\r\n")
    if not found:
        return False
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), head[:200]
    lower = head.lower()
    place = lower.find(b"content-length:")
    length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
    return len(body) >= length


def _run(
    port: int, path: Callable[[int], str], seconds: float, connections: int, headers: str, body: bytes
) -> tuple[int, int]:
    poll = selectors.DefaultSelector()
    buffers: dict[socket.socket, bytes] = {}
    sent = done = 0
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(connection, selectors.EVENT_READ)
        buffers[connection] = b""
        connection.sendall(_request(path(sent), headers, body))
        sent += 1
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in poll.select(timeout=1):
            connection = key.fileobj  # type: ignore[assignment]
            buffers[connection] += connection.recv(262_144)
            if _complete(buffers[connection]):
                buffers[connection] = b""
                done += 1
                connection.sendall(_request(path(sent), headers, body))
                sent += 1
    for connection in buffers:
        connection.close()
    return done, sent

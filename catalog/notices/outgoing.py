"""One POST to an address that an administrator has configured: no redirects, a short time, no proxy.

The name is looked up once and the connection goes to what was found, so that a name cannot lead elsewhere
between the check and the call. Private addresses are refused unless they are allowed for this one.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from catalog.base.errors import InvalidDocument, Violation

_SECONDS = 10.0
_MOST_READ = 2000
_TRANSLATED = tuple(ipaddress.IPv6Network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
"""Where the last 32 bits are an IPv4 address: NAT64, and the form that came before it."""


class Undelivered(Exception):
    """A message that was not taken; the text says why, for the administrator."""


def check(address: str, *, private: bool) -> SplitResult:
    """The parts of an address that may be called; raises ``InvalidDocument`` for any other."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InvalidDocument([Violation("/address", "webhook-address", found=address[:120])]) from None
    plain = parts.username is None and not parts.fragment and address.isprintable() and port != 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise InvalidDocument([Violation("/address", "webhook-address", found=address[:120])])
    if not private:
        try:
            _resolved(parts, private=False)
        except Undelivered as error:
            raise InvalidDocument([Violation("/address", "webhook-private", found=str(error))]) from None
    return parts


def post(address: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> None:
    """Send ``body``; raises ``Undelivered`` for everything but an answer of 2xx."""
    parts = urlsplit(address)
    reached = _resolved(parts, private=private)
    connection = _connection(parts, reached)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers={"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        answer.read(_MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise Undelivered(f"HTTP {answer.status}")


def _resolved(parts: SplitResult, *, private: bool) -> str:
    """The address that the name stands for; raises ``Undelivered`` for a private one that is not allowed."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Undelivered(f"{host}: {error}"[:300]) from error
    closed = sorted(one for one in found if not _public(one.partition("%")[0]))
    if closed and not private:
        raise Undelivered(f"{host} → {closed[0]}")
    return min(found, key=lambda one: (":" in one, one))


def _public(reached: str) -> bool:
    """Whether one machine of the open network has this address, also where a gateway would translate it."""
    address = ipaddress.ip_address(reached)
    if isinstance(address, ipaddress.IPv6Address):
        last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        translated = last if any(address in one for one in _TRANSLATED) else None
        inner = address.ipv4_mapped or address.sixtofour or translated
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast


def _connection(parts: SplitResult, reached: str) -> http.client.HTTPConnection:
    if parts.scheme == "http":
        return http.client.HTTPConnection(reached, parts.port or 80, timeout=_SECONDS)
    made = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=_SECONDS)
    context = ssl.create_default_context()

    def connect() -> None:
        plain = socket.create_connection((reached, parts.port or 443), _SECONDS)
        made.sock = context.wrap_socket(plain, server_hostname=parts.hostname)

    made.connect = connect  # type: ignore[method-assign]
    return made

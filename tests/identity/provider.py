"""A small OpenID Connect service for tests: real keys, real redirects, one person at a time."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cdo-catalog", "test-secret"


class Service:
    """What the service believes; tests bend it to see a lie refused."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1", "alg": "RS256", "use": "sig"})
        self.other_key = RSAKey.generate_key(2048, parameters={"kid": "k1", "alg": "RS256", "use": "sig"})
        self.person = {"sub": "s-1", "preferred_username": "keeper"}
        self.claims: dict[str, Any] = {}  # what replaces the right claims
        self.forged = False
        self.address = ""
        self.codes: dict[str, dict[str, str]] = {}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"],
        } | self.person | self.claims  # fmt: skip
        key = self.other_key if self.forged else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


def _page(service: Service) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def say(self, value: Any, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                base = service.address
                self.say({"issuer": base, "authorization_endpoint": f"{base}/authorize",
                          "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys"})  # fmt: skip
            elif parts.path == "/keys":
                self.say({"keys": [service.key.as_dict(private=False)]})
            else:
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                service.codes["c-1"] = asked
                self.send_response(302)
                back = urlencode({"code": "c-1", "state": asked["state"]})
                self.send_header("location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            asked = service.codes.pop(given.get("code", ""), None)
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            hashed = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
            right = asked is not None and asked["code_challenge"] == challenge
            if not right or self.headers.get("authorization") != f"Basic {basic}":
                self.say({"error": "invalid_grant"}, 400)
                return
            assert asked is not None
            self.say({"access_token": "a", "token_type": "Bearer", "expires_in": 60,
                      "id_token": service.id_token(asked)})  # fmt: skip

    return Page


@contextmanager
def running() -> Iterator[Service]:
    """The service on a free port of this machine."""
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _page(service))
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    thread.join(5)
    server.server_close()

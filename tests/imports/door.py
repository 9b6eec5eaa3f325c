"""Somebody at a browser before a served register, and files to bring."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from catalog.base.clock import today
from catalog.identity import demo
from catalog.runtime import Runtime
from tests import factories
from tests.served import served

HEADINGS = {
    "name": "系统名称",
    "category": "系统类别",
    "department": "所属部门",
    "level": "层级",
    "summary": "系统简介",
}


@dataclass
class Visitor:
    """One signed-in person; ``csrf`` is the secret of the session."""

    client: httpx.Client
    csrf: str

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, headers={"accept": "text/html"}, **more)

    def page(self, path: str) -> str:
        answer = self.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text[:2000]
        return html.unescape(answer.text)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf, **fields}, headers={"accept": "text/html"})

    def upload(
        self, name: str, data: bytes, *, kind: str = "system", statement: str = "yes", **more: str
    ) -> httpx.Response:
        fields = {"csrf": self.csrf, "kind": kind, "statement": statement, **more}
        return self.client.post(
            "/imports", data={key: value for key, value in fields.items() if value}, files={"file": (name, data)},
            headers={"accept": "text/html"},
        )  # fmt: skip

    def bring(self, name: str, data: bytes, **more: str) -> str:
        """Upload a file that is taken; its address."""
        answer = self.upload(name, data, **more)
        assert answer.status_code == 303, answer.text[:2000]
        return answer.headers["location"]

    def counts(self, address: str) -> dict[str, int]:
        """What the check has found, from the API."""
        body = self.client.get(f"/api/v1{address}").json()
        return {name: body[name] for name in ("read", "created", "revised", "unchanged", "refused")}


class House:
    """A served register with the demonstration's accounts."""

    def __init__(self, runtime: Runtime, address: str) -> None:
        self.runtime, self.address = runtime, address
        self._visitors: dict[str, Visitor] = {}
        self.clients: list[httpx.Client] = []

    def visitor(self, login: str) -> Visitor:
        if login not in self._visitors:
            self._visitors[login] = self.fresh(login)
        return self._visitors[login]

    def fresh(self, login: str) -> Visitor:
        """A session of its own."""
        client = self._client()
        answer = client.post("/sign-in", data={"login": login, "password": demo.PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text[:500]
        page = client.get("/help", headers={"accept": "text/html"}).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        return Visitor(client, found[1])

    def anonymous(self) -> Visitor:
        return Visitor(self._client(), "")

    def _client(self) -> httpx.Client:
        self.clients.append(httpx.Client(base_url=self.address, timeout=60))
        return self.clients[-1]

    def last(self) -> int:
        return self.runtime.feed.last()


@contextmanager
def opened(runtime: Runtime) -> Iterator[House]:
    factories.anchor(runtime)
    with runtime.database.writing() as session:
        demo.create(session, host="127.0.0.1", on=today(runtime.settings.zone))
    with served(runtime) as address:
        house = House(runtime, address)
        yield house
        for client in house.clients:
            client.close()


def table(*rows: dict[str, str]) -> bytes:
    """Systems as CSV under Chinese headings, as Excel writes it."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(HEADINGS[name] for name in HEADINGS)
    for row in rows:
        writer.writerow(row.get(name, "") for name in HEADINGS)
    return target.getvalue().encode("utf-8-sig")


def system(name: str, department: str = "DP0019", **more: str) -> dict[str, str]:
    return {"name": name, "category": "business", "department": department, "level": "4", **more}

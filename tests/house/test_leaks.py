"""Role × route: what is internal, personal or closed appears in no answer to a reader without the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from catalog.base import clock
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime, open_runtime
from tests import factories
from tests.desk import Desk
from tests.served import served

SYSTEM, DATASET, AGREEMENT = "SY0777", "DS000777", "AG2026-0777"
THEIRS = "SY0778"  # of another department
NAME = "泄露试验婚姻系统"
INTERNAL = ("gw7731.mz.gov-extranet.cn", "77319.8642", "10.77.31.99")
THEIR_INTERNAL = ("gw8842.rs.gov-extranet.cn",)
TELEPHONE = "020-99887766"
NOTE = "专题会议内部意见第七条"


@dataclass(frozen=True)
class Reader:
    """Who reads, and what must never reach this reader."""

    client: httpx.Client
    headers: dict[str, str]
    never: tuple[str, ...]


def _fill(runtime: Runtime) -> str:
    """Two systems, a dataset and an agreement with internal fields; the key of their contact."""
    with runtime.database.writing() as session:
        contact = persons.create(
            session,
            name="联系人（示例）",
            telephone=TELEPHONE,
            email="x@mz.example.cn",
            basis="test",
            by=CONSOLE,
        )
    system = factories.document("system") | {
        "identifier": SYSTEM, "name": NAME, "department": "DP0008", "address": INTERNAL[0], "contact": contact,
    }  # fmt: skip
    system["project"] = {"name": "一期", "budget": INTERNAL[1]}
    theirs = system | {
        "identifier": THEIRS, "name": f"{NAME}二", "department": "DP0011", "address": THEIR_INTERNAL[0],
    }  # fmt: skip
    theirs = {key: value for key, value in theirs.items() if key not in ("project", "contact")}
    dataset = factories.document("dataset") | {
        "identifier": DATASET, "name": "泄露试验婚姻数据", "systems": [SYSTEM], "contact": contact,
    }  # fmt: skip
    dataset["services"][0] |= {"address": f"https://{INTERNAL[2]}/hy", "contact": contact}
    agreement = factories.document("sharing-agreement") | {"identifier": AGREEMENT, "dataset": DATASET}
    agreement["consents"]["provider"]["person"] = contact
    documents: tuple[tuple[str, dict[str, Any]], ...] = (
        ("system", system), ("system", theirs), ("dataset", dataset), ("sharing-agreement", agreement),
    )  # fmt: skip
    factories.enter(runtime, *(Incoming(kind, one) for kind, one in documents), note=NOTE)
    changed = system | {"address": f"{INTERNAL[0]}:8443", "summary": "第二版"}
    factories.enter(runtime, Incoming("system", changed), note=NOTE)
    return contact


@pytest.fixture(scope="module")
def readers(desk: Desk) -> Iterator[dict[str, Reader]]:
    contact = _fill(desk.runtime)
    secret = (*INTERNAL, *THEIR_INTERNAL, contact, TELEPHONE)
    with desk.runtime.database.writing() as session:
        on = clock.today(desk.runtime.settings.zone)
        person = persons.create(session, name="officer（示例）", basis="test", by=CONSOLE)
        accounts.create(
            session, login="officer", person=person, password=passwords.secure(factories.PASSWORD),
            department="DP0008", by=CONSOLE,
        )  # fmt: skip
        accounts.grant(session, login="officer", role="data_officer", department="DP0008", by=CONSOLE, on=on)
        officer = tokens.issue(
            session,
            login="officer",
            name="x",
            scope=frozenset({"read", "internal"}),
            days=9,
            on=on,
            by=CONSOLE,
        ).secret
    desk.runtime.index.notify(desk.last())
    desk.runtime.index.wait_for(desk.last(), 10)
    opened = open_runtime(desk.runtime.settings.model_copy(update={"public_read": "all"}))
    with served(opened) as address, httpx.Client(base_url=address, timeout=30) as all_:
        yield {
            "anonymous-standards": Reader(desk.client, {}, (*secret, NOTE, NAME, "泄露试验婚姻数据")),
            "anonymous-all": Reader(all_, {}, (*secret, NOTE)),
            "reader": Reader(desk.client, desk.keys.reader, secret),
            "vendor": Reader(desk.client, desk.keys.vendor, secret),
            "token-without-internal": Reader(desk.client, desk.keys.readonly, secret),
            "officer": Reader(desk.client, {"authorization": f"Bearer {officer}"}, THEIR_INTERNAL),
        }


READERS = ("anonymous-standards", "anonymous-all", "reader", "vendor", "token-without-internal", "officer")
ONES = (("systems", SYSTEM), ("systems", THEIRS), ("datasets", DATASET), ("sharing-agreements", AGREEMENT))
ROUTES = [
    f"{prefix}/{plural}/{identifier}{rest}"
    for plural, identifier in ONES
    for prefix, rests in (
        ("/api/v1", ("", "?view=internal", "?as_of=9999999&view=internal", "?fields=address,contact,project,services",
                     "?view=internal&fields=address,contact", "?include=parents,children", "/versions", "/versions/1",
                     "/diff?from=1&to=2", "/usages", "/timeline")),
        ("/api/v1", ("/attachments", "/completeness")),
        ("", ("", "?version=1", "/history", "/diff", "/usages", "/fields", "/attachments", "/print",
              "/print?view=internal")),
    )
    for rest in rests
] + [
    f"{prefix}/{plural}{rest}"
    for plural in ("systems", "datasets", "sharing-agreements")
    for prefix, rests in (
        ("/api/v1", ("?limit=200", "?limit=200&view=internal", "?limit=200&as_of=9999999&view=internal",
                     "?q=泄露试验&view=internal", "?fields=address,contact,project,services&view=internal")),
        ("", ("", "?q=泄露试验")),
    )
    for rest in rests
] + [
    "/", "/api/v1/search?q=泄露试验", "/api/v1/suggest?q=泄露", "/search?q=泄露试验婚姻", "/api/v1/entries?after=0",
    "/metrics", "/ready", "/openapi.json", "/api/v1/meta", "/departments/DP0008/usages",
    "/api/v1/departments/DP0008/usages?limit=200", "/api/v1/departments/DP0008?include=children",
]  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_no_answer_holds_what_its_reader_may_not_know(readers: dict[str, Reader], who: str) -> None:
    reader = readers[who]
    leaks, answered = [], 0

    for route in ROUTES:
        accept = "application/json" if route.startswith("/api/") else "text/html"
        answer = reader.client.get(route, headers=reader.headers | {"accept": accept})
        assert answer.status_code < 500, route
        answered += answer.status_code == 200
        shown = answer.text.replace("泄露试验婚姻</", "</") if "q=" in route else answer.text
        leaks += [(route, word) for word in reader.never if word in shown]

    assert leaks == []
    assert answered >= 8


@pytest.mark.parametrize("who", [who for who in READERS if who != "officer"])
@pytest.mark.parametrize(
    "word", ["gw7731", "gw7731.mz.gov-extranet.cn", "77319.8642", "10.77.31.99", "gw8842"]
)
def test_what_is_internal_is_not_found_either(readers: dict[str, Reader], who: str, word: str) -> None:
    reader = readers[who]

    found = reader.client.get("/api/v1/search", params={"q": word}, headers=reader.headers).json()
    suggested = reader.client.get("/api/v1/suggest", params={"q": word}, headers=reader.headers).json()

    identifiers = {item["identifier"] for item in found["items"] + suggested["items"]}
    assert not identifiers & {SYSTEM, THEIRS, DATASET, AGREEMENT}


def test_facets_and_totals_count_only_what_may_be_read(readers: dict[str, Reader]) -> None:
    reader = readers["anonymous-standards"]

    found = reader.client.get("/api/v1/search", params={"q": "泄露试验"}).json()

    assert found["total"] == len(found["items"])
    assert set(found["facets"].get("kind", {})) <= {"data-element", "code-list"}


@pytest.mark.parametrize(
    "plural", ["systems", "datasets", "sharing-agreements", "appointments", "departments"]
)
def test_closed_kinds_ask_for_sign_in(readers: dict[str, Reader], plural: str) -> None:
    assert readers["anonymous-standards"].client.get(f"/api/v1/{plural}").status_code == 401


def test_who_has_the_right_reads_it_and_leaves_an_entry(desk: Desk, readers: dict[str, Reader]) -> None:
    officer = readers["officer"]
    before = desk.last()

    answer = officer.client.get(f"/api/v1/systems/{SYSTEM}?view=internal", headers=officer.headers)

    assert answer.json()["document"]["address"].startswith(INTERNAL[0])
    assert answer.json()["digest"] is None
    assert TELEPHONE in answer.text
    assert answer.headers["etag"].endswith('-i"')
    assert desk.last() == before + 1


@pytest.mark.parametrize("path", ["/api/v1/systems", "/api/v1/entries", f"/api/v1/systems/{SYSTEM}/timeline"])
def test_the_ledger_and_lists_of_closed_kinds_are_not_public(readers: dict[str, Reader], path: str) -> None:
    assert readers["anonymous-standards"].client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/entries", f"/api/v1/systems/{SYSTEM}/timeline"])
def test_the_ledger_is_never_public(readers: dict[str, Reader], path: str) -> None:
    assert readers["anonymous-all"].client.get(path).status_code == 401

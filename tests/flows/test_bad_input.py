"""Bad input: each gets its own clear answer and leaves the register as it was."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from catalog import app
from catalog.base import clock, web
from catalog.identity import tokens
from catalog.identity.actors import CONSOLE
from tests.desk import Desk
from tests.flows.problem import problem

ELEMENTS = "/api/v1/data-elements"


@pytest.fixture(autouse=True)
def _the_register_stays_as_it_was(request: pytest.FixtureRequest, desk: Desk) -> Iterator[None]:
    before = desk.last()
    yield
    if "writes" not in request.keywords:
        assert desk.last() == before
    assert desk.send("GET", "/health").status_code == 200


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b'{"name": NaN}', "not-json"),
        (b"\xd6\xd0\xb9\xfa", "not-json"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "not-json"),
        (b"[" * 10_000 + b"]" * 10_000, "not-json"),
    ],
    ids=["empty", "cut", "nan", "gb18030", "deep-object", "deep-array"],
)
def test_what_is_not_json_is_malformed(desk: Desk, body: bytes, slug: str) -> None:
    answer = desk.write("POST", ELEMENTS, content=body, headers={"content-type": "application/json"})

    problem(answer, 400, slug)


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ([], "not-an-object"),
        ("x", "not-an-object"),
        ({"name": None}, "null"),
        ({"name": 1.5}, "float"),
        ({"name": 2**53}, "integer-too-large"),
        ({"Name": "x"}, "key-form"),
        ({"extensions": {"a": 1.5}}, "float"),
    ],
)
def test_what_no_document_may_hold_is_refused(desk: Desk, document: object, rule: str) -> None:
    body = problem(desk.write("POST", ELEMENTS, json=document), 422, "invalid-document")

    assert rule in {one["rule"] for one in body["violations"]}


def test_a_document_nested_33_deep_is_refused(desk: Desk) -> None:
    nested: dict[str, object] = {"a": "x"}
    for _ in range(40):
        nested = {"a": nested}

    answer = desk.write("POST", ELEMENTS, json={"name": "x", "extensions": nested})

    assert "too-deep" in {one["rule"] for one in problem(answer, 422, "invalid-document")["violations"]}


def _raw(desk: Desk, head: str, body: bytes = b"", *, answer: bool = True) -> bytes:
    address = desk.client.base_url
    with socket.create_connection((address.host, address.port), timeout=10) as connection:
        connection.sendall((head + "\r\n\r\n").replace("\n", "\r\n").replace("\r\r", "\r").encode() + body)
        return connection.recv(65536) if answer else b""


def _head(desk: Desk, length: int) -> str:
    token = desk.keys.keeper["authorization"]
    return (
        f"POST {ELEMENTS}:import HTTP/1.1\nhost: x\nauthorization: {token}\n"
        f"content-type: application/x-ndjson\ncontent-length: {length}"
    )


def test_a_body_of_200_mb_is_refused_before_it_is_read(desk: Desk) -> None:
    answered = _raw(desk, _head(desk, 200 * 2**20))

    assert answered.startswith(b"HTTP/1.1 413")
    assert b'"type":"/problems/too-large"' in answered


@pytest.mark.parametrize("path", [ELEMENTS, "/api/v1/decisions"], ids=["a record", "a decision"])
def test_who_leaves_while_sending_is_no_failure_of_ours(
    desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[Exception] = []
    for module in (app, web):
        monkeypatch.setattr(module, "exception_logged", lambda _, error: logged.append(error))
    head = f"POST {path} HTTP/1.1\nhost: x\nauthorization: {desk.keys.keeper['authorization']}"
    _raw(desk, f"{head}\ncontent-type: application/json\ncontent-length: 99", b"{", answer=False)

    assert desk.send("GET", "/health").status_code == 200
    assert logged == []


def test_a_body_without_a_length_is_refused_where_it_grows_too_large(desk: Desk) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(65):
            yield b"x" * 2**20

    answer = desk.write("POST", ELEMENTS, content=endless(), headers={"content-type": "application/json"})

    problem(answer, 413, "too-large")


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", ""])
@pytest.mark.parametrize("path", [ELEMENTS, f"{ELEMENTS}:import", f"{ELEMENTS}:validate"])
def test_a_wrong_content_type_is_named(desk: Desk, path: str, media: str) -> None:
    headers = {"content-type": media}
    params = {} if path.endswith(":validate") else {"note": "x"}
    answer = desk.send("POST", path, content=b"{}", headers=headers, params=params)

    assert problem(answer, 415, "unsupported-media-type")["expected"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=-1", "#/limit"),
        ("limit=0", "#/limit"),
        ("limit=201", "#/limit"),
        ("limit=zehn", "#/limit"),
        ("limit=٣", "#/limit"),
        ("limit=99999999999999999999999", "#/limit"),
        ("no_such=1", "#/no_such"),
        ("status=unheard-of", "#/status"),
        ("sort=size", "#/sort"),
        ("facet.colour=red", "#/facet.colour"),
        ("valid_on=2026-02-30", "#/valid_on"),
        ("as_of=yesterday", "#/as_of"),
        ("view=secret", "#/view"),
        ("cursor=Zm9yZ2Vk", "#/cursor"),
        ("cursor=IkRFMDAwMDEi.forged", "#/cursor"),
    ],
)
def test_a_wrong_parameter_is_named(desk: Desk, query: str, pointer: str) -> None:
    body = problem(desk.send("GET", f"{ELEMENTS}?{query}"), 422, "invalid-document")

    assert [one["pointer"] for one in body["violations"]] == [pointer]


def test_a_cursor_goes_on_only_with_its_own_query(desk: Desk) -> None:
    cursor = desk.get(f"{ELEMENTS}?limit=5&status=standard")["next"]

    for path in (f"{ELEMENTS}?limit=5&status=recorded", "/api/v1/code-lists?limit=5&status=standard"):
        answer = desk.send("GET", f"{path}&cursor={cursor}")
        if path.startswith(ELEMENTS):
            problem(answer, 422, "invalid-document")

    assert desk.send("GET", f"{ELEMENTS}?limit=7&status=standard&cursor={cursor}").status_code == 200


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40])
def test_the_feed_refuses_what_is_no_entry(desk: Desk, after: str) -> None:
    problem(desk.send("GET", f"/api/v1/entries?after={after}"), 422, "invalid-document")


@pytest.mark.parametrize("as_of", ["9" * 17, "9999-12-31", "0001-01-01", "0"])
def test_a_moment_far_away_has_an_answer(desk: Desk, as_of: str) -> None:
    assert desk.send("GET", f"{ELEMENTS}/DE00001?as_of={as_of}").status_code in (200, 404)


@pytest.mark.parametrize(
    ("authorization", "slug"),
    [
        ("Bearer cdo_forged", "token-unknown"),
        ("Basic eDp5", "authorization-scheme"),
        ("Bearer", "authorization-scheme"),
    ],
)
def test_a_foreign_token_is_refused(desk: Desk, authorization: str, slug: str) -> None:
    answer = desk.send("GET", ELEMENTS, by=None, headers={"authorization": authorization})

    problem(answer, 401, slug)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.writes
def test_an_expired_and_a_revoked_token_are_refused(desk: Desk) -> None:
    with desk.runtime.database.writing() as session:
        issued = [
            tokens.issue(session, login="reader", name="x", scope=frozenset({"read"}), days=1,
                         on=clock.today(desk.runtime.settings.zone), by=CONSOLE)
            for _ in range(2)
        ]  # fmt: skip
        tokens.revoke(session, key=issued[0].key, by=CONSOLE)
        past = clock.stamp(clock.now() - timedelta(seconds=1))
        session.execute(
            sql("UPDATE token SET expires_at = :past WHERE key = :key"), {"past": past, "key": issued[1].key}
        )

    for token, slug in zip(issued, ("token-revoked", "token-expired"), strict=True):
        answer = desk.send("GET", ELEMENTS, by=None, headers={"authorization": f"Bearer {token.secret}"})
        problem(answer, 401, slug)


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/api/v1/data-elements/DE99999", 404, "not-found"),
        ("GET", "/api/v1/no-such-things", 404, "not-found"),
        ("GET", "/api/v2/data-elements", 404, "not-found"),
        ("GET", "/api/v1/data-elements/DE00001/versions/99", 404, "not-found"),
        ("GET", "/api/v1/data-elements/by-code/none", 404, "not-found"),
        ("POST", "/api/v1/data-elements/DE00001:dance", 409, "verb-unknown"),
        ("PUT", "/api/v1/data-elements/DE00001", 428, "precondition-missing"),
        ("DELETE", "/api/v1/data-elements/DE00001", 428, "precondition-missing"),
    ],
)
def test_what_is_not_there_is_named(desk: Desk, method: str, path: str, status: int, slug: str) -> None:
    params = {"note": "x"} if method != "GET" else {}
    problem(desk.send(method, path, params=params, json={} if method != "GET" else None), status, slug)


@pytest.mark.parametrize("document", [[], "x", 5])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_revision_is_an_object(desk: Desk, method: str, document: object) -> None:
    answer = desk.write(method, f"{ELEMENTS}/DE00001", etag='"1-i"', json=document)

    problem(answer, 422, "invalid-document")


@pytest.mark.parametrize("etag", ["*", '""', '"x-p"', '"1"', '"1-p", "2-p"', '"99999999999999999999-p"'])
def test_an_etag_that_was_never_given_is_stale(desk: Desk, etag: str) -> None:
    answer = desk.write("PATCH", f"{ELEMENTS}/DE00001", etag=etag, json={"note": "x"})

    problem(answer, 412, "stale")


def test_a_refusal_follows_the_language_of_its_reader(desk: Desk) -> None:
    zh = desk.send("GET", f"{ELEMENTS}?limit=-1", headers={"accept-language": "zh-CN"}).json()
    en = desk.send("GET", f"{ELEMENTS}?limit=-1", headers={"accept-language": "en"}).json()

    assert zh["violations"][0]["detail"] == zh["violations"][0]["zh"] != en["violations"][0]["detail"]
    assert (zh["type"], zh["violations"][0]["rule"]) == (en["type"], en["violations"][0]["rule"])


@pytest.mark.writes
def test_a_repeated_request_gets_its_first_answer(desk: Desk) -> None:
    document, headers = desk.draft("department"), {"idempotency-key": "k-1"}

    first = desk.write("POST", "/api/v1/departments", json=document, headers=headers)
    before = desk.last()
    second = desk.write("POST", "/api/v1/departments", json=document, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["identifier"] == second.json()["identifier"]
    assert first.headers["etag"] == second.headers["etag"]
    assert desk.last() == before


@pytest.mark.writes
def test_a_key_that_stood_for_another_request_is_refused(desk: Desk) -> None:
    headers = {"idempotency-key": "k-2"}
    desk.write("POST", "/api/v1/departments", json=desk.draft("department"), headers=headers)
    before = desk.last()

    answer = desk.write("POST", "/api/v1/departments", json=desk.draft("department"), headers=headers)

    problem(answer, 409, "idempotency-key-reused")
    assert desk.last() == before


@pytest.mark.writes
def test_equal_requests_at_the_same_moment_register_once(desk: Desk) -> None:
    document, headers = desk.draft("department"), {"idempotency-key": "k-3"}

    def send(_: int) -> str:
        answer = desk.write("POST", "/api/v1/departments", json=document, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["identifier"])

    with ThreadPoolExecutor(4) as pool:
        identifiers = set(pool.map(send, range(4)))

    assert len(identifiers) == 1
    found = desk.get("/api/v1/departments?sort=identifier&limit=200")["items"]
    assert [item["name"] for item in found].count(document["name"]) == 1


def test_a_client_that_disconnects_in_mid_import_changes_nothing(desk: Desk) -> None:
    lines = b"".join(json.dumps(desk.draft("data-element")).encode() + b"\n" for _ in range(50))

    _raw(desk, _head(desk, len(lines)), lines[: len(lines) // 2], answer=False)
    time.sleep(0.2)

    assert desk.proof().broken is None


def test_an_import_with_one_wrong_row_imports_none(desk: Desk) -> None:
    lines = [json.dumps(desk.draft("department")) for _ in range(3)]
    lines[1] = json.dumps({"name": "缺项"})

    answer = desk.write(
        "POST", "/api/v1/departments:import", content="\n".join(lines),
        headers={"content-type": "application/x-ndjson"},
    )  # fmt: skip

    report = answer.json()
    assert answer.status_code == 422
    assert (report["read"], report["created"], report["refused"], report["applied"]) == (3, 2, 1, False)
    wrong = next(item for item in report["items"] if item["action"] == "refused")
    assert wrong["source"]["line"] == 2
    assert {"#/level", "#/category", "#/division"} <= {one["pointer"] for one in wrong["violations"]}


def test_a_full_disk_is_told_and_changes_nothing(desk: Desk) -> None:
    if not desk.runtime.database.on_sqlite:
        pytest.skip("the size of a PostgreSQL database can't be bounded from inside")
    engine = desk.runtime.database.engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def bound(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 2}")  # type: ignore[attr-defined]

    event.listen(engine, "connect", bound)
    engine.dispose()
    try:
        lines = "\n".join(json.dumps(desk.draft("data-element")) for _ in range(200))
        headers = {"content-type": "application/x-ndjson"}
        answer = desk.write("POST", f"{ELEMENTS}:import", content=lines, headers=headers)
    finally:
        event.remove(engine, "connect", bound)
        engine.dispose()

    problem(answer, 503, "disk-full")
    assert answer.headers["retry-after"]
    assert desk.proof().broken is None


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/v1/departments", "GET, HEAD, POST"),
        ("POST", "/api/v1/search", "GET, HEAD"),
        ("POST", "/api/v1/departments/DP0001", "DELETE, GET, HEAD, PATCH, PUT"),
        ("GET", "/api/v1/departments:import", "POST"),
        ("DELETE", "/health", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_those_that_work(
    desk: Desk, method: str, path: str, allow: str
) -> None:
    answer = desk.send(method, path)

    assert problem(answer, 405, "method-not-allowed")["possible"] == allow.split(", ")
    assert answer.headers["allow"] == allow

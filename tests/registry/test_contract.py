"""The contract of every kind in ``kinds.py``, on every database, through HTTP."""

from __future__ import annotations

import json

import pytest

from catalog.kinds import BY_NAME, KINDS
from catalog.standards import schemas
from tests.desk import Desk, Held

NAMES = [kind.name for kind in KINDS]
pytestmark = pytest.mark.parametrize("kind", NAMES)


def revised(held: Held) -> dict[str, object]:
    return held.document | {"identifier": held.identifier, "note": "第二版"}


def seq(etag: str) -> int:
    return int(etag.strip('"').partition("-")[0])


def onward(kind: str) -> str:
    """A status that a new record of the kind can be moved into without a successor."""
    statuses = BY_NAME[kind].moves[BY_NAME[kind].initial]
    return next(status for status in statuses if status != "superseded")


def test_registering_gives_an_identifier_and_says_where_the_record_is(desk: Desk, kind: str) -> None:
    answer = desk.write("POST", f"/api/v1/{BY_NAME[kind].plural}", json=desk.draft(kind))

    assert answer.status_code == 201, answer.text
    identifier = answer.json()["identifier"]
    assert identifier.startswith(BY_NAME[kind].prefix)
    assert answer.headers["location"] == f"/api/v1/{BY_NAME[kind].plural}/{identifier}"


def test_a_record_reads_as_it_was_written(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    body = desk.get(f"{held.path}?view=internal")

    assert body["document"] == held.document | {"identifier": held.identifier}
    assert (body["kind"], body["identifier"], body["version"]) == (kind, held.identifier, 1)
    assert body["status"] == BY_NAME[kind].initial
    assert body["name"] == held.document["name"]


def test_a_reader_who_has_the_record_already_is_told_so(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.send("GET", held.path, headers={"if-none-match": held.etag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_revising_under_the_etag_makes_the_next_version(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))

    answer = desk.write("PUT", held.path, etag=held.etag, json=revised(held))

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 2
    assert desk.get(f"{held.path}?view=internal")["document"]["note"] == "第二版"


def test_revising_without_the_etag_is_refused(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.write("PUT", held.path, json=revised(held))

    assert answer.status_code == 428
    assert desk.get(held.path)["version"] == 1


def test_revising_under_a_stale_etag_is_refused(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    desk.write("PUT", held.path, etag=held.etag, json=revised(held))

    answer = desk.write("PUT", held.path, etag=held.etag, json=revised(held) | {"note": "太迟"})

    assert answer.status_code == 412
    assert desk.get(held.path)["version"] == 2


def test_an_equal_document_changes_nothing(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    before = desk.last()

    answer = desk.write("PUT", held.path, etag=held.etag, json=held.document)

    assert answer.status_code == 200, answer.text
    assert answer.json()["changed"] is False
    assert desk.entries(before) == []


def test_a_merge_patch_changes_what_it_names(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.write("PATCH", held.path, etag=held.etag, json={"note": "补丁"})

    assert answer.status_code == 200, answer.text
    expected = held.document | {"identifier": held.identifier, "note": "补丁"}
    assert desk.get(f"{held.path}?view=internal")["document"] == expected


def test_a_list_shows_the_record_under_its_filters(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)
    body = desk.get(held.path)

    found = []
    path = f"/api/v1/{BY_NAME[kind].plural}?limit=200&status={body['status']}&department={body['department']}"
    cursor = ""
    while cursor is not None:
        page = desk.get(path + (f"&cursor={cursor}" if cursor else ""))
        found += [item["identifier"] for item in page["items"]]
        cursor = page["next"]

    assert held.identifier in found
    assert found == sorted(set(found))


def test_a_total_counts_what_the_list_shows(desk: Desk, kind: str) -> None:
    before = desk.get(f"/api/v1/{BY_NAME[kind].plural}?limit=1&total=true")["total"]
    desk.fresh(kind)

    assert desk.get(f"/api/v1/{BY_NAME[kind].plural}?limit=1&total=true")["total"] == before + 1


def test_search_finds_a_record_that_was_registered(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    found = desk.get("/api/v1/search", params={"q": held.document["name"], "kind": kind})

    assert found["items"][0]["identifier"] == held.identifier


def test_history_lists_every_state_newest_first(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    desk.write("PUT", held.path, etag=held.etag, json=revised(held))

    items = desk.get(f"{held.path}/versions")["items"]

    assert [(item["version"], item["verb"]) for item in items] == [
        (2, f"{kind}.revised"),
        (1, f"{kind}.registered"),
    ]
    assert desk.get(f"{held.path}/versions/1")["document"].get("note") == held.document.get("note")


def test_a_difference_names_the_field_in_both_languages(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    desk.write("PUT", held.path, etag=held.etag, json=revised(held))

    items = desk.get(f"{held.path}/diff?from=1&to=2")["items"]

    label = schemas.current(kind).annotations.label
    assert items == [
        {"pointer": "#/note", "zh": label("/note", "zh"), "en": label("/note", "en"),
         "from": held.document.get("note"), "to": "第二版"}
    ]  # fmt: skip


def test_what_a_record_refers_to_knows_its_use(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)
    references = schemas.current(kind).annotations.references(held.document)

    for pointer, rel, to_kind, to in references:
        path = f"/api/v1/{BY_NAME[to_kind].plural}/{to}/usages?limit=200"
        items, cursor = [], ""
        while cursor is not None:
            page = desk.get(path + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
        uses = [(item["kind"], item["identifier"], item["pointer"], item["rel"]) for item in items]
        assert (kind, held.identifier, pointer, rel) in uses


def test_the_register_tells_what_it_said_before(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    then = seq(held.etag)
    desk.write("PUT", held.path, etag=held.etag, json=revised(held))

    body = desk.get(f"{held.path}?as_of={then}&view=internal")

    assert body["version"] == 1
    assert body["document"] == held.document
    assert desk.send("GET", f"{held.path}?as_of={then - 1}").status_code == 404


def test_restoring_makes_an_earlier_version_the_newest(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    etag = desk.write("PUT", held.path, etag=held.etag, json=revised(held)).headers["etag"]

    answer = desk.write("POST", f"{held.path}:restore", etag=etag, json={"version": 1})

    assert answer.status_code == 200, answer.text
    body = desk.get(f"{held.path}?view=internal")
    assert (body["version"], body["document"]) == (3, held.document)


def test_confirming_keeps_the_document_and_changes_the_etag(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.write("POST", f"{held.path}:confirm", etag=held.etag)

    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] != held.etag
    body = desk.get(held.path)
    assert body["version"] == 1
    assert body["state"]["confirmed_by"] == desk.keys.people["keeper"]


def test_moving_changes_the_status(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.write("POST", f"{held.path}:move", etag=held.etag, json={"status": onward(kind)})

    assert answer.status_code == 200, answer.text
    assert desk.get(held.path)["status"] == onward(kind)


def test_an_impossible_move_names_the_possible_ones(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)
    initial = BY_NAME[kind].initial

    answer = desk.write("POST", f"{held.path}:move", etag=held.etag, json={"status": initial})

    assert answer.status_code == 409
    assert answer.json()["possible"] == list(BY_NAME[kind].moves[initial])


def test_deleting_retires_and_keeps_the_record(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    answer = desk.write("DELETE", held.path, etag=held.etag)

    assert answer.status_code == 200, answer.text
    assert desk.get(held.path)["status"] == BY_NAME[kind].retired


def test_importing_what_was_read_changes_nothing(desk: Desk, kind: str) -> None:
    held = desk.read(desk.fresh(kind))
    before = desk.last()

    line = json.dumps(held.document, ensure_ascii=False).encode()
    report = desk.write(
        "POST",
        f"/api/v1/{BY_NAME[kind].plural}:import",
        content=line + b"\n",
        headers={"content-type": "application/x-ndjson"},
    ).json()

    assert (report["read"], report["unchanged"], report["refused"]) == (1, 1, 0), report
    assert desk.entries(before) == []


def test_an_import_matches_a_name_within_its_owner(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)

    line = json.dumps(held.document, ensure_ascii=False).encode()
    report = desk.write(
        "POST",
        f"/api/v1/{BY_NAME[kind].plural}:import",
        content=line + b"\n",
        headers={"content-type": "application/x-ndjson"},
    ).json()

    assert (report["created"], report["unchanged"]) == (0, 1), report


def test_validating_writes_nothing(desk: Desk, kind: str) -> None:
    before = desk.last()

    answer = desk.send("POST", f"/api/v1/{BY_NAME[kind].plural}:validate", json=desk.draft(kind))

    assert answer.json()["created"] == 1
    assert desk.last() == before


def test_a_wrong_document_is_told_all_its_faults(desk: Desk, kind: str) -> None:
    wrong = desk.draft(kind) | {"no_such_property": "x", "name": 5}

    answer = desk.write("POST", f"/api/v1/{BY_NAME[kind].plural}", json=wrong)

    assert answer.status_code == 422
    found = {(one["pointer"], one["rule"]) for one in answer.json()["violations"]}
    assert {("#/name", "type"), ("#/no_such_property", "unknown-property")} <= found


@pytest.mark.parametrize(("by", "status"), [("reader", 403), ("readonly", 403), ("vendor", 403), (None, 401)])
def test_who_may_not_write_changes_nothing(desk: Desk, kind: str, by: str | None, status: int) -> None:
    held = desk.fresh(kind)
    before = desk.last()
    collection = f"/api/v1/{BY_NAME[kind].plural}"

    answers = [
        desk.write("POST", collection, by=by, json=desk.draft(kind)),
        desk.write("PATCH", held.path, by=by, etag=held.etag, json={"note": "不许"}),
        desk.write("POST", f"{held.path}:confirm", by=by, etag=held.etag),
        desk.write("POST", f"{held.path}:move", by=by, etag=held.etag, json={"status": onward(kind)}),
        desk.write("POST", f"{held.path}:restore", by=by, etag=held.etag, json={"version": 1}),
        desk.write("DELETE", held.path, by=by, etag=held.etag),
        desk.write("POST", f"{collection}:confirm", by=by,
                   json={"items": [{"identifier": held.identifier, "etag": held.etag}]}),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [status] * len(answers)
    assert desk.entries(before) == []


def test_every_verb_leaves_one_entry(desk: Desk, kind: str) -> None:
    before = desk.last()
    held = desk.fresh(kind)
    etag = desk.write("PATCH", held.path, etag=held.etag, json={"note": "二"}).headers["etag"]
    etag = desk.write("POST", f"{held.path}:confirm", etag=etag).headers["etag"]
    etag = desk.write("POST", f"{held.path}:restore", etag=etag, json={"version": 1}).headers["etag"]
    desk.write("DELETE", held.path, etag=etag)

    entries = desk.entries(before)

    assert [(entry.verb, entry.version) for entry in entries] == [
        (f"{kind}.registered", 1),
        (f"{kind}.revised", 2),
        (f"{kind}.confirmed", 2),
        (f"{kind}.revised", 3),
        (f"{kind}.retired", 3),
    ]
    assert {entry.by for entry in entries} == {desk.keys.people["keeper"]}
    assert {(entry.door, entry.note) for entry in entries} == {("api", "会议纪要第3号")}
    assert all(entry.request and entry.client and entry.digest for entry in entries)


def test_a_reader_without_rights_sees_no_internal_field(desk: Desk, kind: str) -> None:
    held = desk.fresh(kind)
    annotations = schemas.current(kind).annotations
    public = annotations.public(held.document | {"identifier": held.identifier})

    body = desk.get(f"{held.path}?view=internal", by="reader")

    assert body["document"] == public


def test_the_chain_of_all_this_holds(desk: Desk, kind: str) -> None:
    assert desk.proof().broken is None

"""What single verbs promise beyond the contract of every kind."""

from __future__ import annotations

import pytest

from tests.desk import Desk, Held


def items(*helds: Held) -> list[dict[str, str]]:
    return [{"identifier": held.identifier, "etag": held.etag} for held in helds]


def test_a_bulk_verb_confirms_all_or_none(desk: Desk) -> None:
    one, two = desk.fresh("system"), desk.fresh("system")
    before = desk.last()
    stale = [*items(one), {"identifier": two.identifier, "etag": '"1-p"'}]

    refused = desk.write("POST", "/api/v1/systems:confirm", json={"items": stale})
    assert (refused.status_code, desk.last()) == (412, before)
    done = desk.write("POST", "/api/v1/systems:confirm", json={"items": items(one, two)})

    assert done.json()["count"] == 2
    assert [entry.verb for entry in desk.entries(before)] == ["system.confirmed"] * 2


def test_a_bulk_move_needs_its_status(desk: Desk) -> None:
    held = desk.fresh("system")

    answer = desk.write("POST", "/api/v1/systems:move", json={"items": items(held)})

    assert [one["pointer"] for one in answer.json()["violations"]] == ["#/status"]


@pytest.mark.parametrize(
    "body", [[], {}, {"items": []}, {"items": [{"identifier": "SY0001"}]}, {"items": "x"}]
)
def test_a_bulk_verb_names_what_is_wrong_with_its_items(desk: Desk, body: object) -> None:
    answer = desk.write("POST", "/api/v1/systems:confirm", json=body)

    assert answer.status_code == 422
    assert all(one["pointer"].startswith("#/items") for one in answer.json()["violations"])


def test_what_is_in_use_is_not_retired_without_a_successor_or_a_reason(desk: Desk) -> None:
    used, heir = desk.fresh("system"), desk.fresh("system")
    desk.fresh("dataset", systems=[used.identifier])

    refused = desk.write("DELETE", used.path, etag=used.etag)
    retired = desk.send("DELETE", f"{used.path}?note=换代&successor={heir.identifier}", etag=used.etag)

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/in-use"
    assert [usage.split()[0] for usage in refused.json()["usages"]] == ["dataset"]
    assert retired.status_code == 200
    assert desk.get(used.path)["state"]["successor"] == heir.identifier


def test_an_override_retires_what_is_in_use_and_is_kept_with_its_reason(desk: Desk) -> None:
    used = desk.fresh("system")
    desk.fresh("dataset", systems=[used.identifier])

    answer = desk.send("DELETE", f"{used.path}?note=停用&override=true", etag=used.etag)

    assert answer.status_code == 200
    assert desk.get(f"{used.path}/timeline")["items"][0]["note"] == "停用"


def test_superseding_needs_a_successor_that_exists(desk: Desk) -> None:
    old, new = desk.fresh("code-list"), desk.fresh("code-list")

    alone = desk.write("POST", f"{old.path}:move", etag=old.etag, json={"status": "superseded"})
    ghost = desk.write(
        "POST", f"{old.path}:move", etag=old.etag, json={"status": "superseded", "successor": "CL9999"}
    )
    done = desk.write(
        "POST", f"{old.path}:move", etag=old.etag, json={"status": "superseded", "successor": new.identifier}
    )

    assert {one["rule"] for one in alone.json()["violations"]} == {"successor-required"}
    assert {one["rule"] for one in ghost.json()["violations"]} == {"reference-missing"}
    assert done.status_code == 200


def test_a_case_verb_without_a_reason_is_refused_with_what_is_possible(desk: Desk) -> None:
    held = desk.fresh("data-element")

    answer = desk.send("PATCH", held.path, etag=held.etag, json={"note": "x"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/case-required"
    assert answer.json()["possible"] == ["reason"]


def test_a_register_of_a_taken_identifier_is_refused(desk: Desk) -> None:
    held = desk.fresh("department")

    answer = desk.write(
        "POST", "/api/v1/departments", json=held.document | {"identifier": held.identifier, "note": "又"}
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/already-registered"


def test_an_identifier_never_changes(desk: Desk) -> None:
    held = desk.fresh("department")

    answer = desk.write("PUT", held.path, etag=held.etag, json=held.document | {"identifier": "DP9999"})

    assert {one["rule"] for one in answer.json()["violations"]} == {"identifier-changed"}


def test_who_has_not_read_the_internal_fields_can_not_replace_them(desk: Desk) -> None:
    held = desk.fresh("system")
    public = desk.send("GET", held.path)

    answer = desk.write("PUT", held.path, etag=public.headers["etag"], json=public.json()["document"])

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/internal-view-needed"


def test_the_view_is_part_of_the_etag(desk: Desk) -> None:
    held = desk.fresh("system")

    public, internal = desk.send("GET", held.path), desk.send("GET", f"{held.path}?view=internal")

    assert public.headers["etag"].removesuffix('-p"') == internal.headers["etag"].removesuffix('-i"')
    assert desk.send(
        "GET", f"{held.path}?view=internal", headers={"if-none-match": public.headers["etag"]}
    ).status_code == 200  # fmt: skip


def test_an_old_name_leads_to_the_record(desk: Desk) -> None:
    held = desk.fresh("department")
    old = held.document["name"]
    desk.write("PATCH", held.path, etag=held.etag, json={"name": f"{old}（改）"})

    answer = desk.send("GET", f"/api/v1/departments/by-code/{old}")

    assert answer.headers["location"] == f"/api/v1/departments/{held.identifier}"
    assert [one["identifier"] for one in desk.get("/api/v1/departments", params={"code": old})["items"]] == [
        held.identifier
    ]


def test_the_codes_of_a_list_are_paged_and_searched(desk: Desk) -> None:
    path = "/api/v1/code-lists/CL0008/codes"

    first = desk.get(f"{path}?limit=50")
    second = desk.get(f"{path}?limit=50&cursor={first['next']}")
    found = desk.get(path, params={"q": "银行"})
    one = desk.get(f"{path}?code={first['items'][7]['code']}")

    codes = [code["code"] for code in first["items"] + second["items"]]
    assert len(codes) == len(set(codes)) == 100
    assert found["items"] and all("银行" in code["label"] for code in found["items"])
    assert one["items"] == [first["items"][7]]


def test_the_feed_is_followed_by_its_last_number(desk: Desk) -> None:
    before = desk.last()
    made = [desk.fresh("department").identifier for _ in range(3)]

    page = desk.get(f"/api/v1/entries?after={before}&limit=2")
    rest = desk.get(f"/api/v1/entries?after={page['next']}&limit=2")

    assert [one["identifier"] for one in page["items"] + rest["items"]] == made
    assert rest["next"] is None


def test_an_as_of_day_is_its_end_in_the_zone_of_the_register(desk: Desk) -> None:
    held = desk.fresh("department")
    today = desk.get(held.path)["registered_at"][:10]

    assert desk.send("GET", f"{held.path}?as_of=2020-01-01").status_code == 404
    assert desk.send("GET", f"{held.path}?as_of={today}").status_code in (200, 404)  # UTC may be a day behind
    assert desk.send("GET", f"{held.path}?as_of=2999-12-31").status_code == 200


def test_the_history_of_internal_fields_is_read_on_asking_and_leaves_an_entry(desk: Desk) -> None:
    held = desk.fresh("system", address="https://10.44.11.7/one")
    change = {"address": "https://10.44.11.7/two"}
    desk.write(
        "PATCH",
        held.path,
        etag=held.etag,
        json=change,
        headers={"content-type": "application/merge-patch+json"},
    )
    before = desk.last()

    first = desk.get(f"{held.path}/versions/1?view=internal")["document"]
    items = desk.get(f"{held.path}/diff?from=1&to=2&view=internal")["items"]

    assert first["address"] == "https://10.44.11.7/one"
    assert [item["pointer"] for item in items] == ["#/address"]
    assert desk.last() == before + 3
    assert desk.get(f"{held.path}/diff?from=1&to=2")["items"] == []
    assert "address" not in desk.get(f"{held.path}/versions/1")["document"]

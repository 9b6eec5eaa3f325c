"""The doors that the kind contract does not pass through; run by ``test_adding_a_kind.py`` with a new kind."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from catalog.identity.actors import CONSOLE
from catalog.registry import archive
from catalog.standards import candidates, schemas
from tests.desk import Desk
from tests.forms.test_pages import fill, signed_in
from tests.house.added_kind import SEAL, VALID

PATH = f"/api/v1/{SEAL.plural}"


def test_its_schema_passes_as_a_candidate() -> None:
    assert candidates.candidate_violations(schemas.current(SEAL.name).schema) == []


def test_it_stands_among_the_standards(desk: Desk) -> None:
    kinds = [item["kind"] for item in desk.get("/api/v1/standards")["items"]]

    assert SEAL.name in kinds
    assert desk.get(f"/api/v1/standards/{SEAL.name}?profile=recorded")["required"] == ["name", "department"]


def test_openapi_describes_it(desk: Desk) -> None:
    body = desk.get("/openapi.json")

    assert {PATH, PATH + "/{identifier}", PATH + ":import"} <= body["paths"].keys()
    assert body["components"]["schemas"]["Seal"]["properties"]["network"]["title"] == "使用网络"


def test_its_list_is_filtered_by_its_facet(desk: Desk) -> None:
    held = desk.fresh(SEAL.name)

    mine = desk.get(f"{PATH}?facet.network=government_extranet&limit=200")["items"]
    others = desk.get(f"{PATH}?facet.network=internet&limit=200")["items"]

    assert held.identifier in [item["identifier"] for item in mine]
    assert others == []


def test_it_is_found_by_its_code(desk: Desk) -> None:
    held = desk.fresh(SEAL.name, number="4401110000017")

    answer = desk.send("GET", f"{PATH}/by-code/4401110000017")

    assert answer.headers["location"] == f"{PATH}/{held.identifier}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_pages_show_it(desk: Desk, language: str) -> None:
    held = desk.fresh(SEAL.name)
    headers = {"accept": "text/html"} | desk.keys.keeper
    browser = httpx.Client(base_url=desk.client.base_url, headers=headers, cookies={"lang": language})
    label = {"zh": "使用网络", "en": "Network"}[language]
    with browser:
        shown = browser.get(f"/{SEAL.plural}/{held.identifier}")
        listed = browser.get(f"/{SEAL.plural}")
        history = browser.get(f"/{SEAL.plural}/{held.identifier}/history")

    assert (shown.status_code, listed.status_code, history.status_code) == (200, 200, 200)
    assert held.document["name"] in shown.text
    assert label in shown.text
    assert VALID["name"] in listed.text


def test_a_file_of_it_is_imported_and_exported(desk: Desk, tmp_path: Path) -> None:
    rows = [dict(VALID, name=f"印章{number}", number=f"440111000010{number}") for number in range(3)]
    body = "名称,使用单位,印章编码\n" + "".join(
        f"{r['name']},{r['department']},{r['number']}\n" for r in rows
    )

    report = desk.write(
        "POST", f"{PATH}:import", content=body.encode("gb18030"), headers={"content-type": "text/csv"}
    ).json()

    assert (report["created"], report["refused"]) == (3, 0), report
    archive.export(desk.runtime, tmp_path / "r.jsonl", by=CONSOLE)
    assert '"seal"' in (exported := (tmp_path / "r.jsonl").read_text(encoding="utf-8"))
    assert "印章2" in exported


def test_a_wrong_document_of_it_is_explained(desk: Desk) -> None:
    answer = desk.send("POST", f"{PATH}:validate", json={"name": "x", "network": "none", "number": "1"})

    found = {(one["pointer"], one["rule"]) for one in answer.json()["items"][0]["violations"]}
    assert found == {("#/department", "required"), ("#/network", "code-unknown"), ("#/number", "pattern")}


def test_its_form_registers_it(desk: Desk) -> None:
    with signed_in(desk) as browser:
        done = fill(browser, SEAL, VALID | {"name": "表单里的印章"})
        page = browser.get(f"/{SEAL.plural}/new")

    assert done.url.params.get("done") == "registered"
    assert "使用网络" in page.text
    assert 'name="/network"' in page.text

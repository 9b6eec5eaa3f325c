"""The verbs on the page of a record: each asked once, offered only to who may use it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.desk import Desk, Held
from tests.forms.browser import fields
from tests.forms.test_pages import REASON, post, signed_in


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    with signed_in(desk) as client:
        yield client


def answer(
    client: httpx.Client, record: Held, verb: str, plural: str, *pairs: tuple[str, str]
) -> httpx.Response:
    """Open the question and press its button."""
    path = f"/{plural}/{record.identifier}/act/{verb}"
    asked = client.get(path)
    assert asked.status_code == 200, asked.text
    given = {name for name, _ in pairs}
    kept = [pair for pair in fields(asked.text, "act-form") if pair[0] not in given]
    return post(client, path, [*kept, *pairs])


def test_confirming_is_one_click(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("system")

    done = answer(browser, record, "confirm", "systems")

    assert done.url.params["done"] == "confirmed"
    assert desk.entries(0)[-1].verb == "system.confirmed"


def test_a_status_says_what_it_demands_and_is_refused_without(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("dataset")

    bare = answer(browser, record, "move", "datasets", ("status", "suspended"))
    done = answer(browser, record, "move", "datasets", ("status", "suspended"), ("reason", REASON))

    assert bare.status_code == 409
    assert done.url.params["done"] == "moved"
    assert desk.get(record.path)["status"] == "suspended"


def test_retiring_names_who_uses_it(desk: Desk, browser: httpx.Client) -> None:
    used = desk.fresh("data-element")
    dataset = desk.draft("dataset")
    dataset["fields"][0]["element"] = used.identifier
    user = desk.write("POST", "/api/v1/datasets", json=dataset).json()["identifier"]

    asked = browser.get(f"/data-elements/{used.identifier}/act/retire")
    refused = answer(browser, used, "retire", "data-elements", ("reason", REASON))
    done = answer(browser, used, "retire", "data-elements", ("reason", REASON), ("override", "true"))

    assert user in asked.text
    assert refused.status_code == 409
    assert done.url.params["done"] == "retired"


def test_an_earlier_version_comes_back(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("dataset")
    changed = record.document | {"summary": "第二版的摘要。"}
    desk.write("PUT", record.path, etag=desk.read(record).etag, json=changed)
    history = browser.get(f"/datasets/{record.identifier}/history").text
    path = f"/datasets/{record.identifier}/act/restore?version=1"

    done = post(browser, path, [*fields(browser.get(path).text, "act-form")[:-1], ("reason", REASON)])

    assert path in history
    assert done.url.params["done"] == "restored"
    assert desk.read(record).document["summary"] == record.document["summary"]


def test_only_possible_verbs_are_offered(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("dataset")
    page = f"/datasets/{record.identifier}"
    with signed_in(desk, "reader") as reader:
        seen = reader.get(page).text
        refused = reader.get(f"{page}/act/retire")

    mine = browser.get(page).text

    assert all(f'href="{page}/{verb}"' in mine for verb in ("edit", "act/confirm", "act/move", "act/retire"))
    assert f'href="{page}/edit"' not in seen
    assert f"{page}/act/" not in seen
    assert refused.status_code == 403


def test_a_form_of_another_site_does_nothing(desk: Desk, browser: httpx.Client) -> None:
    record = desk.fresh("system")
    before = desk.read(record)

    refused = post(browser, f"/systems/{record.identifier}/act/confirm", [("csrf", "stolen")])

    assert refused.status_code == 403
    assert desk.read(record).etag == before.etag

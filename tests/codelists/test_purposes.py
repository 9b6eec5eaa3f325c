"""Purposes are a maintained list, each with the 事项编码 of its matter where there is one: found and told by it."""

from __future__ import annotations

import pytest

from catalog.registry.documents import called, whole
from catalog.registry.prepare import Incoming
from tests import factories
from tests.desk import Desk

MATTER = "SL-YJS_0001"


@pytest.fixture(scope="module")
def purposes(desk: Desk) -> Desk:
    with desk.runtime.database.reading() as session:
        document = whole(session, "code-list", "CL0105") or {}
    codes = [one | ({"matter_code": MATTER} if one["code"] == "P21" else {}) for one in document["codes"]]
    factories.enter(desk.runtime, Incoming("code-list", document | {"codes": codes}))
    return desk


@pytest.mark.parametrize("sought", [MATTER, "sl-yjs", "结婚", "jiehun", "P21"])
def test_a_purpose_is_found_by_its_matter_by_words_and_by_code(purposes: Desk, sought: str) -> None:
    headers = {"accept": "application/json"}
    found = purposes.send("GET", f"/options/code/CL0105?q={sought}", by="keeper", headers=headers).json()

    assert [one["value"] for one in found["items"]] == ["P21"]


@pytest.mark.parametrize(
    ("sought", "count"), [(MATTER, 1), ("SL-YJS_", 1), ("SL-YJSx", 0), ("%", 0), ("结婚", 1)]
)
def test_the_list_of_codes_is_searched_by_matter(purposes: Desk, sought: str, count: int) -> None:
    page = purposes.send("GET", "/code-lists/CL0105/codes", by="keeper", params={"q": sought}).text

    assert page.count('class="id"') == count
    assert (f"<code>{MATTER}</code>" in page) == bool(count)


def test_whoever_asks_for_data_sees_the_matter_in_the_purpose(purposes: Desk) -> None:
    page = purposes.send("GET", "/decisions/new", by="keeper").text

    assert f"结婚一件事（事项编码 {MATTER}）" in page


def test_a_purpose_without_a_matter_is_called_as_before() -> None:
    code = {"code": "P02", "label": "社会救助审核", "label_en": "Social assistance review"}

    assert called(code, "zh") == "社会救助审核"
    assert called(code | {"matter_code": "1"}, "en") == "Social assistance review (matter 1)"

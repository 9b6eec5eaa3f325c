"""The page of a dataset: what it lacks is named to everybody, and leads to its form only who may fill it."""

from __future__ import annotations

import pytest

from tests.desk import Desk


@pytest.mark.parametrize(("by", "edits"), [("reader", False), ("auditor", False), ("keeper", True)])
def test_what_is_missing_leads_to_the_form_only_who_may_fill_it(desk: Desk, by: str, edits: bool) -> None:
    there = desk.fresh("dataset")

    page = desk.send("GET", f"/datasets/{there.identifier}", by=by, headers={"accept": "text/html"})

    assert page.status_code == 200
    assert 'class="term-bar' in page.text
    assert (f"/datasets/{there.identifier}/edit#" in page.text) is edits


def test_a_count_of_results_reads_well_in_english_for_one_and_for_many(desk: Desk) -> None:
    headers = {"accept": "text/html", "accept-language": "en"}

    page = desk.send("GET", "/search?q=DP0008", by="reader", headers=headers)

    assert "Results for “DP0008”: 1" in page.text


def test_both_boxes_of_the_home_page_suggest(desk: Desk) -> None:
    page = desk.send("GET", "/", by="reader", headers={"accept": "text/html"})

    assert 'id="q" type="search"' in page.text
    assert "data-suggest=" in page.text.partition('id="q" type="search"')[2].partition(">")[0]

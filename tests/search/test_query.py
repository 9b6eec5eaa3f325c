from __future__ import annotations

from collections.abc import Callable

import pytest

from catalog.search.query import Reader, Results
from tests.search.conftest import EVERYBODY, INSIDER, identifiers

Find = Callable[..., Results]


@pytest.mark.parametrize(
    "text",
    [
        "身份证", "身份证号", "居民身份证号", "公民身份", "身份号码", "sfzh", "gmsf", "GMSFHM", "ＧＭＳＦＨＭ",
        "gongmin", "gongminshenfenhaoma", "身份證號", "DE00001", "de00001", "  公民 身份 ",
    ],
)  # fmt: skip
def test_the_citizen_number_is_found_first_by(find: Find, text: str) -> None:
    assert identifiers(find(text))[0] == "DE00001"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("婚姻", "DE00003"), ("社保", "DE00008"), ("社保号", "DE00008"), ("统一信用代码", "DE00005"), ("民政", "DP0001"),
        ("县", "DE00009"), ("hyzk", "DE00003"), ("yhzh", "DE00011"), ("nvfang", "DE00007"), ("BYMZ", "DP0001"),
    ],
)  # fmt: skip
def test_what_a_person_expects_comes_first(find: Find, text: str, first: str) -> None:
    assert identifiers(find(text))[0] == first


def test_a_name_beats_a_synonym_and_a_synonym_beats_a_description(find: Find) -> None:
    names = [hit.name for hit in find("公民").items]

    assert names == ["公民身份号码", "姓名", "身份证件类型代码"]


def test_the_beginning_of_a_synonym_counts_like_that_of_a_name_and_standards_lead(find: Find) -> None:
    assert identifiers(find("社保")) == ["DE00008", "DS000002", "DS000003"]


def test_an_exact_name_beats_a_longer_one(find: Find) -> None:
    assert identifiers(find("婚姻状况"))[:2] == ["DE00003", "CL0003"]


def test_within_a_tier_standards_come_first_and_what_is_retired_last(find: Find) -> None:
    assert identifiers(find("婚姻")) == ["DE00003", "CL0003", "DE00004", "DS000001", "DE00010"]


def test_elements_come_before_datasets_of_equal_standing(find: Find) -> None:
    found = identifiers(find("婚姻登记"))

    assert found == ["DE00004", "DS000001"]


@pytest.mark.parametrize(
    "text",
    [
        '"', "'; DROP TABLE record; --", "(((", "]]]", "名称:*", "name:公民", "a AND OR NOT", "\\", "^~?*", "\x00",
        "公民^9", "[a TO z]", "-公民", "+", "%", "\ud800",
    ],
)  # fmt: skip
def test_no_text_is_a_query_language(find: Find, text: str) -> None:
    found = find(text)

    assert found.total == len(found.items)


def test_quotes_and_brackets_are_only_punctuation(find: Find) -> None:
    assert identifiers(find("“婚姻”（状况）")) == identifiers(find("婚姻 状况"))


def test_a_text_without_letters_finds_nothing_and_no_text_finds_all(find: Find) -> None:
    assert find("！？…").total == 0
    assert find("  ").total == 16


def test_a_very_long_text_is_answered(find: Find) -> None:
    assert find("公民身份号码" * 100_000).total == 1


def test_a_single_character_finds_names_and_not_descriptions(find: Find) -> None:
    assert identifiers(find("女")) == ["DE00007"]


def test_facets_count_all_hits_and_not_only_the_page(find: Find) -> None:
    found = find("婚姻", limit=1)

    assert len(found.items) == 1
    assert found.total == 5
    assert found.facets["kind"] == {"data-element": 3, "code-list": 1, "dataset": 1}
    assert found.facets["status"] == {"standard": 2, "published": 1, "recorded": 1, "retired": 1}


def test_the_facets_of_a_kind_are_counted_where_it_is_the_only_one(find: Find) -> None:
    assert find("社保", kinds=("dataset",)).facets["share"] == {"2": 1}
    assert "share" not in find("社保").facets


def test_filters_hold_together_and_values_are_alternatives(find: Find) -> None:
    found = find("", kinds=("data-element",), facets={"category": ("01", "02")}, status=("standard",))

    assert identifiers(found) == ["DE00003"]


def test_a_kind_that_is_not_readable_counts_nowhere(find: Find) -> None:
    for text in ("", "婚姻", "社保", "信息", "民政"):
        found = find(text, EVERYBODY)

        assert {hit.kind for hit in found.items} <= EVERYBODY.kinds
        assert found.total == len(found.items)
        assert found.facets["kind"].keys() <= EVERYBODY.kinds
        assert "published" not in found.facets["status"]
        assert "DP0002" not in found.facets["department"]


def test_asking_for_a_kind_that_is_not_readable_finds_nothing(find: Find) -> None:
    found = find("婚姻", EVERYBODY, kinds=("dataset",))

    assert (found.items, found.total, found.facets["kind"], found.instead) == ([], 0, {}, [])


def test_a_reader_of_no_kind_finds_nothing(find: Find) -> None:
    assert find("", Reader(frozenset())).total == 0


@pytest.mark.parametrize(
    ("internal", "expected"),
    [
        (frozenset(), []),
        (frozenset({"DP0002"}), ["DS000002"]),
        (frozenset({"DP0001"}), []),
        (None, ["DS000002", "DS000003"]),
    ],
)
def test_an_internal_text_is_found_only_by_its_department(
    find: Find, internal: frozenset[str] | None, expected: list[str]
) -> None:
    found = find("科长", Reader(INSIDER.kinds, internal))

    assert identifiers(found) == expected
    assert found.total == sum(found.facets["department"].values()) == len(expected)


def test_a_public_and_an_internal_word_together_are_found_by_the_department(find: Find) -> None:
    assert identifiers(find("参保 座机", Reader(INSIDER.kinds, frozenset({"DP0002"})))) == ["DS000002"]
    assert identifiers(find("参保 座机", Reader(INSIDER.kinds, frozenset({"DP0003"})))) == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("identifier", ["CL0003", "DE00003", "DE00004", "DE00010", "DS000001"]),
        ("name", ["DE00004", "DS000001", "DE00003", "CL0003", "DE00010"]),
        ("changed", ["DS000001", "CL0003", "DE00010", "DE00004", "DE00003"]),
    ],
)
def test_hits_can_be_sorted_otherwise(find: Find, sort: str, expected: list[str]) -> None:
    assert identifiers(find("婚姻", sort=sort)) == expected


@pytest.mark.parametrize("text", ["", "婚姻", "信息", "号码", "de0", "社保", "公民身份号码", "s", "身份"])
@pytest.mark.parametrize("size", [1, 3])
def test_pages_put_together_are_the_whole_list_without_repetition(find: Find, text: str, size: int) -> None:
    whole = find(text, limit=100)
    pages = [find(text, limit=size, offset=at) for at in range(0, whole.total, size)]

    assert [hit for page in pages for hit in page.items] == whole.items
    assert len(whole.items) == whole.total


def test_a_page_behind_the_last_hit_is_empty_and_still_has_the_total(find: Find) -> None:
    found = find("婚姻", offset=50)

    assert (found.items, found.total) == ([], 5)


@pytest.mark.parametrize("text", ["身分证号", "公民身分号码", "gongmingshenfenhaoma"])
def test_where_nothing_is_found_what_sounds_alike_is_offered(find: Find, text: str) -> None:
    found = find(text)

    assert found.total == 0
    assert found.instead == ["公民身份号码"]


def test_nothing_unreadable_is_offered_instead(find: Find) -> None:
    assert find("婚烟登记信息").instead == ["婚姻登记信息"]
    assert find("婚烟登记信息", EVERYBODY).instead == []

"""The ledger as a diary: sentences, filters, paging, and who may read what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from httpx import Client

from catalog.registry.graph import Group, picture, short
from catalog.registry.pages_csv import csv_answer
from catalog.runtime import Runtime
from tests.flows import district
from tests.flows.test_pages import shown, signed_in, well_made
from tests.served import served

NOTE = "理由：district"


@pytest.fixture(scope="module")
def client(runtime: Runtime) -> Iterator[Client]:
    district.fill(runtime)
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with served(runtime) as address, Client(base_url=address, headers=headers) as opened:
        yield opened


@pytest.fixture
def reader(client: Client) -> Iterator[Client]:
    signed_in(client, "minzheng")
    yield client
    client.cookies.clear()


@pytest.fixture
def auditor(client: Client) -> Iterator[Client]:
    signed_in(client, "shenji")
    yield client
    client.cookies.clear()


def numbers(page: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r"· ([\d,]+)</span></li>", page)]


def test_the_ledger_asks_a_stranger_to_sign_in(client: Client) -> None:
    assert client.get("/ledger").status_code == 401
    assert client.get("/ledger/export.csv").status_code == 401


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ledger_is_well_made_in_both_languages(auditor: Client, language: str) -> None:
    page = auditor.get("/ledger", headers={"accept-language": language})

    assert page.status_code == 200
    assert well_made(page.text) == []


def test_an_entry_is_a_sentence_that_leads_to_its_thing(reader: Client) -> None:
    page = reader.get("/ledger?kind=dataset&verb=revised").text

    assert "修订了" in shown(page)
    assert 'href="/datasets/DS000101"' in page
    assert "第 2 版" in shown(page)


def test_notes_and_accounts_are_for_auditors_and_the_authority_only(client: Client) -> None:
    signed_in(client, "minzheng")
    part = shown(client.get("/ledger?kind=dataset").text)
    everything = shown(client.get("/ledger").text)
    client.cookies.clear()
    signed_in(client, "shenji")
    whole = shown(client.get("/ledger?kind=dataset").text)
    accounts = shown(client.get("/ledger").text)
    client.cookies.clear()

    assert NOTE not in part
    assert NOTE in whole
    assert "建立了账户" not in everything.partition("管理终端")[2]
    assert "管理终端 建立了账户" in accounts


def test_a_name_of_another_department_is_not_told_by_the_person_filter(reader: Client) -> None:
    assert numbers(reader.get("/ledger?who=nobody").text) == numbers(reader.get("/ledger").text)


def test_an_auditor_filters_by_a_person_s_name(auditor: Client) -> None:
    found = shown(auditor.get("/ledger", params={"who": "许淑芬（示例）"}).text)

    assert "许淑芬（示例） 登录" in found
    assert "管理终端 建立了账户" not in found


def test_pages_of_the_ledger_neither_lose_nor_repeat_an_entry(auditor: Client) -> None:
    first = auditor.get("/ledger").text
    second = auditor.get(f"/ledger?before={numbers(first)[-1]}").text

    together = numbers(first) + numbers(second)
    assert together == list(range(together[0], together[-1] - 1, -1))


@pytest.mark.parametrize(
    "nonsense", ["since=x", "before=-1", "kind=none", "door=roof", "since=0001-01-01", "until=9999-12-31"]
)
def test_nonsense_in_the_address_is_read_as_not_said(auditor: Client, nonsense: str) -> None:
    assert auditor.get(f"/ledger?{nonsense}").status_code == 200


def test_a_period_without_entries_says_so(reader: Client) -> None:
    page = reader.get("/ledger?since=2001-01-01&until=2001-01-02").text

    assert "没有符合条件的登记项" in shown(page)


def test_the_foot_shows_the_head_of_the_chain(auditor: Client, runtime: Runtime) -> None:
    page = shown(auditor.get("/ledger").text)

    assert "catalog verify" in page
    assert f"最新一项 {runtime.feed.last():,}" in page


def test_an_export_is_refused_to_officers_and_leaves_an_entry_for_auditors(client: Client) -> None:
    signed_in(client, "minzheng")
    refused = client.get("/ledger/export.csv")
    client.cookies.clear()
    signed_in(client, "shenji")
    answer = client.get("/ledger/export.csv?kind=dataset")
    newest = shown(client.get("/ledger").text)
    client.cookies.clear()

    assert refused.status_code == 403
    assert len(answer.content.decode("utf-8-sig").splitlines()) > 1
    assert "许淑芬（示例） 导出了登记内容" in newest


def test_a_cell_that_a_spreadsheet_would_calculate_is_quoted() -> None:
    answer = csv_answer("x", ["a"], [["=1+1"], ["-2"], ["plain"], [None]])

    assert bytes(answer.body).decode("utf-8-sig").splitlines() == ["a", "'=1+1", "'-2", "plain", '""']


def test_usages_are_drawn_with_a_name_and_the_table_stays(reader: Client) -> None:
    page = reader.get("/data-elements/DE00001/usages").text

    assert well_made(page) == []
    assert '<svg class="graph"' in page
    assert 'href="/datasets/DS000101"' in page.partition('<svg class="graph"')[2].partition("</svg>")[0]
    assert "<table" in page


def test_a_stranger_sees_no_node_of_a_closed_kind(client: Client) -> None:
    assert "DS000101" not in client.get("/data-elements/DE00001/usages").text


def test_nodes_of_a_picture_never_lie_on_each_other() -> None:
    def group(kind: str, count: int, total: int) -> Group:
        return Group(kind, kind, total, [((kind, str(n)), f"{kind} {n}", "/") for n in range(count)])

    found = picture(
        (("dataset", "DS1"), "x", "/"),
        [group("data-element", 5, 14), group("system", 1, 1)],
        [group("sharing-agreement", 3, 3)],
        [group("department", 2, 2)],
        [(("sharing-agreement", "0"), ("department", "1"))],
    )

    boxes = sorted((node.x, node.y) for node in found.nodes)
    assert all(b[1] - a[1] >= 26 for a, b in pairwise(boxes) if a[0] == b[0])
    assert all(node.y >= 0 and node.y + 26 <= found.height for node in found.nodes)
    assert len(found.edges) == 6 + 3 + 1


@pytest.mark.parametrize("name", ["短名", "城镇职工基本养老保险参保信息共享协议（民政局）", "A" * 80, ""])
def test_a_shortened_name_keeps_both_ends_and_fits(name: str) -> None:
    kept = short(name)

    assert sum(1 if character.isascii() else 2 for character in kept) <= 28
    assert kept[:2] == name[:2]
    assert kept[-2:] == name[-2:]


def test_an_earlier_state_is_read_from_the_history(reader: Client) -> None:
    history = reader.get("/datasets/DS000101/history").text
    seen = re.findall(r'href="(/datasets/DS000101\?as_of=\d+)"', history)

    first, newest = reader.get(seen[-1]), reader.get(seen[0])

    assert "第 1 版，不是现行内容" in shown(first.text)
    assert "每日更新" in shown(first.text)
    assert "实时更新" in shown(newest.text)


def test_a_record_is_not_found_before_it_was_registered(reader: Client) -> None:
    assert reader.get("/datasets/DS000101?as_of=2001-01-01").status_code == 404
    assert reader.get("/datasets/DS000101?as_of=yesterday").status_code == 422


def test_what_two_versions_have_alike_is_folded(reader: Client) -> None:
    page = reader.get("/datasets/DS000101/diff").text

    assert well_made(page) == []
    assert '<details class="same">' in page
    assert "标识符" in page.partition('<details class="same">')[2]

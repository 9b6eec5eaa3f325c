"""Lists: columns, orders, several records at once, and exports that equal what is shown."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from catalog.exchange import xlsx
from catalog.exchange.sheets import open_book
from catalog.identity import demo
from catalog.kinds import BY_PLURAL
from catalog.ledger.models import Entry
from catalog.registry import bulk
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests.flows import district
from tests.served import served

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    district.fill(runtime)
    with served(runtime) as found:
        yield found


@pytest.fixture
def stranger(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers=HTML | {"accept-language": "zh-CN"}) as client:
        yield client


@pytest.fixture
def client(address: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A browser without JavaScript, signed in as the test's parameter says (biaozhun unless it says)."""
    with httpx.Client(base_url=address, headers=HTML | {"accept-language": "zh-CN"}) as opened:
        sign_in(opened, getattr(request, "param", "biaozhun"))
        yield opened


def sign_in(client: httpx.Client, login: str) -> None:
    answer = client.post("/sign-in", data={"login": login, "password": demo.PASSWORD, "next": "/views"})
    assert answer.status_code == 303, answer.text


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def shown(page: str) -> list[str]:
    """The identifiers of a list page, from top to bottom."""
    return re.findall(r'<td class="id wide-only"><code>([^<]+)</code>', page)


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "query", ["", "?sort=name", "?sort=name&order=reverse", "?status=standard&sort=department", "?q=身份", "?sort=changed"]
)  # fmt: skip
def test_an_export_is_the_list_row_by_row(stranger: httpx.Client, query: str) -> None:
    listed: list[str] = []
    path: str | None = f"/data-elements{query}"
    while path:
        page = stranger.get(path).text
        listed += shown(page)
        following = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = following.group(1).replace("&amp;", "&") if following else None

    table = rows(stranger.get(f"/data-elements/export.csv{query}"))
    lines = stranger.get(f"/data-elements/export.jsonl{query}").text.splitlines()

    assert len(listed) > 1
    assert [row[0] for row in table[1:]] == listed
    assert [json.loads(line)["identifier"] for line in lines] == listed


def test_columns_are_those_of_the_address_in_page_and_file(stranger: httpx.Client) -> None:
    query = "?cols=name,data_type,confirmed&cols=identifier&q=身份"
    page = stranger.get(f"/data-elements{query}").text
    headings = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page.split("</thead>")[0])

    table = rows(stranger.get(f"/data-elements/export.csv{query}"))

    assert [heading.strip(" ↑↓") for heading in headings] == table[0]
    assert table[0][0] == "名称"
    assert all(row[0] for row in table[1:])


def test_names_stand_in_the_order_of_pinyin(stranger: httpx.Client) -> None:
    names = [row[1] for row in rows(stranger.get("/data-elements/export.csv?sort=name"))[1:]]

    assert names.index("出生日期") < names.index("公民身份号码") < names.index("姓名")


def test_no_cell_of_an_export_is_a_formula(stranger: httpx.Client) -> None:
    cells = [
        c
        for row in rows(stranger.get("/data-elements/export.csv?cols=identifier,name,definition"))
        for c in row
    ]

    assert cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_a_stranger_exports_no_kind_that_is_not_open(stranger: httpx.Client) -> None:
    refused = [stranger.get(f"/{plural}/export.{form}").status_code
               for plural in ("datasets", "appointments") for form in ("csv", "jsonl")]  # fmt: skip
    found = stranger.get("/search/export.jsonl?q=白云区").text.splitlines()

    assert refused == [401] * 4
    assert {json.loads(line)["kind"] for line in found} <= {"data-element", "code-list"}


@pytest.mark.parametrize("client", ["reader"], indirect=True)
def test_no_export_holds_an_internal_field(client: httpx.Client, runtime: Runtime) -> None:
    with runtime.database.reading() as session:
        hidden = session.scalars(select(Record.kind).where(Record.public_content != None)).all()  # noqa: E711
    answer = client.get("/datasets/export.jsonl")
    assert answer.status_code == 200, answer.text[-3000:]
    exported = answer.text.splitlines()

    assert "dataset" in hidden
    documents = [json.loads(line)["document"] for line in exported]
    assert documents
    assert not [name for document in documents for name in document if name in ("connection", "salt")]
    assert [json.loads(line)["digest"] for line in exported]  # digests of public texts only


def test_an_export_by_a_person_is_an_entry(client: httpx.Client, runtime: Runtime) -> None:
    before = runtime.feed.last()

    count = len(rows(client.get("/code-lists/export.csv"))) - 1

    with runtime.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.seq > before)).one()
    assert entry.verb == "code-list.exported"
    assert json.loads(entry.data or "{}")["records"] == count


@pytest.mark.parametrize("plural", ["data-elements", "code-lists"])
def test_the_workbook_of_a_list_comes_back_without_a_change(
    client: httpx.Client, runtime: Runtime, plural: str
) -> None:
    kind = BY_PLURAL[plural].name
    answer = client.get(f"/{plural}/export.xlsx?q=代码&sort=name")
    listed = [row[0] for row in rows(client.get(f"/{plural}/export.csv?q=代码&sort=name"))[1:]]

    read = list(xlsx.rows(open_book(answer.content, "list.xlsx"), kind=kind))
    report = bulk.run(
        runtime, [Incoming(kind, row.document, row.status, row.source) for row in read], by=None, dry_run=True
    )

    assert [row.document["identifier"] for row in read] == listed
    assert report["unchanged"] == report["read"] == len(listed) > 1


@pytest.mark.parametrize("part", ["codes", "usages", "history"])
def test_the_parts_of_a_record_are_exported_whole(stranger: httpx.Client, part: str) -> None:
    table = rows(stranger.get(f"/code-lists/CL0008/{part}.csv"))

    assert len(table) > 1
    assert {len(row) for row in table} == {len(table[0])}


def test_a_search_is_exported_with_all_its_results(stranger: httpx.Client) -> None:
    page = stranger.get("/search?q=身份").text
    total = re.search(r"共 ([\d,]+) 条结果", page)

    table = rows(stranger.get("/search/export.csv?q=身份"))

    assert total
    assert len(table) - 1 == int(total.group(1).replace(",", "")) > 1


def chosen(client: httpx.Client, path: str, number: int) -> tuple[str, list[str]]:
    page = client.get(path).text
    return csrf(page), re.findall(r'name="record" value="([^"]+)"', page)[:number]


def test_several_records_are_confirmed_at_once_and_say_so(client: httpx.Client, runtime: Runtime) -> None:
    token, picked = chosen(client, "/data-elements", 3)
    form = {"csrf": token, "act": "confirm", "question": "?sort=confirmed", "record": picked}

    preview = client.post("/data-elements/selected", data=form)
    done = client.post("/data-elements/selected", data=form | {"step": "do", "note": "季度核对"})
    page = client.get(done.headers["location"]).text

    assert all(one.partition(".")[0] in preview.text for one in picked)
    assert done.status_code == 303
    assert "已确认 3 条" in page
    with runtime.database.reading() as session:
        states = [session.get_one(Record, ("data-element", one.partition(".")[0])).state for one in picked]
        entries = session.scalars(select(Entry).where(Entry.note == "季度核对")).all()
    assert all("confirmed_at" in state for state in states)
    assert len(entries) == 3


def test_what_was_changed_meanwhile_stops_the_whole_act(client: httpx.Client, runtime: Runtime) -> None:
    token, picked = chosen(client, "/data-elements?sort=name", 2)
    stale = [picked[0], f"{picked[1].partition('.')[0]}.1"]
    before = runtime.feed.last()

    answer = client.post(
        "/data-elements/selected", data={"csrf": token, "act": "confirm", "step": "do", "record": stale}
    )

    assert answer.status_code == 412
    assert "没有写入任何内容" in answer.text
    assert runtime.feed.last() == before


@pytest.mark.parametrize("client", ["reader"], indirect=True)
def test_a_reader_is_offered_no_act_and_refused_one(client: httpx.Client, runtime: Runtime) -> None:
    token, picked = chosen(client, "/data-elements", 1)
    page = client.get("/data-elements").text
    before = runtime.feed.last()

    answer = client.post(
        "/data-elements/selected", data={"csrf": token, "act": "confirm", "step": "do", "record": picked}
    )

    assert 'value="confirm"' not in page
    assert 'value="csv"' in page
    assert answer.status_code == 403
    assert runtime.feed.last() == before


@pytest.mark.parametrize("client", ["renshe"], indirect=True)
def test_records_of_other_departments_are_left_out_with_the_reason(client: httpx.Client) -> None:
    token, picked = chosen(client, "/datasets", 50)

    preview = client.post("/datasets/selected", data={"csrf": token, "act": "confirm", "record": picked}).text

    assert "不能操作" in preview
    assert 'name="step" value="do"' not in preview


def test_a_selection_is_exported_alone(client: httpx.Client) -> None:
    token, picked = chosen(client, "/data-elements?sort=name", 2)

    answer = client.post(
        "/data-elements/selected",
        data={"csrf": token, "act": "csv", "question": "?sort=name", "record": picked},
    )
    table = rows(client.get(answer.headers["location"]))

    assert [row[0] for row in table[1:]] == [one.partition(".")[0] for one in picked]


def test_all_found_are_exported_where_all_were_chosen(client: httpx.Client) -> None:
    token, picked = chosen(client, "/data-elements?q=身份", 1)

    answer = client.post(
        "/data-elements/selected",
        data={"csrf": token, "act": "csv", "all": "1", "question": "?q=身份", "record": picked},
    )

    assert len(rows(client.get(answer.headers["location"]))) > 2


def test_suggestions_are_grouped_by_kind_and_say_why(stranger: httpx.Client) -> None:
    fragment = stranger.get("/search/suggest?q=sfzh").text

    assert 'href="/data-elements/DE00001"' in fragment
    assert "同义词：" in fragment
    assert "<html" not in fragment
    assert "/datasets/" not in stranger.get("/search/suggest?q=白云").text

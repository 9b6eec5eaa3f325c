"""The pages, as a reader without JavaScript meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from catalog.base import files
from catalog.base.i18n import catalogue
from catalog.runtime import Runtime
from catalog.topics.picture import petals
from tests.flows import district
from tests.served import served

PUBLIC = (
    "/",
    "/data-elements",
    "/data-elements/DE00001",
    "/data-elements/DE00001/usages",
    "/data-elements/DE00001/history",
    "/data-elements/DE00001/diff",
    "/code-lists",
    "/code-lists/CL0002",
    "/code-lists/CL0008/codes",
    "/search",
    "/search?q=身份证",
    "/sign-in",
    "/help",
    "/help/statuses",
    "/help/formats",
    "/help/search",
    "/help/api",
    "/problems",
    "/problems/not-found",
    "/problems/required",
)
CLOSED = (
    "/departments",
    "/departments/DP0008",
    "/systems/SY0004",
    "/datasets",
    "/datasets/DS000101",
    "/datasets/DS000101/fields",
    "/datasets/DS000101/diff",
    "/topics",
    "/topics/TP-PERSON",
    "/appointments",
    "/trainings",
)


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


def signed_in(client: Client, login: str, *, wanted: str = "/") -> str:
    form = {"login": login, "password": district.PASSWORD, "next": wanted}
    answer = client.post("/sign-in", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def shown(page: str) -> str:
    """The visible text of a page."""
    main = page.partition('id="main"')[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def well_made(page: str) -> list[str]:
    """What a page lacks that every page must have."""
    wrong = []
    ids = re.findall(r'\sid="([^"]+)"', page)
    tables = re.findall(r"<table.*?</table>", page, re.S)
    if page.count("<h1") != 1:
        wrong.append("one h1")
    if re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page):
        wrong.append("no inline code")
    if len(ids) != len(set(ids)):
        wrong.append("unique ids")
    if not all("<caption" in table for table in tables):
        wrong.append("captions")
    if re.search(r"<th(?![^>]*scope=)[ >]", page):
        wrong.append("scopes")
    if re.search(r"<svg(?![^>]*(aria-hidden|aria-label))", page):
        wrong.append("pictures with names")
    return wrong


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_an_open_page_renders_in_both_languages_without_inline_code(
    client: Client, path: str, language: str
) -> None:
    page = client.get(path, headers={"accept-language": language})

    assert page.status_code == 200
    assert well_made(page.text) == []
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page.text
    assert re.search(r"<title>[^<]+</title>", page.text)


@pytest.mark.parametrize("path", CLOSED)
def test_a_closed_page_asks_to_sign_in_and_leads_back(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 401
    assert f"/sign-in?next={path}" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", CLOSED)
def test_a_closed_page_opens_after_signing_in(reader: Client, path: str, language: str) -> None:
    page = reader.get(path, headers={"accept-language": language})

    assert page.status_code == 200
    assert well_made(page.text) == []


def test_signing_in_leads_to_the_page_that_was_wanted(client: Client) -> None:
    assert signed_in(client, "minzheng", wanted="/datasets?status=published") == "/datasets?status=published"
    client.cookies.clear()


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    assert signed_in(client, "minzheng", wanted=elsewhere) == "/"
    client.cookies.clear()


def test_a_wrong_password_keeps_the_login_and_not_the_password(client: Client) -> None:
    answer = client.post("/sign-in", data={"login": "reader", "password": "wrong-one-2026", "next": "/"})

    assert answer.status_code == 403
    assert 'value="reader"' in answer.text
    assert "wrong-one-2026" not in answer.text
    assert 'role="alert"' in answer.text


def test_a_sign_in_form_of_another_site_is_refused(client: Client) -> None:
    form = {"login": "minzheng", "password": district.PASSWORD}
    answer = client.post("/sign-in", data=form, headers={"origin": "https://example.org"})

    assert answer.status_code == 403
    assert "catalog_session" not in client.cookies


def test_signing_out_needs_the_form_of_this_session(reader: Client) -> None:
    assert reader.post("/sign-out", data={"csrf": "guessed"}).status_code == 403
    secret = re.search(r'name="csrf" value="([^"]+)"', reader.get("/").text)
    assert secret is not None

    answer = reader.post("/sign-out", data={"csrf": secret[1]}, follow_redirects=False)

    assert answer.status_code == 303
    assert reader.get("/datasets").status_code == 401


def test_the_language_that_was_chosen_is_remembered(client: Client) -> None:
    client.get("/help?lang=en")

    assert '<html lang="en">' in client.get("/help").text
    client.cookies.clear()


def test_a_list_shows_what_its_address_says(client: Client) -> None:
    page = client.get("/data-elements", params={"status": "standard", "data_type": "date"}).text

    assert 'href="/data-elements?status=standard"' in page, "removes the data type"
    assert 'href="/data-elements?data_type=date"' in page, "removes the status"
    assert "出生日期" in page
    assert "公民身份号码</a>" not in page


def test_a_list_is_paged_without_losing_or_repeating_a_row(client: Client) -> None:
    first = re.findall(r'href="/data-elements/(DE[0-9]+)"', client.get("/data-elements").text)
    second = re.findall(r'href="/data-elements/(DE[0-9]+)"', client.get("/data-elements?page=2").text)

    assert len(first) == 50
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    "nonsense", ["page=-1", "page=9999999999", "page=x", "sort=colour", "status=no-such"]
)
def test_a_list_survives_a_nonsensical_address(client: Client, nonsense: str) -> None:
    assert client.get(f"/data-elements?{nonsense}").status_code == 200


@pytest.mark.parametrize("words", ["身份证", "sfzh", "GMSFHM", "公民身份", "居民身份证号"])
def test_searching_brings_the_citizen_number_first(client: Client, words: str) -> None:
    page = client.get("/search", params={"q": words}).text

    assert re.findall(r'class="name" href="([^"]+)"', page)[0] == "/data-elements/DE00001"


def test_a_search_without_result_says_what_to_do(client: Client) -> None:
    page = client.get("/search", params={"q": "不存在的东西<b>"}).text

    assert "没有找到“不存在的东西&lt;b&gt;”" in page


def test_a_record_shows_labels_codes_formats_and_names(client: Client) -> None:
    text = shown(client.get("/data-elements/DE00001").text)

    assert "c18 固定 18 位字符" in text
    assert "字符型" in text
    assert "公安分局" in text
    assert "GMSFHM" in text


def test_codes_are_found_by_label_and_by_parent(client: Client) -> None:
    found = shown(client.get("/code-lists/CL0008/codes", params={"q": "稻谷"}).text)
    below = client.get("/code-lists/CL0008/codes", params={"parent": "011"}).text

    assert "0111 稻谷种植" in found
    assert "0112" not in found
    assert "<code>0112</code>" in below
    assert "<code>0121</code>" not in below


def test_what_users_wrote_is_escaped_and_only_web_addresses_are_linked(reader: Client) -> None:
    page = reader.get("/datasets/DS000101").text

    assert district.HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert 'href="javascript:' not in page


def test_a_difference_names_the_field_and_marks_the_words(reader: Client) -> None:
    page = reader.get("/datasets/DS000101/diff?from=1&to=2").text

    assert "<del>每日</del>" in page
    assert "<ins>实时</ins>" in page
    assert "更新周期" in page


def test_internal_fields_show_only_on_asking_and_leave_an_entry(reader: Client, runtime: Runtime) -> None:
    with runtime.database.reading() as session:
        before = session.connection().exec_driver_sql("SELECT MAX(seq) FROM entry").scalar()

    public = reader.get("/datasets/DS000101").text
    internal = reader.get("/datasets/DS000101?view=internal").text

    with runtime.database.reading() as session:
        rows = (
            session.connection().exec_driver_sql("SELECT seq, verb FROM entry ORDER BY seq DESC").fetchmany(1)
        )
    assert "10.44.11.7" not in public
    assert "10.44.11.7" in internal
    assert [tuple(row) for row in rows] == [(before + 1, "dataset.read")]


def test_the_names_of_those_who_act_are_not_shown_to_strangers(client: Client) -> None:
    page = client.get("/data-elements/DE00001/history").text

    assert "登记" in shown(page)
    assert "初始数据" not in shown(page)


def test_fields_stand_beside_their_elements(reader: Client) -> None:
    page = reader.get("/datasets/DS000101/fields").text

    row = page.partition('id="field-1"')[2].partition("</tr>")[0]
    assert "gmsfhm" in row
    assert "主键" in row
    assert '<a href="/data-elements/DE00001">公民身份号码</a>' in row


def test_a_topic_says_of_every_slot_how_far_it_is_covered(reader: Client) -> None:
    page = reader.get("/topics/TP-PERSON").text

    assert "2 个部分，3 个数据位：0 个已齐备，3 个还差一步或几步。" in page
    assert page.count('<path class="cell source"') == 1
    assert page.count('<path class="cell element"') == 2
    assert 'id="basic-id"' in page
    assert 'href="#basic-id"' in page


def test_the_first_page_names_what_is_missing(reader: Client) -> None:
    text = shown(reader.get("/").text)

    assert re.search(r"一[人企]一[册档]还有 [0-9]+ 个数据位未齐备，最缺的是", text)
    assert "尚无首席数据官的单位" in text


def test_the_first_page_tells_changes_and_not_who_read_what(reader: Client) -> None:
    reader.get("/datasets/DS000101?view=internal")

    text = shown(reader.get("/").text)

    assert "最近变更" in text
    assert "查阅内部字段" not in text


def test_the_first_page_hides_closed_kinds_from_strangers(client: Client) -> None:
    text = shown(client.get("/").text)

    assert "数据元" in text
    assert "数据目录" not in text
    assert "一人一册还有" not in text


def test_a_page_that_is_kept_for_strangers_shows_a_change_at_once(client: Client, runtime: Runtime) -> None:
    before = client.get("/data-elements/DE00010").text
    assert client.get("/data-elements/DE00010").text == before

    district.rename(runtime, "data-element", "DE00010", "出生地区划代码（改）")

    assert "出生地区划代码（改）" in client.get("/data-elements/DE00010").text
    assert "出生地区划代码（改）" not in before


def test_what_an_officer_reads_is_not_kept_for_strangers(client: Client) -> None:
    signed_in(client, "minzheng")
    officer = client.get("/data-elements/DE00001").text
    client.cookies.clear()

    stranger = client.get("/data-elements/DE00001").text

    assert "/usages?kind=dataset" in officer
    assert "/usages?kind=dataset" not in stranger
    assert "陈丽娟" in officer
    assert "陈丽娟" not in stranger


def test_an_unknown_address_gets_a_page_with_the_request_id(client: Client) -> None:
    page = client.get("/nowhere/at/all")

    assert page.status_code == 404
    assert page.headers["x-request-id"] in page.text
    assert "content-security-policy" in page.headers


@pytest.mark.parametrize("slug", [*catalogue("problems"), *catalogue("rules")])
def test_every_problem_and_every_rule_has_a_page(client: Client, slug: str) -> None:
    assert client.get(f"/problems/{slug}").status_code == 200


@pytest.mark.parametrize("sheet", sorted(files.static().glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_asks_nothing_that_chromium_86_lacks(sheet: Path) -> None:
    newer = r":is\(|:where\(|:has\(|@container|@layer|aspect-ratio|\binset\s*:|color-mix|\bdvh\b|(margin|padding)-inline:"

    assert re.findall(newer, re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)) == []


def test_the_picture_has_one_cell_for_each_slot_and_no_overlap_of_rings() -> None:
    sections = [
        (f"部分{n}", f"部分{n}", [("项", "source", f"a{n}-{i}") for i in range(n)]) for n in range(12)
    ]

    drawn = petals(sections)

    assert [len(petal.cells) for petal in drawn] == list(range(1, 12)), "a section without slots has no petal"
    assert len({cell.path for petal in drawn for cell in petal.cells}) == sum(range(12))

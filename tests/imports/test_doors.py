"""Who may open an upload, and what hostile or unlucky requests get."""

from __future__ import annotations

import http.client

import pytest

from tests.imports.door import House, system, table

SECRET = "不该外传的系统名称"
PAGES = (
    "",
    "/rows?action=created",
    "/result",
    "/file",
    "/marked.xlsx",
    "/mapping",
    "/progress",
    "/problems/enum?field=/level",
)
POSTS = (
    "/corrections",
    "/accept",
    "/fill",
    "/choices",
    "/check",
    "/register",
    "/submit",
    "/return",
    "/mapping",
)


@pytest.fixture(scope="module")
def theirs(house: House) -> str:
    return house.visitor("weijian").bring(f"{SECRET}.csv", table(system(SECRET), system("错", level="天")))


@pytest.mark.parametrize("path", PAGES)
def test_another_departments_upload_is_not_there(house: House, theirs: str, path: str) -> None:
    for login in ("renshe", "reader", "vendor", "shenji", "admin"):
        answer = house.visitor(login).get(f"{theirs}{path}")

        assert answer.status_code == 404, login
        assert SECRET not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in(house: House, theirs: str, path: str) -> None:
    answer = house.anonymous().get(f"{theirs}{path}")

    assert answer.status_code in (401, 404)
    assert SECRET not in answer.text


@pytest.mark.parametrize("path", POSTS)
def test_nobody_else_changes_an_upload(house: House, theirs: str, path: str) -> None:
    before = house.last()

    assert house.visitor("renshe").post(f"{theirs}{path}", what="all", note="x").status_code == 404
    assert house.anonymous().post(f"{theirs}{path}").status_code == 401
    assert house.last() == before


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(house: House, theirs: str, path: str) -> None:
    weijian = house.visitor("weijian")
    before = house.last()

    answer = weijian.client.post(f"{theirs}{path}", data={"csrf": "guessed", "what": "all"})

    assert answer.status_code == 403
    assert house.last() == before


def test_the_api_hides_an_upload_too(house: House, theirs: str) -> None:
    strangers = [house.visitor("renshe").client, house.anonymous().client]

    answers = [client.get(f"/api/v1{theirs}") for client in strangers]
    answers += [house.visitor("renshe").client.get("/api/v1/imports")]

    assert [answer.status_code for answer in answers] == [404, 401, 200]
    assert all(SECRET not in answer.text for answer in answers)


def test_an_upload_without_a_session_is_refused(house: House) -> None:
    assert house.anonymous().upload("x.csv", table(system("无人的系统"))).status_code == 401


def test_an_expired_session_keeps_nothing_and_says_what_to_do(house: House) -> None:
    visitor = house.fresh("weijian")
    address = visitor.bring("会话.csv", table(system("会话系统")))
    visitor.post("/sign-out")

    answer = visitor.post(f"{address}/register", what="all")

    assert answer.status_code == 401
    assert house.visitor("weijian").counts(address)["created"] == 1


def test_a_reader_has_no_import_page(house: House) -> None:
    assert house.visitor("reader").get("/imports").status_code == 403
    assert house.visitor("vendor").upload("x.csv", table(system("厂商的系统"))).status_code == 403


def test_a_kind_that_one_does_not_keep_is_refused(house: House) -> None:
    answer = house.visitor("weijian").upload("x.csv", table(system("x")), kind="data-element")

    assert answer.status_code == 403


def test_a_record_of_another_department_is_refused_at_its_row(house: House) -> None:
    weijian = house.visitor("weijian")

    address = weijian.bring("越权.csv", table(system("人社的系统", department="DP0011")))

    assert weijian.counts(address)["refused"] == 1
    assert "not-permitted" in weijian.client.get(f"/api/v1{address}").text


def test_too_large_a_file_is_refused_at_once(house: House) -> None:
    weijian = house.visitor("weijian")
    before = house.last()

    connection = http.client.HTTPConnection(house.address.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/imports")
    connection.putheader("content-length", str(200 << 20))
    connection.putheader(
        "cookie", "; ".join(f"{name}={value}" for name, value in weijian.client.cookies.items())
    )
    connection.endheaders()  # and not a byte of the body
    status = connection.getresponse().status
    connection.close()

    assert status == 413
    assert house.last() == before


def test_places_that_no_form_of_ours_sends_are_refused(house: House, theirs: str) -> None:
    weijian = house.visitor("weijian")

    answers = [
        weijian.post(f"{theirs}/corrections", **{f"v|{key}": "x"})
        for key in ("", "1", "a|/level|", "1|level|", "99999999999|/level|")
    ]

    assert {answer.status_code for answer in answers} == {422}


def test_the_statement_can_not_be_left_out_in_the_api(house: House) -> None:
    weijian = house.visitor("weijian")
    headers = {"x-csrf": weijian.csrf, "content-type": "text/csv"}
    query = {"kind": "system", "filename": "api.csv"}
    data = table(system("接口系统"))

    without = weijian.client.post("/api/v1/imports", params=query, content=data, headers=headers)
    foreign = weijian.client.post(
        "/api/v1/imports",
        params=query | {"no_secrets": "true"},
        content=data,
        headers={"content-type": "text/csv"},
    )
    taken = weijian.client.post(
        "/api/v1/imports", params=query | {"no_secrets": "true"}, content=data, headers=headers
    )

    assert [one.status_code for one in (without, foreign, taken)] == [400, 403, 201]
    assert taken.json()["created"] == 1

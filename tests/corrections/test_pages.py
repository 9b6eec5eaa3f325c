"""Corrections, disputes, demands and paper acts by pages without scripts; the API opens the same cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from catalog.base import clock
from tests.cases.test_doors import press
from tests.cases.test_proposals import PDF
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in
from tests.sharing import requesting
from tests.sharing.requesting import CONSUMER, DATASET, PROVIDER


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    requesting.fill(desk.runtime)
    colleague(desk, "using", "data_officer", CONSUMER)
    colleague(desk, "giving", "data_officer", PROVIDER)
    colleague(desk, "signing", "sharing_officer", CONSUMER)
    colleague(desk, "bureau", "authority", None)
    return desk


@pytest.fixture
def using(office: Desk) -> Iterator[httpx.Client]:
    with signed_in(office, "using") as client:
        yield client


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert found, page.text[:2000]
    return found[1]


def file(client: httpx.Client, **more: Any) -> httpx.Response:
    form = client.get(f"/corrections/new?dataset={DATASET}&field=姓名")
    assert "<option selected>姓名</option>" in form.text
    said = {"dataset": DATASET, "wrong": "value", "field": "姓名", "finding": "12 条不一致。", "count": "12"}
    upload = {"file": ("证明.pdf", PDF, "application/pdf")}
    return client.post("/corrections/new", data=said | more | {"csrf": csrf(form)}, files=upload)


def test_a_correction_is_filed_with_its_evidence_and_shown_beside_the_dataset(
    office: Desk, using: httpx.Client
) -> None:
    wrong = file(using, finding="手机号 13800138000 有误")
    assert wrong.status_code == 422
    assert "手机号 13800138000 有误" in wrong.text  # nothing typed is lost
    case = file(using)
    assert "待受理" in case.text, case.text[:3000]
    assert "证明.pdf" in case.text

    with signed_in(office, "giving") as giving:
        page = giving.get(f"/datasets/{DATASET}")
        assert "正在办理 1 件" in page.text
        address = re.search(r'href="(/cases/CR[^"]+)"', page.text)
        assert address
        number = address[1].rpartition("/")[2]
        press(giving, number, "do:accept")
        done = press(giving, number, "do:correct", **{"correction.summary": "已更正", "correction.corrected_on": "2026-01-05"})  # fmt: skip
        assert "已更正，待反馈" in done.text
        press(giving, number, "do:feed-back")
        assert "按时反馈 100%" in giving.get(f"/datasets/{DATASET}").text
    assert "按时反馈" in using.get(f"/cases/{number}").text
    assert "纠错" not in office.client.get(f"/datasets/{DATASET}", headers={"accept": "text/html"}).text


def test_what_nobody_registered_goes_onto_the_board(office: Desk, using: httpx.Client) -> None:
    nothing = using.get("/search?q=从未登记的数据啊啊")
    link = re.search(r'href="(/demands/new[^"]*)"', nothing.text)
    assert link
    form = using.get(link[1])
    assert "从未登记的数据啊啊" in form.text
    said = {"title": "残疾人补贴", "need": "发放明细", "purpose": "P02", "legal_basis": "《某办法》第五条", "csrf": csrf(form)}  # fmt: skip
    posted = using.post("/demands/new", data=said)
    assert "待指派部门" in posted.text
    number = posted.url.path.rpartition("/")[2]

    with signed_in(office, "giving") as giving:
        page = giving.get(f"/demands/{number}")
        joined = giving.post(f"/demands/{number}", data={"csrf": csrf(page)})
        assert "本部门已列入" in joined.text
    with signed_in(office, "bureau") as bureau:
        press(bureau, number, "do:assign", department=PROVIDER)
        assert "待部门答复" in bureau.get("/demands?state=assigned&lang=zh-CN").text
    assert number in using.get("/demands/export.csv?q=补贴").text
    assert number not in using.get("/demands?state=met").text
    assert "We need it too" not in using.get(f"/demands/{number}?lang=en").text  # it is counted already


def test_the_api_opens_the_same_and_answers_by_field(office: Desk) -> None:
    body = {"dataset": DATASET, "field": "姓名", "wrong": "code", "finding": "代码不在表中。"}
    made = office.send("POST", "/api/v1/cases/corrections", json=body)
    foreign = office.send("POST", "/api/v1/cases/corrections", json=body | {"person": "某人"})
    nobody = office.send("POST", "/api/v1/cases/demands", json={}, by=None)
    matter = office.send(
        "POST", "/api/v1/cases/disputes", json={"matter": made.json()["number"], "claim": "不服"}
    )

    assert (made.status_code, made.json()["state"]) == (201, "filed")
    assert made.headers["location"] == f"/api/v1/cases/{made.json()['number']}"
    assert (foreign.status_code, foreign.json()["violations"][0]["pointer"]) == (422, "#/person")
    assert nobody.status_code == 401
    assert (matter.status_code, matter.json()["type"]) == (409, "/problems/dispute-nothing")


def test_a_scan_is_sent_by_api_and_named_by_a_paper_act(office: Desk) -> None:
    body = {"dataset": DATASET, "wrong": "missing", "finding": "缺三月数据。"}
    made = office.send("POST", "/api/v1/cases/corrections", json=body).json()
    address = f"/api/v1/cases/{made['number']}"
    lying = office.send("POST", f"{address}/files?filename=a.png", content=PDF)
    scan = office.send("POST", f"{address}/files?filename=a.pdf", content=PDF)
    fetched = office.send("GET", scan.headers["location"])
    etag = office.send("GET", address).headers["etag"]
    on = clock.today(office.runtime.settings.zone).isoformat()
    paper = {
        "signer": office.keys.people["reader"], "post": "科长", "signed_on": on, "number": "3号",
        "scan": scan.json()["digest"],
    }  # fmt: skip
    done = office.send("POST", f"{address}/accept", etag=etag, json={"paper": paper})

    assert (lying.status_code, scan.status_code, fetched.content) == (400, 201, PDF)
    assert (done.status_code, done.json()["state"]) == (200, "verifying")
    assert done.json()["timeline"][-1]["data"]["paper"]["number"] == "3号"
    assert office.send("GET", scan.headers["location"], by="reader").status_code == 404


def test_a_paper_act_takes_its_scan_and_its_parts_in_one_form(office: Desk, using: httpx.Client) -> None:
    number, on = (
        file(using).url.path.rpartition("/")[2],
        clock.today(office.runtime.settings.zone).isoformat(),
    )
    with signed_in(office, "giving") as giving:
        press(giving, number, "do:accept")
    with signed_in(office, "bureau") as bureau:
        page = bureau.get(f"/cases/{number}")
        form = page.text.split('value="do:correct"')[1]
        signer = re.search(r'<option value="(PN-[0-9a-f]{16})">giving（示例）</option>', form)
        assert signer, form[:3000]
        seq = re.search(r'name="seq" value="(\d+)"', page.text)
        assert seq
        said = {
            "csrf": csrf(page), "seq": seq[1], "act": "do:correct", "signer": signer[1], "post": "科长",
            "signed_on": "2026-01-05", "number": "人社函〔2026〕3号", "correction.summary": "已更正<1>",
            "correction.corrected_on": on,
        }  # fmt: skip
        before = bureau.post(f"/cases/{number}", data=said, files={"file": ("a.pdf", PDF, "application/pdf")})
        said["signed_on"] = on
        lying = bureau.post(
            f"/cases/{number}", data=said, files={"file": ("a.pdf", b"MZ", "application/pdf")}
        )
        done = bureau.post(f"/cases/{number}", data=said, files={"file": ("a.pdf", PDF, "application/pdf")})

    assert (before.status_code, lying.status_code) == (422, 400)
    assert f"签署日期 2026-01-05 早于对方上一步办理的日期（{on}）。" in before.text
    assert "已更正&lt;1&gt;</textarea>" in before.text  # nothing typed is lost
    assert 'value="人社函〔2026〕3号"' in before.text
    assert "已更正，待反馈" in done.text, done.text[:3000]
    assert "线下" in done.text
    assert "人社函〔2026〕3号" in done.text


def test_a_refused_request_leads_to_its_dispute(office: Desk) -> None:
    on = clock.today(office.runtime.settings.zone)
    number = requesting.filed(office.runtime, on)
    answer = [{"item": name, "effect": "refuse", "ground": "need", "reason": "超出所需。"} for name in requesting.ASKED]  # fmt: skip
    requesting.act(
        office.runtime, number, "refuse", requesting.GIVER, on, note="超出所需。", values={"answer": answer}
    )
    with signed_in(office, "signing") as signing:
        address = f"/disputes/new?case={number}"
        assert f'href="{address}"' in signing.get(f"/cases/{number}").text
        form = signing.get(address)
        opened = signing.post(
            "/disputes/new", data={"csrf": csrf(form), "matter": number, "claim": "确需这些数据。"}
        )
        assert "协商中" in opened.text, opened.text[:2000]
        assert f'href="/cases/{number}"' in opened.text
        assert signing.get(address).status_code == 409  # one dispute at a time
    with signed_in(office, "using") as using:
        assert address not in using.get(f"/cases/{number}").text  # a data officer does not sign disputes


def test_needs_are_no_business_of_a_vendor(office: Desk) -> None:
    assert office.send("GET", "/api/v1/demands", by="vendor").status_code == 401
    assert office.send("GET", "/demands", by="vendor", headers={"accept": "text/html"}).status_code == 401
    assert office.send("GET", "/api/v1/demands", by="reader").status_code == 200

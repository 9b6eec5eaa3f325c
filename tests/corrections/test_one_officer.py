"""A town with one officer works on the first day: what others sign on paper, the officer records by pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from catalog.base import clock
from catalog.base.settings import Settings
from catalog.cases import service
from catalog.cases.models import Case
from catalog.identity import persons
from catalog.identity.actors import CONSOLE
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.sharing import requests
from tests import factories
from tests.cases.people import somebody
from tests.cases.test_doors import press
from tests.cases.test_proposals import PDF
from tests.desk import Desk
from tests.forms.test_pages import colleague, signed_in
from tests.sharing import requesting

TOWN, POST = "DP0045", "AP00956"
TODAY = clock.today(Settings().zone).isoformat()


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    """One account in the town; its head holds a post but has none. The provider has none at all."""
    requesting.fill(desk.runtime)
    colleague(desk, "only", "data_officer", TOWN)
    colleague(desk, "bureau", "authority", None)  # type: ignore[arg-type]
    with desk.runtime.database.writing() as session:
        heads = [
            persons.create(session, name=name, basis="test", by=CONSOLE)
            for name in ("镇长（示例）", "局长（示例）")
        ]
    for identifier, department, person in (
        (POST, TOWN, heads[0]),
        ("AP00957", requesting.PROVIDER, heads[1]),
    ):
        post = factories.document("appointment", identifier) | {
            "identifier": identifier, "person": person, "department": department, "role": "sharing_office_head",
            "appointed_on": "2026-01-01", "term": {"from": "2026-01-01", "until": "2029-12-31"},
        }  # fmt: skip
        factories.enter(desk.runtime, Incoming("appointment", post))
    return desk


@pytest.fixture
def only(office: Desk) -> Iterator[httpx.Client]:
    with signed_in(office, "only") as client:
        yield client


def on_paper(client: httpx.Client, number: str, verb: str, name: str, **typed: str) -> httpx.Response:
    """One verb that somebody signed on paper: chosen by name, with its scan, in one form."""
    page = client.get(f"/cases/{number}").text
    _, _, form = page.partition(f'value="do:{verb}">')
    signer = re.search(rf'<option value="(PN-[0-9a-f]{{16}})">{name}</option>', form.partition("</form>")[0])
    assert signer, page
    said = {
        name_: re.search(rf'name="{name_}" value="([^"]*)"', page)[1]  # type: ignore[index]
        for name_ in ("csrf", "seq")
    } | {"act": f"do:{verb}", "signer": signer[1], "post": "负责人", "number": "镇府〔2026〕1号", "signed_on": TODAY}  # fmt: skip
    return client.post(f"/cases/{number}", data=said | typed, files={"file": (f"{verb}.pdf", PDF, "application/pdf")})  # fmt: skip


def test_a_catalogue_is_registered_with_the_heads_signature_on_paper(
    office: Desk, only: httpx.Client
) -> None:
    document = factories.document("dataset", "（一人镇）") | {"department": TOWN}
    document.pop("provider_code", None)
    headers = {"x-csrf": re.search(r'name="csrf" value="([^"]*)"', only.get("/me").text)[1]}  # type: ignore[index]
    made = only.post(
        "/api/v1/cases/proposals", json={"changes": [{"kind": "dataset", "document": document}]}, headers=headers
    )  # fmt: skip
    number = made.json()["number"]
    assessed = {
        f"{part}.{name}": value
        for part in ("secrecy_assessment", "privacy_assessment")
        for name, value in (("result", "通过"), ("on", "2026-01-04"))
    }
    press(only, number, "save", summary="新增目录", **assessed)
    press(only, number, "do:submit")
    own = on_paper(only, number, "consent", "only（示例）")
    assert "已批准" not in own.text
    assert own.status_code == 403  # four eyes compare signers: the officer has submitted it
    signed = on_paper(only, number, "consent", "镇长（示例）")
    assert "线下" in signed.text, signed.text[:2000]
    with signed_in(office, "bureau") as bureau:
        done = press(bureau, number, "do:approve")

    assert "已批准并登记" in done.text
    with office.runtime.database.reading() as session:
        case = session.get(Case, number)
        assert case
        assert case.closed


def test_a_request_is_in_force_the_same_day_with_both_sides_on_paper(
    office: Desk, only: httpx.Client
) -> None:
    on = clock.today(office.runtime.settings.zone)
    officer = somebody("data_officer", TOWN)
    values = requesting.FILLED | {"period": {"from": on.isoformat(), "until": f"{on.year + 1}-10-07"}}
    with office.runtime.database.writing() as session:
        number = requests.open_request(
            session, by=officer, dataset=requesting.DATASET, values=values, on=on
        ).number
    press(only, number, "do:prepare")
    assert "线下" in on_paper(only, number, "file", "镇长（示例）").text
    with signed_in(office, "bureau") as bureau:  # the provider has no account: the bureau records for it
        with office.runtime.database.writing() as session:
            case = session.get(Case, number)
            assert case
            giver = somebody("sharing_officer", requesting.PROVIDER)
            service.save(
                session, number, by=giver, read=case.seq,
                values={"answer": requesting.ANSWER, "impact_assessment": requesting.ASSESSED},
            )  # fmt: skip
        agreed = on_paper(bureau, number, "agree", "局长（示例）")
        assert "已同意" in agreed.text, agreed.text[:3000]
        on_paper(bureau, number, "deliver", "局长（示例）")
    done = press(only, number, "do:confirm")

    assert "共享中" in done.text
    with office.runtime.database.reading() as session:
        case = session.get(Case, number)
        assert case
        agreement = service.document_of(case)["agreement"]
        record = session.get(Record, ("sharing-agreement", agreement))
        assert record
        assert record.status == "active"

"""The page, the renewal and the printed document of an agreement in force, over HTTP and on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.base import clock, pdf
from catalog.cases import service
from catalog.cli import app
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.runtime import Runtime
from catalog.sharing import renewing
from tests.imports import door
from tests.imports.door import House
from tests.sharing import requesting as r


@pytest.fixture(scope="module")
def house(runtime: Runtime) -> Iterator[House]:
    r.fill(runtime)
    with door.opened(runtime) as made:
        yield made


def registered(runtime: Runtime, number: str) -> str:
    """The agreement that comes of a draft, agreed, delivered and confirmed today."""
    today = clock.today(runtime.settings.zone)
    r.act(runtime, number, "prepare", r.DRAFTER, today)
    r.act(runtime, number, "file", r.SIGNER, today)
    answer = {"answer": r.ANSWER, "impact_assessment": r.ASSESSED}
    r.act(runtime, number, "agree", r.GIVER, today, values=answer)
    r.act(runtime, number, "deliver", r.GIVER, today)
    r.act(runtime, number, "confirm", r.DRAFTER, today)
    return str(r.held(runtime, number)["agreement"])


def test_an_agreement_is_renewed_by_a_new_decision_only(house: House) -> None:
    runtime = house.runtime
    today = clock.today(runtime.settings.zone)
    old = registered(runtime, r.opened(runtime, today))
    page = house.visitor("minzheng").page(f"/sharing-agreements/{old}")
    assert "申请续期" in page
    assert "申报使用目的结束" in page
    assert "enforcement?track=misuse" not in page

    made = house.visitor("minzheng").post(f"/sharing-agreements/{old}/renewal")
    assert made.status_code == 303
    number = re.findall(r"SR\d{4}-\d{6}", made.headers["location"])[0]
    held = r.held(runtime, number)
    assert (held["supersedes"], held["items"], held["purpose"]) == (old, r.GRANTED, "P02")
    assert status(runtime, old) == "active"

    with runtime.database.writing() as session:
        seq = service.get(session, number, r.DRAFTER).seq
        period = {"from": today.isoformat(), "until": (today + timedelta(days=400)).isoformat()}
        service.save(session, number, by=r.DRAFTER, read=seq, values={"period": period})
    answer = [one for one in r.ANSWER if one["item"] in r.GRANTED]
    r.act(runtime, number, "prepare", r.DRAFTER, today)
    r.act(runtime, number, "file", r.SIGNER, today)
    r.act(
        runtime, number, "agree", r.GIVER, today, values={"answer": answer, "impact_assessment": r.ASSESSED}
    )
    r.act(runtime, number, "deliver", r.GIVER, today)
    r.act(runtime, number, "confirm", r.DRAFTER, today)
    new = str(r.held(runtime, number)["agreement"])

    with runtime.database.reading() as session:
        document = whole(session, "sharing-agreement", new) or {}
    assert (status(runtime, old), status(runtime, new), document["predecessor"]) == (
        "superseded",
        "active",
        old,
    )
    assert not renewing.may_renew(r.DRAFTER, "superseded", r.CONSUMER)


def test_a_reprint_of_the_same_version_bears_the_same_digest(house: House) -> None:
    runtime = house.runtime
    agreement = registered(runtime, r.opened(runtime, clock.today(runtime.settings.zone)))
    visitor = house.visitor("minzheng")
    first, again = (visitor.page(f"/sharing-agreements/{agreement}/document") for _ in range(2))
    digests = [re.findall(r"<code>([0-9a-f]{64})</code>", page) for page in (first, again)]

    assert digests[0] == digests[1] != []
    assert "政务数据共享协议" in first
    assert "公民身份号码" in first
    assert "线上，登记第" in first


@pytest.mark.slow
def test_the_document_is_a_file_too_where_that_is_installed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = registered(house.runtime, r.opened(house.runtime, clock.today(house.runtime.settings.zone)))
    visitor = house.visitor("minzheng")
    address = f"/sharing-agreements/{agreement}/document"
    made = visitor.get(f"{address}.pdf")

    assert f'href="{address}.pdf"' in visitor.page(address)
    assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
    assert made.content.startswith(b"%PDF-")
    assert house.anonymous().get(f"{address}.pdf").status_code == house.anonymous().get(address).status_code

    monkeypatch.setattr(pdf, "available", lambda: False)
    refused = visitor.client.get(f"{address}.pdf", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["type"]) == (501, "/problems/pdf-missing")
    assert ".pdf" not in visitor.page(address)


@pytest.mark.slow
def test_the_command_prints_the_same_paper(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runtime = house.runtime
    agreement = registered(runtime, r.opened(runtime, clock.today(runtime.settings.zone)))
    monkeypatch.setenv("CATALOG_DATA_DIR", str(runtime.settings.data_dir))
    monkeypatch.setenv("CATALOG_DATABASE_URL", runtime.settings.database_url)

    def run(name: str, number: str = agreement) -> int:
        return CliRunner().invoke(app, ["agreement", "print", number, "--to", str(tmp_path / name)]).exit_code

    pages: list[str] = []
    written = pdf.written
    monkeypatch.setattr(pdf, "written", lambda page, site: (pages.append(page), written(page, site))[1])
    assert (run("it.pdf"), run("none.pdf", "AG2026-9999")) == (0, 3)
    pages.append(house.visitor("minzheng").page(f"/sharing-agreements/{agreement}/document"))
    marks = [re.findall(r"<code>([0-9a-f]{64})</code>", page) for page in pages]
    assert marks[0] == marks[1] != []
    assert (tmp_path / "it.pdf").read_bytes().startswith(b"%PDF-")
    assert not (tmp_path / "none.pdf").exists()

    monkeypatch.setattr(pdf, "available", lambda: False)
    assert run("again.pdf") == 1
    assert not (tmp_path / "again.pdf").exists()


def status(runtime: Runtime, agreement: str) -> str:
    with runtime.database.reading() as session:
        record = session.get(Record, ("sharing-agreement", agreement))
        assert record is not None
        return record.status

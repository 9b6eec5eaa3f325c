"""Whose names a data officer is offered as a contact: those of the own department, and nothing but names."""

from __future__ import annotations

import secrets
from typing import Any

from catalog.base import clock
from catalog.identity import accounts, passwords, persons, tokens
from catalog.identity.actors import CONSOLE
from tests.desk import Desk

_TELEPHONE = "020-86380001"


def official(desk: Desk, department: str, name: str, role: str = "reader") -> dict[str, str]:
    """Somebody with an account in a department and a telephone; the headers of that account."""
    on = clock.today(desk.runtime.settings.zone)
    login = f"p{secrets.token_hex(4)}"
    with desk.runtime.database.writing() as session:
        person = persons.create(session, name=name, telephone=_TELEPHONE, basis="test", by=CONSOLE)
        secret = passwords.secure("Bench-password-1")
        accounts.create(session, login=login, person=person, password=secret, department=department, by=CONSOLE)  # fmt: skip
        accounts.grant(session, login=login, role=role, department=department, by=CONSOLE, on=on)
        scope = frozenset({"read", "write"})
        issued = tokens.issue(session, login=login, name="t", scope=scope, days=1, on=on, by=CONSOLE)
    return {"authorization": f"Bearer {issued.secret}"}


def ask(desk: Desk, headers: dict[str, str], sought: str, accept: str = "application/json") -> Any:
    return desk.send("GET", f"/options/person?q={sought}", by=None, headers=headers | {"accept": accept})


def test_a_data_officer_finds_the_names_of_the_own_department_and_of_no_other(desk: Desk) -> None:
    officer = official(desk, "DP0008", "员甲示例", "data_officer")
    official(desk, "DP0008", "邻座示例")
    official(desk, "DP0011", "远处示例")

    labels = [one["label"] for one in ask(desk, officer, "示例").json()["items"]]

    assert "邻座示例" in labels
    assert "远处示例" not in labels
    assert ask(desk, officer, "yuanchu").json()["items"] == []


def test_the_form_itself_names_no_more_people_than_its_picker(desk: Desk) -> None:
    officer = official(desk, "DP0008", "员甲示例", "data_officer")
    official(desk, "DP0008", "邻座示例")
    official(desk, "DP0011", "远处示例")

    page = desk.send("GET", "/datasets/new", by=None, headers=officer | {"accept": "text/html"})

    assert page.status_code == 200
    assert "邻座示例" in page.text
    assert "远处示例" not in page.text
    assert _TELEPHONE not in page.text


def test_a_picker_of_people_tells_no_telephone(desk: Desk) -> None:
    officer = official(desk, "DP0008", "员甲示例", "data_officer")
    official(desk, "DP0008", "邻座示例")

    for accept in ("application/json", "text/html"):
        answer = ask(desk, officer, "邻座", accept)
        assert "邻座示例" in answer.text
        assert _TELEPHONE not in answer.text
    assert ask(desk, officer, _TELEPHONE).json()["items"] == []


def test_who_fills_nothing_learns_no_name(desk: Desk) -> None:
    reader = official(desk, "DP0008", "读者示例")

    assert ask(desk, reader, "示例").status_code == 403
    assert ask(desk, {}, "示例").status_code == 401

"""The import flow over HTTP: choose, check, mend, register, and the same file again."""

from __future__ import annotations

import re
import threading
from typing import Any

import httpx
import pytest
from sqlmodel import select

from catalog.imports.models import Upload
from catalog.ledger.models import Entry
from tests import factories
from tests.imports.door import House, system, table


def entries(house: House, after: int) -> list[Entry]:
    with house.runtime.database.reading() as session:
        found = list(session.scalars(select(Entry).where(Entry.seq > after).order_by(Entry.seq)))
        session.expunge_all()
    return [entry for entry in found if not entry.verb.startswith("session.")]


def problems(house: House, address: str, login: str = "weijian") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.visitor(login).client.get(f"/api/v1{address}").json()["problems"]
    return [one for one in found if one["severity"] == "error"]


def mend(house: House, address: str, values: dict[str, str], login: str = "weijian") -> httpx.Response:
    """Send the correction table's fields, each with what stood there."""
    fields = {}
    for one in problems(house, address, login):
        pointer = one["pointer"].removeprefix("#")
        key = f"{one['row']}|{pointer}|{one['sheet']}"
        fields[f"w|{key}"] = one["value"]
        fields[f"v|{key}"] = values.get(pointer, one["value"])
    return house.visitor(login).post(f"{address}/corrections", **fields)


def test_a_file_is_checked_and_nothing_is_written_but_the_statement(house: House) -> None:
    before = house.last()

    address = house.visitor("weijian").bring(
        "系统.csv", table(system("疫苗追溯系统甲"), system("疫苗追溯系统乙"))
    )

    assert house.visitor("weijian").counts(address) == {
        "read": 2, "created": 2, "revised": 0, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    (entry,) = entries(house, before)
    assert entry.verb == "import.uploaded"
    assert entry.by.startswith("PN-")
    assert '"statement":"no-secrets"' in (entry.data or "")
    assert "系统" not in (entry.data or "")


def test_the_whole_story_of_three_mended_cells(house: House) -> None:
    weijian = house.visitor("weijian")
    rows = [
        system("预约挂号系统"),
        system("妇幼保健系统", category="业务类吧"),
        system("家庭医生系统", level="区县级"),
    ]
    rows += [system("", summary="没有名称")]
    address = weijian.bring("三处.csv", table(*rows))
    assert weijian.counts(address)["refused"] == 3

    mended = mend(house, address, {"/category": "business", "/level": "4", "/name": "血液管理系统"})

    assert mended.status_code == 303
    assert weijian.counts(address) == {"read": 4, "created": 4, "revised": 0, "unchanged": 0, "refused": 0}
    before = house.last()
    done = weijian.post(f"{address}/register", what="all")
    assert done.headers["location"] == f"{address}/result"
    verbs = [entry.verb for entry in entries(house, before)]
    assert verbs == ["system.registered"] * 4 + ["import.registered"]
    assert "血液管理系统" in weijian.page(f"{address}/result")


def test_the_same_file_again_changes_nothing_and_says_so(house: House) -> None:
    weijian = house.visitor("weijian")
    data = table(system("重复导入系统"))
    first = weijian.bring("再来.csv", data)
    weijian.post(f"{first}/register", what="all")

    second = weijian.bring("再来.csv", data)
    before = house.last()

    assert weijian.counts(second) == {"read": 1, "created": 0, "revised": 0, "unchanged": 1, "refused": 0}
    assert "没有变化" in weijian.page(second)
    assert 'id="register"' not in weijian.page(second)
    weijian.post(f"{second}/register", what="all")
    assert entries(house, before) == []


def test_a_changed_cell_revises_exactly_one_record_and_shows_old_and_new(house: House) -> None:
    weijian = house.visitor("weijian")
    rows = [system("修订系统甲", summary="旧的简介"), system("修订系统乙", summary="不变")]
    first = weijian.bring("修订.csv", table(*rows))
    weijian.post(f"{first}/register", what="all")

    rows[0]["summary"] = "新的简介"
    second = weijian.bring("修订.csv", table(*rows))

    assert weijian.counts(second) == {"read": 2, "created": 0, "revised": 1, "unchanged": 1, "refused": 0}
    page = weijian.page(second)
    assert re.search(r"<del>旧</del>的简介", page)
    assert re.search(r"<ins>新</ins>的简介", page)


def test_only_the_right_rows_are_registered_when_one_says_so(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("一半.csv", table(system("对的系统"), system("错的系统", level="天级")))

    all_of_them = weijian.post(f"{address}/register", what="all")
    some = weijian.post(f"{address}/register", what="flawless")

    assert all_of_them.status_code == 409
    assert some.status_code == 303
    assert weijian.counts(address) == {"read": 2, "created": 0, "revised": 0, "unchanged": 1, "refused": 1}
    assert "部分已登记" in weijian.page(address)
    mend(house, address, {"/level": "4"})
    weijian.post(f"{address}/register", what="all")
    assert "错的系统" in weijian.page(f"{address}/result")


def test_a_suggested_value_is_accepted_one_by_one_and_all_at_once(house: House) -> None:
    weijian = house.visitor("weijian")
    rows = [system(f"建议系统{n}", level="区县级" if n else "4级吧") for n in range(4)]
    address = weijian.bring("建议.csv", table(*rows))
    first = problems(house, address)
    assert [one["suggestion"] for one in first][1:] == ["4", "4", "4"]

    weijian.post(f"{address}/accept", place=str(first[1]["place"]))
    after_one = weijian.counts(address)["refused"]
    weijian.post(f"{address}/accept", all=f"{first[1]['rule']}|/level")

    assert after_one == 3
    assert weijian.counts(address)["refused"] <= 1


def test_a_department_is_understood_by_its_name(house: House) -> None:
    weijian = house.visitor("weijian")
    with house.runtime.database.reading() as session:
        from sqlalchemy import text

        name = session.execute(text("SELECT name FROM record WHERE identifier = 'DP0019'")).scalar_one()

    address = weijian.bring("名称.csv", table(system("按名称的系统", department=name)))

    assert weijian.counts(address)["created"] == 1


def test_corrections_are_kept_and_can_be_undone(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("撤销.csv", table(system("撤销系统", level="天级")))
    mend(house, address, {"/level": "4"})
    assert weijian.counts(address)["refused"] == 0
    assert "已改正 1 处" in weijian.page(address)

    weijian.post(f"{address}/check", undo="1")

    assert weijian.counts(address)["refused"] == 1


def test_what_changed_meanwhile_is_shown_before_anything_is_written(house: House) -> None:
    weijian = house.visitor("weijian")
    rows = [system("抢先系统", summary="甲")]
    first, second = (weijian.bring(f"{n}.csv", table(*rows)) for n in "一二")
    weijian.post(f"{first}/register", what="all")
    before = house.last()

    answer = weijian.post(f"{second}/register", what="all")

    assert answer.headers["location"] == f"{second}?stale=1"
    assert "登记簿在校核之后有变动" in weijian.page(f"{second}?stale=1")
    assert entries(house, before) == []
    assert weijian.counts(second)["unchanged"] == 1


def test_of_two_that_register_at_one_moment_one_wins(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("同时.csv", table(*(system(f"同时系统{n}") for n in range(20))))
    before = house.last()
    others = [house.fresh("weijian") for _ in range(2)]
    answers: list[str] = []

    def press(visitor: Any) -> None:
        answer = visitor.post(f"{address}/register", what="all")
        answers.append(answer.headers.get("location", str(answer.status_code)))

    threads = [threading.Thread(target=press, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(f"{address}/result") == 1
    assert len([entry for entry in entries(house, before) if entry.verb == "system.registered"]) == 20


def test_a_dataset_asks_for_a_reason_from_her_who_may_register(house: House) -> None:
    weijian = house.visitor("weijian")
    document = factories.document("dataset", "（理由）") | {"department": "DP0019"}
    document.pop("provider_code", None)
    import orjson

    address = weijian.bring("目录.json", orjson.dumps(document), kind="dataset")
    assert weijian.counts(address)["created"] == 1, problems(house, address)

    without = weijian.post(f"{address}/register", what="all")
    asked = weijian.page(f"{address}?asked=reason")
    given = weijian.post(f"{address}/register", what="all", note="卫健局会议纪要第8号")

    assert without.headers["location"] == f"{address}?asked=reason#register"
    assert "请写明登记理由" in asked
    assert given.headers["location"] == f"{address}/result"
    assert "卫健局会议纪要第8号" in weijian.page(f"{address}/result")


def test_a_data_officer_hands_over_and_the_head_returns_or_registers(house: House) -> None:
    renshe, juzhang = house.visitor("renshe"), house.visitor("juzhang")
    document = factories.document("dataset", "（送审）") | {"department": "DP0011"}
    document.pop("provider_code", None)
    import orjson

    address = renshe.bring("送审.json", orjson.dumps(document), kind="dataset")
    assert renshe.counts(address)["created"] == 1, problems(house, address, "renshe")
    refused = renshe.post(f"{address}/register", what="all", note="自己来")
    handed = renshe.post(f"{address}/submit", note="请审")
    returned = juzhang.post(f"{address}/return", note="摘要太短")
    again = renshe.page(address)
    renshe.post(f"{address}/submit", note="")
    done = juzhang.post(f"{address}/register", what="all", note="局务会同意")

    assert refused.status_code in (403, 409)
    assert (handed.status_code, returned.status_code) == (303, 303)
    assert "摘要太短" in again
    assert done.headers["location"] == f"{address}/result"


def test_bytes_are_dropped_after_their_days(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("旧的.csv", table(system("旧文件系统")))
    with house.runtime.database.writing() as session:
        upload = session.get(Upload, address.rpartition("/")[2])
        assert upload is not None
        upload.changed_at = "2020-01-01T00:00:00.000000Z"
        session.add(upload)

    weijian.page("/imports")

    assert weijian.get(f"{address}/file").status_code == 409
    assert weijian.post(f"{address}/register", what="all").status_code == 409


@pytest.mark.parametrize(
    ("name", "data", "statement", "said"),
    [
        ("空.csv", b"", "yes", "空"),
        ("系统.csv", table(system("未承诺系统")), "", "勾选"),
        ("", b"", "yes", "文件"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_not_kept(
    house: House, name: str, data: bytes, statement: str, said: str
) -> None:
    weijian = house.visitor("weijian")
    before = house.last()

    answer = weijian.upload(name, data, statement=statement)

    assert answer.status_code == 400
    assert said in answer.text
    assert house.last() == before


def test_a_file_that_is_no_table_says_why(house: House) -> None:
    weijian = house.visitor("weijian")

    address = weijian.bring("坏的.json", b"{nonsense")

    page = weijian.page(address)
    assert "无法读取" in page
    assert "换一份文件" in page


def test_the_file_of_a_former_upload_is_used_again(house: House) -> None:
    weijian = house.visitor("weijian")
    first = weijian.bring("从前.csv", table(system("从前的系统")))

    answer = weijian.client.post(
        "/imports",
        data={"csrf": weijian.csrf, "kind": "system", "statement": "yes", "former": first.rpartition("/")[2]},
        headers={"accept": "text/html"},
    )

    assert answer.status_code == 303
    assert answer.headers["location"] != first
    assert weijian.counts(answer.headers["location"])["created"] == 1

"""Workbooks through the flow: the template filled in, a marked copy, and a foreign layout mapped once."""

from __future__ import annotations

import io

import openpyxl
import pytest

from catalog.base.errors import NotFound
from catalog.imports import profiles
from tests.imports import books
from tests.imports.door import House


def template(house: House, kind: str = "datasets") -> bytes:
    answer = house.visitor("weijian").get(f"/{kind}/template.xlsx")
    assert answer.status_code == 200
    return answer.content


def test_a_filled_template_registers_and_again_changes_nothing(house: House) -> None:
    weijian = house.visitor("weijian")
    data = books.filled(template(house), [books.dataset("模板目录一"), books.dataset("模板目录二")])

    first = weijian.bring("模板.xlsx", data, kind="dataset")
    counted = weijian.counts(first)
    weijian.post(f"{first}/register", what="all", note="会议纪要第9号")
    second = weijian.bring("模板.xlsx", data, kind="dataset")

    assert counted == {"read": 2, "created": 2, "revised": 0, "unchanged": 0, "refused": 0}
    assert weijian.counts(second) == {"read": 2, "created": 0, "revised": 0, "unchanged": 2, "refused": 0}


def test_an_error_says_its_cell_and_the_marked_copy_has_it(house: House) -> None:
    weijian = house.visitor("weijian")
    data = books.filled(template(house), [books.dataset("标注目录")])
    wrong = books.changed(data, 0, {"更新周期": "偶尔吧"})

    address = weijian.bring("标注.xlsx", wrong, kind="dataset")
    (problem,) = [
        one
        for one in weijian.client.get(f"/api/v1{address}").json()["problems"]
        if one["pointer"] == "#/update_cycle" and one["severity"] == "error"
    ]
    copy = openpyxl.load_workbook(io.BytesIO(weijian.get(f"{address}/marked.xlsx").content))

    sheet, _, cell = problem["cell"].partition("!")
    assert copy[sheet][cell].value == "偶尔吧"
    assert copy[sheet][cell].comment is not None


def test_a_foreign_layout_is_mapped_once_and_remembered(house: House) -> None:
    weijian = house.visitor("weijian")

    first = weijian.bring("官方.xlsx", books.official("健康档案", "出生登记"), kind="dataset")
    page = weijian.page(first)
    kept = weijian.post(f"{first}/mapping")
    second = weijian.bring("下月.xlsx", books.official("疫苗接种"), kind="dataset")

    assert "对应各列" in page
    assert "信息项信息/信息项名称" in page
    assert kept.status_code == 303
    assert weijian.counts(first)["read"] == 2
    assert weijian.counts(second)["read"] == 1
    assert "沿用" in weijian.page(second)
    assert "每季度末" in weijian.page(second)


def test_a_remembered_mapping_can_be_changed(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("改对应.xlsx", books.official("改对应目录"), kind="dataset", vendor="厂商乙")
    weijian.post(f"{address}/mapping")
    before = weijian.client.get(f"/api/v1{address}").json()["understood"]

    fields = {"from|0": "constant", "department|0": "DP0019", "c|0|7": ""}
    weijian.post(f"{address}/mapping", **fields)
    after = weijian.client.get(f"/api/v1{address}").json()

    assert any(one["found"] == "每季度末" for one in before)
    assert not any(one["found"] == "每季度末" for one in after["understood"])
    assert "/department" not in {one["field"] for one in after["groups"] if one["severity"] == "error"}


def test_one_value_fills_every_place_of_a_group(house: House) -> None:
    weijian = house.visitor("weijian")
    names = [f"批量目录{n}" for n in range(4)]
    address = weijian.bring("批量.xlsx", books.official(*names), kind="dataset", vendor="厂商丙")
    weijian.post(f"{address}/mapping", **{"from|0": "constant", "department|0": "DP0019"})
    before = {one["field"] for one in weijian.client.get(f"/api/v1{address}").json()["groups"]}

    weijian.post(f"{address}/fill", group="required|/use_conditions", **{"f|": "按照条例规定使用"})

    after = {one["field"] for one in weijian.client.get(f"/api/v1{address}").json()["groups"]}
    assert before - after == {"/use_conditions"}


def test_the_command_line_reads_a_foreign_layout_by_the_kept_profile(house: House) -> None:
    weijian = house.visitor("weijian")
    address = weijian.bring("命令.xlsx", books.official("命令行目录"), kind="dataset", vendor="厂商丁")
    weijian.post(f"{address}/mapping", **{"from|0": "constant", "department|0": "DP0019"})

    read, unread = profiles.gathered(
        house.runtime, books.official("甲目录", "乙目录"), "命令.xlsx", kind="dataset", profile="auto"
    )

    assert [one.document["name"] for one in read] == ["甲目录", "乙目录"]
    assert {one.document["department"] for one in read} == {"DP0019"}
    assert unread == []
    with pytest.raises(NotFound):
        profiles.gathered(house.runtime, books.official("丙"), "x.xlsx", kind="dataset", profile="IPnone")

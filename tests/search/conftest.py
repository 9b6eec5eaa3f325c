"""An index over a small register that everything in this folder asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.search.index import Index
from catalog.search.query import Query, Reader, Results
from tests.search.shelf import Shelf, dataset, element, record

EVERYBODY = Reader(frozenset({"data-element", "code-list"}))
INSIDER = Reader(frozenset({"data-element", "code-list", "dataset", "department"}), None)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty register."""
    return Shelf(tmp_path / "register.db")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    index = Index.open(tmp_path / "search")
    yield index
    index.close()


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Results]:
    """Ask an index of some twenty records."""
    folder = tmp_path_factory.mktemp("search")
    shelf = Shelf(folder / "register.db")
    shelf.put(
        element(
            "DE00001", "公民身份号码", "身份证号", "居民身份证号", "身份证", "GMSFHM",
            status="standard", text="赋码机关为每个公民给出的唯一的、终身不变的法定标识号码",
        ),
        element("DE00002", "姓名", status="standard", text="公民在户籍登记时的名字"),
        element("DE00003", "婚姻状况", "婚否", status="standard", facets={"category": ["01"]}),
        element("DE00004", "婚姻登记日期", facets={"category": ["04"]}),
        element("DE00005", "统一社会信用代码", "机构信用代码", status="preferred", facets={"category": ["02"]}),
        element("DE00006", "身份证件类型代码", text="公民身份号码之外的证件也在其内"),
        element("DE00007", "女方姓名"),
        element("DE00008", "社会保障号码", "社保号", text="参加社会保险的人员的号码"),
        element("DE00009", "县级行政区划名称"),
        element("DE00010", "旧婚姻状况", status="retired"),
        element("DE00011", "银行账号"),
        record("code-list", "CL0003", "婚姻状况代码", status="standard"),
        dataset("DS000001", "婚姻登记信息", text="区民政局的结婚与离婚登记", facets={"share": ["1"]}),
        dataset(
            "DS000002", "社保参保信息", department="DP0002", facets={"share": ["2"]},
            texts=[("text", "按月更新的参保记录", False), ("text", "联系王科长的座机", True)],
        ),
        dataset(
            "DS000003", "社保待遇发放信息", department="DP0003",
            texts=[("text", "联系李科长的座机", True)],
        ),
        record("department", "DP0001", "白云区民政局", status="active", texts=[("name", "BYMZ", False)]),
    )  # fmt: skip
    index = Index.open(folder / "search")
    index.rebuild(shelf)

    def ask(text: str = "", reader: Reader = INSIDER, **values: object) -> Results:
        return index.query(Query(text, **values), reader)  # type: ignore[arg-type]

    return ask


def identifiers(results: Results) -> list[str]:
    """Which records, in order."""
    return [hit.identifier for hit in results.items]

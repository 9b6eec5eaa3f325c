"""How fast the search index answers and follows, on synthetic Chinese records from a fixed seed.

``search``: one call gives 20 ranked rows, the total and three facets; milliseconds, median over the fixed
list of questions below. ``search_5000`` and ``search_30000`` are those of its questions with at most that
many hits (and more than the figure before); ``search_p99`` is the slowest in a hundred. Its baseline is
SQLite's FTS5 over the same bigrams, with rows, total and facets in SQL. ``search_after_write``: from the
notice of one changed record until it is found.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from catalog.search import tokens
from catalog.search.index import Index
from catalog.search.query import Query, Reader
from catalog.search.schema import Item

QUESTIONS = (
    "身份证", "公民身份号码", "婚姻", "婚姻登记", "社保", "社会保险", "统一信用代码", "出生日期", "法定代表人",
    "参保状态", "残疾人证", "居住证", "户籍地址", "营业执照", "低保", "医保", "学历", "街道", "劳动合同", "高龄津贴",
    "不动产 权利人", "sfzh", "hyzk", "shebao", "cbzt", "DE00012", "DE000", "ＧＭＳＦＨＭ", "婚姻狀況", "县",
    "登记", "日期", "人员", "号码", "信息",
)  # fmt: skip
_READER = Reader(frozenset({"data-element", "dataset"}), frozenset({"DP0003"}))
_ROUNDS = 15
_WRITES = 40
_WORDS = """
身份证 公民身份 居民 法定代表人 参保人员 户主 配偶 申请人 权利人 从业人员 残疾人 学生 教师 驾驶人 纳税人 企业 社会团体 个体工商户 民办非企业单位 低保家庭 困境儿童 退役军人 流动人口 租赁房屋 不动产 机动车 建设项目 医疗机构 学校 县级机关
身份 身份证 婚姻 社会保险 养老保险 医疗保险 失业保险 工伤保险 住房公积金 户籍 居住 出生 死亡 收养 就业 失业 劳动合同 学历 学位 职称 职业资格 营业执照 税务 统一社会信用 行政处罚 行政许可 信用 残疾 低保 高龄津贴 临时救助 生育 健康 预防接种 车辆 驾驶 房屋 土地 权利 抵押 纳税 缴费 参保 待遇 迁移 地址 街道 联系 证件 居住证 经营 投资 年报 变更 注销 法人 医保 社保
登记 变更 注销 核验 审批 发放 缴纳 享受 认定 查询 备案 年检 起始 终止 有效 登记机关 受理 办理 统计 签发 补办 公示
日期 号码 代码 名称 状态 类型 金额 人数 标志 原因 时间 地点 机关 编号 说明 比例 次数 期限 状况 情况
依法 按规定 由区级 由街道 经本人申请 每月 每年 在窗口 通过平台 线上
"""
_SUBJECTS, _MATTERS, _ASPECTS, _FORMS, _REASONS = (line.split() for line in _WORDS.strip().splitlines())


class Records:
    """``size`` elements and datasets, five to one, made when asked for."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._revised: dict[int, Item] = {}

    def register(self) -> str:
        return "bench"

    def last(self) -> int:
        return self._size + len(self._revised)

    def changed(self, after: int, limit: int) -> tuple[list[Item], int]:
        upto = min(after + limit, self.last())
        return [self._revised.get(seq) or made(seq, seq) for seq in range(after + 1, upto + 1)], upto

    def revise(self, number: int, name: str) -> int:
        """Give one record another name; the entry that does so."""
        seq = self.last() + 1
        self._revised[seq] = made(number, seq, name)
        return seq


def made(number: int, seq: int, name: str = "") -> Item:
    """The same record for the same number, on every machine."""
    chance = random.Random(number)
    subject, matter = chance.choice(_SUBJECTS), chance.choice(_MATTERS)
    aspect, form = chance.choice(_ASPECTS), chance.choice(_FORMS)
    is_dataset = number % 6 == 0
    name = name or (f"{subject}{matter}{aspect}信息" if is_dataset else f"{subject}{matter}{aspect}{form}")
    text = f"{chance.choice(_REASONS)}{chance.choice(_ASPECTS)}的{chance.choice(_MATTERS)}{chance.choice(_FORMS)}，"
    text += f"{chance.choice(_REASONS)}提供给{chance.choice(_SUBJECTS)}{chance.choice(_ASPECTS)}时使用"
    return Item(
        kind="dataset" if is_dataset else "data-element",
        identifier=f"DS{number:06d}" if is_dataset else f"DE{number:05d}",
        version=1,
        seq=seq,
        status="published" if is_dataset else chance.choice(("recorded", "qualified", "standard")),
        department=f"DP{chance.randint(1, 60):04d}",
        name=name,
        changed_at="2026-01-05T01:00:00.000000Z",
        summary=text,
        texts=[("synonym", f"{matter}{form}", False), ("text", text, False), ("text", "联系科室座机", True)],
        facets={"category": [f"{chance.randint(1, 11):02d}"]},
    )


def figures(size: int, database: str) -> Iterator[dict[str, Any]]:
    """The figures of an index of ``size`` records; it is the same beside either database."""

    def figure(name: str, value: float, unit: str = "ms", baseline: float | None = None) -> dict[str, Any]:
        ratio = round(baseline / value, 2) if baseline else None
        rounded = round(baseline, 3) if baseline else None
        return {
            "figure": name, "value": round(value, 3), "unit": unit, "baseline": rounded, "ratio": ratio,
            "size": size, "database": database,
        }  # fmt: skip

    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        records = Records(size)
        index = Index.open(Path(folder) / "search")
        begun = time.perf_counter()
        index.rebuild(records)
        yield figure("search_rebuild", size / (time.perf_counter() - begun), "records/s")
        taken, hits = _asked(lambda text: index.query(Query(text), _READER).total)
        with closing(_fts5(Path(folder) / "fts5.db", size)) as other:
            before, _ = _asked(lambda text: _ask_fts5(other, text), rounds=1)
        every = [moment for text in QUESTIONS for moment in taken[text]]
        baseline = statistics.median(moment for text in QUESTIONS for moment in before[text])
        yield figure("search", statistics.median(every), baseline=baseline)
        yield figure("search_p99", statistics.quantiles(every, n=100)[-1])
        for least, most in ((0, 5_000), (5_000, 30_000), (30_000, size)):
            some = [moment for text in QUESTIONS if least < hits[text] <= most for moment in taken[text]]
            if some:
                yield figure(f"search_{most}" if most != size else "search_most", statistics.median(some))
        yield figure("search_after_write", _followed(index, records))
        index.close()


def _asked(ask: Callable[[str], int], rounds: int = _ROUNDS) -> tuple[dict[str, list[float]], dict[str, int]]:
    taken: dict[str, list[float]] = {text: [] for text in QUESTIONS}
    hits = {text: ask(text) for text in QUESTIONS}
    for _ in range(rounds):
        for text in QUESTIONS:
            begun = time.perf_counter()
            ask(text)
            taken[text].append((time.perf_counter() - begun) * 1000)
    return taken, hits


def _followed(index: Index, records: Records) -> float:
    index.follow(records)
    index.wait_for(records.last(), 60)
    taken = []
    for number in range(1, _WRITES + 1):
        name = f"新近登记的第{number}个名称"
        seq = records.revise(number, name)
        begun = time.perf_counter()
        index.notify(seq)
        index.wait_for(seq, 10)
        found = index.query(Query(name), _READER).items[0].seq
        taken.append((time.perf_counter() - begun) * 1000)
        if found != seq:
            raise AssertionError(f"entry {seq} was not found")
    return statistics.median(taken)


def _fts5(path: Path, size: int) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, kind, status, department, name, summary)")
    database.execute("CREATE VIRTUAL TABLE found USING fts5(name, other, content='', tokenize='unicode61')")
    items = (made(number, number) for number in range(1, size + 1))
    for item in items:
        row = (item.seq, item.kind, item.status, item.department, item.name, item.summary)
        database.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
        said = " ".join(text for _, text, internal in item.texts if not internal)
        texts = [" ".join(tokens.tokens(text)) for text in (f"{item.name} {item.identifier}", said)]
        database.execute("INSERT INTO found (rowid, name, other) VALUES (?, ?, ?)", (item.seq, *texts))
    database.commit()
    return database


def _ask_fts5(database: sqlite3.Connection, text: str) -> int:
    match = (" ".join(f'"{token}"' for token in tokens.query_tokens(text)),)
    joined = "FROM found JOIN record ON record.id = found.rowid WHERE found MATCH ?"
    database.execute(f"SELECT record.* {joined} ORDER BY bm25(found, 10, 1) LIMIT 20", match).fetchall()
    for column in ("kind", "status", "department"):
        counted = database.execute(f"SELECT {column}, count(*) {joined} GROUP BY {column}", match).fetchall()
    return sum(count for _, count in counted)

"""Readers: every format gives the same rows, and hostile input gets its own answer."""

import json

import pytest

from catalog.base.errors import Malformed, Source
from catalog.exchange import read
from catalog.exchange.tables import MAX_COLUMNS

SEX = {
    "name": "性别代码",
    "synonyms": ["性别"],
    "value_domain": {"type": "enumerated", "code_list": "CL0002"},
}
NAME = {"name": "姓名", "format": "a..30"}


def _read(data, filename, kind="data-element", **more):
    return list(read(data if isinstance(data, bytes) else data.encode(), filename, kind=kind, **more))


def _rules(rows):
    return [violation.rule for row in rows for violation in row.violations]


@pytest.mark.parametrize(
    ("filename", "text"),
    [
        ("a.json", json.dumps([SEX, NAME], ensure_ascii=False)),
        ("a.json", json.dumps([SEX, NAME])),
        ("a.jsonl", json.dumps(SEX) + "\n\n" + json.dumps(NAME) + "\n"),
        (
            "a.yaml",
            "- name: 性别代码\n  synonyms: [性别]\n  value_domain: {type: enumerated, code_list: CL0002}\n"
            "- name: 姓名\n  format: a..30\n",
        ),
        (
            "a.csv",
            "中文名称,同义名称,值域类型,值域代码表,数据格式\n性别代码,性别,enumerated,CL0002,\n姓名,,,,a..30\n",
        ),
        (
            "a.tsv",
            "name\tsynonyms\tvalue_domain.type\tvalue_domain/code_list\t格式 *\n性别代码\t性别\tenumerated\tCL0002\t\n姓名\t\t\t\ta..30\n",
        ),
    ],
)
def test_every_format_gives_the_same_documents(filename, text):
    assert [row.document for row in _read(text, filename)] == [SEX, NAME]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize(
    ("filename", "text"),
    [("a.csv", "名称\n姓名\n"), ("a.json", '{"name": "姓名"}'), ("a.yaml", "name: 姓名\n")],
)
def test_the_encoding_is_found_out(encoding, filename, text):
    assert [row.document for row in _read(text.encode(encoding), filename)] == [{"name": "姓名"}]


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Malformed, match="not-text"):
        _read(b"\xff\x00\xff\xff\x80", "a.csv")


def test_an_envelope_carries_status_and_kind():
    (row,) = _read('{"status": "standard", "kind": "data-element", "document": {"name": "姓名"}}', "a.json")

    assert (row.document, row.status, row.kind) == ({"name": "姓名"}, "standard", "data-element")


def test_a_row_knows_its_line():
    array = '[\n {"name": "a"},\n\n {"name": "b"}\n]'

    assert [row.source for row in _read(array, "a.json")] == [
        Source("a.json", line=2, row=1),
        Source("a.json", line=4, row=2),
    ]
    assert [row.source.line for row in _read('\n{"name": "a"}\n\n{"name": "b"}', "a.jsonl")] == [2, 4]
    assert [row.source.line for row in _read("- name: a\n- name: b\n", "a.yml")] == [1, 2]
    assert [row.source for row in _read('名称,备注\na,"x\ny"\n\nb,\n', "a.csv")] == [
        Source("a.csv", line=2, row=2),
        Source("a.csv", line=5, row=4),
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"name": ', "row-not-json"),
        ('{"name": "a"} {"name": "b"}', "row-not-json"),
        ("[1]", "not-an-object"),
        ("7", "not-an-object"),
        ('{"name": "a", "name": "b"}', "duplicate-key"),
        ('{"name": NaN}', "float"),
        ('{"name": "\\ud800"}', "surrogate"),
        ('{"hours": 1' + "0" * 5000 + "}", "integer-too-large"),
        ("[" * 10_000 + "]" * 10_000, "too-deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "too-deep"),
    ],
)
def test_a_bad_line_is_named_and_the_next_is_read(line, rule):
    rows = _read(f'{{"name": "a"}}\n{line}\n{{"name": "b"}}', "a.jsonl")

    assert [row.document.get("name") for row in rows if not row.violations] == ["a", "b"]
    assert [(row.source.line, row.violations[0].rule) for row in rows if row.violations] == [(2, rule)]


def test_a_bad_object_in_an_array_is_named_and_the_next_is_read():
    rows = _read('[{"name": "a", "name": "b"}, 3, {"name": "c"}]', "a.json")

    assert _rules(rows) == ["duplicate-key", "not-an-object"]
    assert rows[-1].document == {"name": "c"}


@pytest.mark.parametrize(
    ("filename", "text", "slug"),
    [
        ("a.json", "", "file-empty"),
        ("a.json", '[{"name": "a"}', "not-json"),
        ("a.json", '[{"name": "a"},]', "not-json"),
        ("a.json", '{"name": "a"} x', "not-json"),
        ("a.json", "[" * 10_000, "too-deep"),
        ("a.json", '{"a":' * 10_000, "too-deep"),
        ("a.json", '{"a": 1, "a": 2, "b": NaN, "c": [}', "not-json"),
        ("a.json", '{"a": 1' + "0" * 5000 + "}", "integer-too-large"),
        ("a.yaml", "", "file-empty"),
        ("a.yaml", "name: [a", "not-yaml"),
        ("a.yaml", "name: a\x07", "not-yaml"),
        ("a.yaml", "name: a\nname: b\n", "duplicate-key"),
        ("a.yaml", "a: &x [1]\nb: *x\n", "yaml-alias"),
        ("a.yaml", "name: !!python/object/apply:os.system [ls]\n", "yaml-tag"),
        ("a.yaml", "[" * 10_000, "too-deep"),
        ("a.yaml", "\n".join("  " * n + "a:" for n in range(200)), "too-deep"),
        ("a.csv", "", "file-empty"),
        ("a.csv", ",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)), "too-many-columns"),
        ("a.pdf", "x", "file-type"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused(filename, text, slug):
    with pytest.raises(Malformed) as refusal:
        _read(text, filename)

    assert refusal.value.slug == slug


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    bomb = "a0: &a0 [x, x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))

    with pytest.raises(Malformed, match="yaml-alias"):
        _read(bomb, "a.yaml")


def test_yaml_keeps_what_was_written():
    text = "code: 0101\nday: 2026-01-31\namount: 12.50\nanswer: no\ncount: 12\nyes: true\nnothing: null\n"

    assert [row.document for row in _read(text, "a.yaml")] == [
        {
            "code": "0101",
            "day": "2026-01-31",
            "amount": "12.50",
            "answer": "no",
            "count": 12,
            "yes": True,
            "nothing": None,
        }
    ]


def test_several_yaml_documents_are_several_rows():
    assert [row.document["name"] for row in _read("name: a\n---\n- name: b\n- name: c\n", "a.yaml")] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("名称,名称\na,b\n", ["heading-duplicate"]),
        ("名称,,备注\na,,b\n", ["heading-empty"]),
        ("名称,没有的列\na,b\nc,d\n", ["heading-unknown"]),
        ("名称\na,b\n", ["row-too-long"]),
        ('名称\n"a"b\nc\n', ["row-quoting"]),
    ],
)
def test_what_is_wrong_with_a_table_is_named_once(text, rules):
    assert _rules(_read(text, "a.csv")) == rules


def test_an_unknown_heading_names_its_column():
    row = next(row for row in _read("名称,没有的列\na,b\n", "a.csv") if row.violations)

    assert (row.source.line, row.source.column) == (2, "没有的列")


def test_cells_become_what_the_schema_asks():
    text = (
        "资源名称,关键字,共享类型,更新周期,是否向社会开放,数据更新日期,记录数,登记状态\n"
        '婚姻登记信息,婚姻、登记；结婚,有条件共享,每月,否,2026/3/5,"12,345",published\n'
    )

    (row,) = _read(text, "a.csv", "dataset")

    assert row.status == "published"
    assert row.document["keywords"] == ["婚姻", "登记", "结婚"]
    assert row.document["share"] == {"class": "2"}
    assert row.document["update_cycle"] == "4"
    assert row.document["open"] == {"public": False}
    assert row.document["data_updated_on"] == "2026-03-05"
    assert row.document["record_count"] == 12345


def test_a_cell_that_means_nothing_stays_for_the_schema_to_refuse():
    (row,) = _read("资源名称,记录数,更新周期\n甲,很多,隔三差五\n", "a.csv", "dataset")

    assert (row.document["record_count"], row.document["update_cycle"]) == ("很多", "隔三差五")


@pytest.mark.parametrize(
    "written", ["2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日", "20260305", "2026-03-05 10:20:30"]
)
def test_dates_are_read_as_people_write_them(written):
    (row,) = _read(f"资源名称,数据更新日期\n甲,{written}\n", "a.csv", "dataset")

    assert row.document["data_updated_on"] == "2026-03-05"


def test_a_path_is_read_under_its_own_name(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"name": "姓名"}', encoding="utf-8")

    (row,) = read(path, kind="data-element")

    assert (row.document, row.source.file) == ({"name": "姓名"}, "a.json")

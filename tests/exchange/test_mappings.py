"""Mapping files: other people's tables become our documents."""

import json
from pathlib import Path

import pytest

from catalog.base.errors import Malformed
from catalog.exchange import read
from catalog.exchange.mappings import mapper
from catalog.standards import schemas

MAPPINGS = Path(__file__).parents[2] / "standards" / "mappings"


def _mapping(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _read(data, filename, kind, mapping):
    return list(read(data.encode(), filename, kind=kind, mapping=mapping))


def test_columns_constants_and_compositions_make_a_document(tmp_path):
    mapping = _mapping(
        tmp_path,
        """
        kind: data-element
        status: recorded
        constants: {/department: DP0002}
        columns:
          cn: [/name, /definition]
          type: {to: /data_type, values: {VARCHAR: string, DECIMAL: number}}
          tags: {to: /synonyms, as: list, split: "+", strip: "[]"}
          since: {to: /approved_on, as: date}
          dict: {to: /value_domain/type, empty: ["—"], otherwise: referenced, default: free}
          system: {to: /official_codes/*/scheme}
          code: {to: /official_codes/*/code}
        compose:
          - {to: /format, from: "{type}({length})", as: data-format}
        ignore: [made]
        """,
    )
    table = (
        "cn,type,length,tags,since,dict,system,code,made\n"
        "姓名,VARCHAR,30,[名字+名],2026年1月2日,—,PLATFORM,A1,x\n"
        '金额,DECIMAL,"16,2",,,GB/T 1,,,\n'
    )

    first, second = _read(table, "a.csv", "data-element", mapping)

    assert first.status == "recorded"
    assert first.document == {
        "department": "DP0002",
        "name": "姓名",
        "definition": "姓名",
        "data_type": "string",
        "synonyms": ["名字", "名"],
        "approved_on": "2026-01-02",
        "value_domain": {"type": "free"},
        "official_codes": [{"scheme": "PLATFORM", "code": "A1"}],
        "format": "an..30",
    }
    assert second.document["format"] == "n..16,2"
    assert second.document["value_domain"] == {"type": "referenced"}
    assert "official_codes" not in second.document


def test_a_column_that_the_mapping_does_not_name_is_reported_once(tmp_path):
    mapping = _mapping(tmp_path, "kind: data-element\ncolumns: {cn: /name}\n")

    rows = _read('[{"cn": "姓名", "en": "a"}, {"cn": "性别", "en": "b"}]', "a.json", "data-element", mapping)

    assert [[v.rule for v in row.violations] for row in rows if row.violations] == [["heading-unknown"]]
    assert [row.document for row in rows if not row.violations] == [{"name": "姓名"}, {"name": "性别"}]


def test_rows_may_stand_deeper_in_a_file(tmp_path):
    mapping = _mapping(tmp_path, "kind: data-element\nrows: /result/items\ncolumns: {cn: /name}\n")
    text = json.dumps({"result": {"items": [{"cn": "姓名"}, 7]}})

    rows = _read(text, "a.json", "data-element", mapping)

    assert [row.document for row in rows] == [{"name": "姓名"}, {}]
    assert [v.rule for v in rows[1].violations] == ["not-an-object"]


def test_a_release_of_gb_t_2260_is_one_code_list():
    table = "Source\tRevision\tCode\tName\nstats\t201607\t440000\t广东省\nstats\t201607\t440111\t白云区\n"

    (row,) = _read(table, "201607.tsv", "code-list", "gbt2260-release")

    assert row.document["edition"] == "201607"
    assert row.document["codes"] == [
        {"code": "440000", "label": "广东省"},
        {"code": "440111", "label": "白云区"},
    ]
    assert [v for v in schemas.check("code-list", row.document, "shareable") if v.severity == "error"] == []


def test_a_portal_row_becomes_a_dataset():
    text = json.dumps(
        [
            {
                "名称": "公交线路",
                "摘要": "全市公交线路",
                "开放方式": "无条件开放",
                "发布日期": "2020-07-17",
                "更新日期": "2023-05-29",
                "资源格式": "[csv,json]",
                "数据提供方": "某市交通运输局",
                "主题分类": "财政",
                "关键字": "公交、线路",
                "url": "http://data.example.gov.cn/1",
            }
        ]
    )

    (row,) = _read(text, "portal.json", "dataset", "open-data-fuzhou")

    assert row.document["format"] == {"types": ["csv", "json"], "category": "2"}
    assert row.document["open"] == {"public": True, "conditions": "无"}
    assert row.document["subject"] == "ZH"
    missing = {v.pointer for v in schemas.check("dataset", row.document, "recorded") if v.severity == "error"}
    assert missing == {"/share", "/update_cycle"}


@pytest.mark.parametrize(
    ("written", "format_", "data_type", "representation"),
    [
        ("S1,AN..18,—", "an..18", "string", "text"),
        ("S3,N1,GB/T 2261.1-2003", "n1", "string", "code"),
        ("DT,DT15,—", "YYYYMMDDThhmmss", "datetime", "datetime"),
        ("D,D8,—", "YYYYMMDD", "date", "date"),
        ("L,T/F,—", "n1", "boolean", "indicator"),
        ("S1,A..200\u3000,—", "a..200", "string", "text"),
        ('N,"N3..5,2",—', "n3..5,2", "number", "quantity"),
    ],
)
def test_a_column_of_ws_445_becomes_a_data_element(written, format_, data_type, representation):
    heading = "表中文名,表名,内部标识符,数据元标识符,数据库字段名,数据元名称,定义,数据元值的数据类型,表示格式,数据元允许值"
    table = (
        f"{heading}\n出院记录,DISHOSPITAL,HDSD00.01,DE01.00.014.00,INP_NO,住院号,就诊对象的顺序号,{written}\n"
    )

    (row,) = _read(table, "ws445.csv", "data-element", "ws445-columns")

    assert row.document["format"] == format_
    assert row.document["data_type"] == data_type
    assert row.document["representation"] == representation
    missing = {
        v.pointer for v in schemas.check("data-element", row.document, "recorded") if v.severity == "error"
    }
    assert missing == {"/object_class", "/property"}


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in MAPPINGS.glob("*.yaml") if path.stem != "labels")
)
def test_every_mapping_of_ours_is_sound(name):
    kind = next(
        line.split(":")[1].strip()
        for line in (MAPPINGS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        if line.startswith("kind:")
    )
    made = mapper(name, kind)
    known = schemas.current(kind).annotations.by_pattern

    within = (*made.collect, "*") if made.collect else ()
    paths = [path for path, _ in made.constants]
    paths += [(*within, *target.to) for targets in made.columns.values() for target in targets]
    paths += [target.to for targets in made.once.values() for target in targets]
    paths += [target.to for target in made.compose]
    pointers = {"/" + "/".join(path) for path in paths if path[0] != "extensions"}
    assert pointers <= set(known)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("kind: unknown\n", "mapping-invalid"),
        ("- 1\n", "mapping-invalid"),
        ("kind: dataset\ncolumns: {a: /name}\n", "mapping-kind"),
        ("kind: data-element\ncolumns: {a: name}\n", "mapping-invalid"),
        ("kind: data-element\ncolumns: {a: {as: date}}\n", "mapping-invalid"),
        ("kind: data-element\ncolumns: {a: {to: /name, as: magic}}\n", "mapping-invalid"),
        ("kind: data-element\ncolumns: {a: {to: /name, form: x}}\n", "mapping-invalid"),
        ("kind: data-element\ncolumns: [a]\n", "mapping-invalid"),
        ("kind: data-element\nfields: {a: /name}\n", "mapping-invalid"),
        ("kind: [\n", "not-yaml"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path, text, slug):
    with pytest.raises(Malformed) as refusal:
        _read("a\n1\n", "a.csv", "data-element", _mapping(tmp_path, text))

    assert refusal.value.slug == slug


@pytest.mark.parametrize("name", ["nothing", "../../etc/passwd", "/etc/passwd", "own.yaml", ""])
def test_a_name_reads_no_file_elsewhere(name):
    with pytest.raises(Malformed, match="mapping-unknown"):
        mapper(name, "dataset")

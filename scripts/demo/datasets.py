"""The district's catalogue of datasets: Decree 809 art. 13 to 15, fields bound to the seeded elements."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

from demo import systems
from demo.appointments import STEWARD, holder
from demo.counts import rows_of
from demo.fields import field
from demo.people import People
from demo.themes import PURPOSES, REFUSALS, SCOPES, THEMES, UPSTREAM, Theme
from demo.world import (
    NOTE,
    PLATFORM,
    TODAY,
    Document,
    chance,
    department,
    english,
    seeded,
    short,
    table,
    token,
    workday,
)

OWN, RETURNED, OBTAINED = "1", "2", "3"
_AGE = {"1": 0, "2": 1, "3": 5, "4": 25, "5": 70, "6": 300, "7": 150, "9": 400}
"""Days since the last update that suit a cycle (CL0103)."""
_STALE = (
    "单位社会保险参保缴费信息",
    "残疾人证信息",
    "企业公共信用综合评价信息",
    "网格划分信息",
    "老年人健康管理信息",
)
_STATUS = {
    "计划生育服务记录信息": "suspended",
    "婚姻登记预约信息": "suspended",
    "动产抵押登记信息": "withdrawn",
    "被征地农民养老保障参保信息": "suspended",
    "残疾人就业年审信息": "withdrawn",
}
_REASONS = {
    "suspended": "系统升级期间暂停提供，恢复时间另行通告（示例）。",
    "withdrawn": "职责调整，目录按条例第十七条更新后撤销（示例）。",
}
_SPARSE = 0.35
_OPTIONAL = [
    "keywords",
    "retention",
    "record_count",
    "temporal",
    "contact",
    "contact_post",
    "related",
]
_FORMATS = {"1": ["mysql"], "2": ["mysql", "csv"], "3": ["oracle"]}


@cache
def identifiers() -> dict[str, str]:
    """The identifier of every dataset by its name."""
    return {row["name"]: f"DS{turn:06d}" for turn, row in enumerate(table("datasets"), start=1)}


def rows(people: People) -> list[Document]:
    """Envelopes of every dataset."""
    numbered: Counter[str] = Counter()
    made = []
    for row in table("datasets"):
        theme = THEMES[row["theme"]]
        numbered[theme.item + theme.group] += 1
        code = f"{theme.item}{theme.group}/{numbered[theme.item + theme.group]}"
        document = _document(row, theme, code, people)
        made.append({"status": _STATUS.get(row["name"], "published"), "document": document})
    return made


def _document(row: dict[str, str], theme: Theme, code: str, people: People) -> Document:
    name, owner = row["name"], row["department"]
    fields = _fields(row)
    personal = any(one["element"] in _personal() for one in fields)
    document: Document = {
        "identifier": identifiers()[name],
        "name": name,
        "name_en": english()[name],
        "resource_code": code,
        "code_scheme": "NDRC2017",
        "profile": "DECREE809",
        "department": owner,
        "provider_code": department(owner)["credit_code"],
        "source_role": row["origin"] == OWN,
        "origin": row["origin"],
        "systems": [systems.identifiers()[row["system"]]],
        "contact_post": "政务数据共享工作联络岗",
        "contact": holder(owner, STEWARD, people) or people.person(owner, "system"),
        "summary": _summary(row),
        "keywords": list(dict.fromkeys([theme.name, short(owner), *row["aliases"].split()])),
        "classification": theme.item,
        "classification_detail": f"{theme.group} {theme.name}",
        "subject": theme.subject,
        "spatial": "440111",
        "temporal": {"from": f"{chance('since', name).randint(2012, 2021)}-01-01"},
        "record_count": rows_of(name, row["theme"]),
        "format": {"category": "3", "types": _FORMATS[str(chance("format", name).randint(1, 3))]},
        "fields": fields,
        "share": _share(row),
        "use_conditions": _use_conditions(row["share"], personal=personal),
        "open": _open(row, personal=personal),
        "update_cycle": row["cycle"],
        "data_updated_on": _updated_on(row).isoformat(),
        "retention": "长期保存" if row["theme"] in ("po", "le", "ma", "sp") else "业务办结后保存不少于十年",
    }
    if row["aliases"]:
        document["aliases"] = row["aliases"].split()
    if row["origin"] != OWN:
        document["upstream"] = _upstream(row)
        document["official_codes"] = [
            {"scheme": "GD-ONE-SHARE", "code": f"示例-{token('code', name, length=8)}"}
        ]
    if "1" in document["share"].get("ways", ()):
        document["services"] = [_service(document, people)]
    document |= _clearance(row, fields, personal=personal, people=people)
    related = _related(row)
    if related:
        document["related"] = related
    for left_out in _left_out(name):
        document.pop(left_out, None)
    status = _STATUS.get(name)
    document["note"] = NOTE + (_REASONS[status] if status else "")
    return document


@cache
def _personal() -> frozenset[str]:
    return frozenset(key for key, one in seeded("elements").items() if one.get("personal") is True)


def _fields(row: dict[str, str]) -> list[Document]:
    numbers = [*row["fields"].split()]
    if "427" not in numbers:
        numbers.append("427")
    if row["origin"] != OWN and "430" not in numbers:
        numbers.append("430")
    fields = [field(number, place, dataset=row["name"]) for place, number in enumerate(numbers)]
    personal = any(one["element"] in _personal() for one in fields)
    return [one | {"open": True} for one in fields] if _is_open(row, personal=personal) else fields


def _related(row: dict[str, str]) -> list[str]:
    """Two neighbours of the same theme in the same system."""
    near = [
        identifiers()[other["name"]]
        for other in table("datasets")
        if (other["theme"], other["system"]) == (row["theme"], row["system"]) and other["name"] != row["name"]
    ]
    return chance("related", row["name"]).sample(near, min(2, len(near)))


def _left_out(name: str) -> list[str]:
    """What the cataloguers of some departments left empty; the profile demands none of it."""
    draw = chance("left out", name)
    return draw.sample(_OPTIONAL, draw.randint(1, 3)) if draw.random() < _SPARSE else []


def _is_open(row: dict[str, str], *, personal: bool) -> bool:
    return row["share"] == "1" and not personal


def _summary(row: dict[str, str]) -> str:
    how = {
        OWN: f"由{short(row['department'])}在履行职责中采集",
        RETURNED: "由上级部门系统采集后按条例第二十四条回流本区",
        OBTAINED: "由相关部门和上级平台共享汇聚形成",
    }[row["origin"]]
    return f"{row['content']}。数据{how}，覆盖白云区全域。"


def _ways(row: dict[str, str]) -> list[str]:
    ways = ["1", "2"] if row["cycle"] in ("1", "2", "3", "4") else ["2", "3"]
    return [*ways, "3"] if row["share"] == "1" and "3" not in ways else ways


def _share(row: dict[str, str]) -> Document:
    if row["share"] == "1":
        return {"class": "1", "ways": _ways(row)}
    if row["share"] == "2":
        return {
            "class": "2",
            "scope": SCOPES[row["theme"]],
            "purpose": PURPOSES[row["theme"]],
            "ways": _ways(row),
        }
    refusal = REFUSALS[row["name"]]
    basis = {"title": refusal.title, "article": refusal.article, "rank": refusal.rank}
    return {
        "class": "3",
        "reason": refusal.reason,
        "legal_basis": [{key: value for key, value in basis.items() if value}],
    }


def _use_conditions(share: str, *, personal: bool) -> str:
    if share == "3":
        return "不提供共享，仅限提供单位在法定职责范围内使用。"
    if personal:
        return "仅用于申请时列明的用途，不得转供第三方；使用记录保存不少于三年，用后按要求处置。"
    return "按照条例规定使用，注明数据来源和更新日期。"


def _open(row: dict[str, str], *, personal: bool) -> Document:
    if _is_open(row, personal=personal):
        return {"public": True, "conditions": "免费使用，注明来源；不得歪曲篡改。"}
    return {"public": False}


def _updated_on(row: dict[str, str]) -> date:
    age = _AGE[row["cycle"]] + (chance("age", row["name"]).randint(0, 1) if row["cycle"] in "12" else 0)
    if row["cycle"] not in "12":
        age = chance("age", row["name"]).randint(1, age)
    return TODAY - timedelta(days=age + (210 if row["name"] in _STALE else 0))


def _upstream(row: dict[str, str]) -> Document:
    level, provider = UPSTREAM.get(row["theme"], ("4", str(department("DP0002")["name"])))
    return {
        "catalogue_id": f"示例-{token('upstream', row['name'], length=10).upper()}",
        "level": level,
        "provider": provider,
    }


def _service(document: Document, people: People) -> Document:
    names = [one["name"] for one in document["fields"]]
    keys = names[:2] if document["share"]["class"] == "2" else names[:1]
    number = f"YWGX-{document['identifier'][-4:]}（示例）"
    return {
        "name": f"{document['name'].removesuffix('信息')}查询接口",
        "platform": PLATFORM,
        "interface_number": number,
        "method": "POST",
        "document": f"{document['name']}接口说明 V1.{chance('doc', number).randint(0, 4)}（示例）",
        "request_keys": [*keys, "用途代码", "业务流水号"] if document["share"]["class"] == "2" else keys,
        "returns": names,
        "limits": f"单个系统每分钟不超过{chance('limit', number).choice((60, 120, 300))}次",
        "address": f"https://share.example.gov.cn/api/{document['identifier'].lower()}",
        "contact": people.person(document["department"], "system"),
    }


def _clearance(row: dict[str, str], fields: list[Document], *, personal: bool, people: People) -> Document:
    """Grade, secrecy, assessments and approval, in the order of Decree 809 art. 13(1)."""
    draw = chance("clearance", row["name"])
    published = workday(date(2025, 8, 1), draw.randint(6, 10))
    approved = workday(published, -draw.randint(2, 3))
    assessed = workday(approved, -draw.randint(1, 2))
    level = max(one["general_level"] for one in fields)
    number = identifiers()[row["name"]][-4:]
    return {
        "published_on": published.isoformat(),
        "grade": {
            "grade": "general",
            "general_level": level,
            "affected": "individual" if personal else "organisation",
            "harm": "serious" if level >= 3 else "ordinary",
            "rationale": f"按数据项就高确定：最高的数据项为一般数据{level}级；影响限于个人和组织的合法权益。",
            "confirmed_on": assessed.isoformat(),
        },
        "secrecy": {"no_secret": True, "declared_on": assessed.isoformat()},
        "assessments": {
            "secrecy_risk": {
                "number": f"保密评估〔2025〕{number}号（示例）",
                "done_on": assessed.isoformat(),
                "result": "不涉及国家秘密、工作秘密，可以编入目录。",
            },
            "personal_information": {
                "number": f"个保评估〔2025〕{number}号（示例）",
                "done_on": assessed.isoformat(),
                "result": "已采取最小必要、脱敏和留痕措施，风险可控。" if personal else "不涉及个人信息。",
            },
        },
        "approval": {
            "post": "部门主要负责人",
            "person": people.person(row["department"], "head"),
            "approved_on": approved.isoformat(),
        },
    }

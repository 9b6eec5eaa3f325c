"""The four tiers of the chief data officer's organisation (粤办函〔2021〕63号), with vacancies and terms that end.

The heads of the sharing offices (Decree 809 art. 11) stand beside the stewards.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from demo.people import People
from demo.world import INSTITUTIONS, NOTE, STREETS, WORK, Document, chance, department, short, workday

DISTRICT, EXECUTIVE, OFFICER, STEWARD, HEAD = (
    "district_cdo",
    "district_cdo_exec",
    "dept_cdo",
    "data_steward",
    "sharing_office_head",
)
TITLES = {
    DISTRICT: "区首席数据官",
    EXECUTIVE: "区首席数据执行官",
    OFFICER: "首席数据官",
    STEWARD: "数据联络专员",
    HEAD: "政务数据共享工作机构负责人",
}
_DUTIES = {
    DISTRICT: [
        "统筹全区数字政府建设和数据管理，组织制订中长期规划和制度规范",
        "对信息化建设及数据发展和保护的重大事项作出决策",
        "协调解决数据共享开放和开发利用中的重大问题",
    ],
    EXECUTIVE: [
        "组织落实区首席数据官的决策，牵头编制和发布全区政务数据目录",
        "组织供需对接和数据共享争议协调",
        "组织首席数据官队伍的培训和评价",
    ],
    OFFICER: [
        "统筹本单位数据资源管理和共享开放，审定数据目录",
        "推动数据在业务场景中的融合应用",
        "落实数据安全和个人信息保护责任",
    ],
    STEWARD: ["编制和维护数据目录，校核数据质量", "对接共享申请和异议校核的日常事务"],
    HEAD: [
        "组织编制、更新和维护本部门政务数据目录",
        "审核共享申请，组织在法定期限内答复和提供",
        "组织政务数据校核和共享安全性评估",
    ],
}
_DEPUTIES = {"DP0003": "副主任", "DP0031": "副理事长", "DP0032": "副主席"}
_NO_OFFICER = ("DP0023", "DP0027", "DP0063")
_VACANT = {
    ("DP0016", OFFICER),
    ("DP0059", OFFICER),
    ("DP0067", OFFICER),
    ("DP0013", HEAD),
    ("DP0018", HEAD),
    ("DP0032", STEWARD),
    ("DP0050", STEWARD),
    ("DP0061", STEWARD),
    ("DP0043", STEWARD),
}
_ENDING = {
    ("DP0008", OFFICER): "2026-12-15",
    ("DP0011", STEWARD): "2026-11-30",
    ("DP0019", OFFICER): "2026-12-31",
    ("DP0024", HEAD): "2026-12-31",
    ("DP0005", OFFICER): "2027-01-08",
    ("DP0047", OFFICER): "2026-12-08",
    ("DP0053", STEWARD): "2026-12-31",
    ("DP0060", OFFICER): "2027-01-15",
    ("DP0066", STEWARD): "2026-11-27",
}
_FORMER = (
    ("DP0008", STEWARD),
    ("DP0011", OFFICER),
    ("DP0016", OFFICER),
    ("DP0019", STEWARD),
    ("DP0024", OFFICER),
    ("DP0045", OFFICER),
    ("DP0061", STEWARD),
)
_DECISIONS = {
    DISTRICT: [
        ("2025-09-12", "审议全区政务数据目录编制工作方案", "区数据共享协调小组纪要〔2025〕3号（示例）"),
        ("2026-03-20", "审定2026年公共数据资源普查计划", "区数据共享协调小组纪要〔2026〕1号（示例）"),
        (
            "2026-08-14",
            "同意建设公共数据目录和首席数据官登记系统",
            "区数据共享协调小组纪要〔2026〕4号（示例）",
        ),
    ],
    EXECUTIVE: [
        ("2025-10-16", "指定社会救助对象数据的数源部门", "政数专题纪要〔2025〕7号（示例）"),
        ("2026-06-05", "协调解决低保核对数据共享争议", "政数专题纪要〔2026〕5号（示例）"),
    ],
}


class Post(NamedTuple):
    """One post to be filled: where, in which role, after how many holders before."""

    department: str
    role: str
    former: bool = False


@cache
def posts() -> tuple[Post, ...]:
    """Every post in the order of the tiers."""
    officers = [one for one in (*WORK, *STREETS) if one not in _NO_OFFICER]
    heads = [*WORK, "DP0033", *INSTITUTIONS]
    stewards = [*WORK, "DP0033", "DP0034", *INSTITUTIONS, *STREETS]
    return (
        Post("DP0001", DISTRICT),
        Post("DP0002", EXECUTIVE),
        *(Post(one, OFFICER) for one in officers),
        *(Post(one, HEAD) for one in heads),
        *(Post(one, STEWARD) for one in stewards),
        *(Post(where, role, former=True) for where, role in _FORMER),
    )


@cache
def numbers() -> dict[Post, str]:
    """The identifier of the appointment to every post."""
    return {post: f"AP{turn:05d}" for turn, post in enumerate(posts(), start=1)}


def holder(where: str, role: str, people: People) -> str | None:
    """The key of whoever holds a post now; none where it is vacant or does not exist."""
    post = Post(where, role)
    return people.person(where, role) if post in numbers() and (where, role) not in _VACANT else None


def since(post: Post) -> str:
    """The first day of the term of whoever holds a post now."""
    return str(_appointed(post)["term"]["from"])


def rows(people: People) -> list[Document]:
    """Envelopes of every appointment."""
    return [
        {"status": "ended" if post.former else "current", "document": _document(post, people)}
        for post in posts()
    ]


def _document(post: Post, people: People) -> Document:
    where, role = post.department, post.role
    place = "白云区" if role in (DISTRICT, EXECUTIVE) else short(where)
    document: Document = {
        "identifier": numbers()[post],
        "name": f"{TITLES[role]}（{place}{'，前任' if post.former else ''}）",
        "department": where,
        "role": role,
        "post": _position(where, role),
    }
    superior = _superior(post)
    if superior:
        document["reports_to"] = superior
    if post.former:
        document |= {"person": people.person(where, role, 1)} | _term(
            2022, "2025-06-30", role, on="2022-07-01"
        )
    elif (where, role) not in _VACANT:
        document |= {"person": people.person(where, role)} | _appointed(post)
    document["duties"] = _DUTIES[role]
    if role in _DECISIONS:
        document["decisions"] = [
            {"on": on, "title": what, "number": number} for on, what, number in _DECISIONS[role]
        ]
    if "person" in document and not post.former and role not in (DISTRICT, STEWARD):
        document["evaluations"] = _evaluations(post, document["term"]["from"])
        if not document["evaluations"]:
            del document["evaluations"]
    document["note"] = f"{NOTE}岗位空缺，待任命。" if "person" not in document else NOTE
    return document


def _position(where: str, role: str) -> str:
    town = where in STREETS
    if role == DISTRICT:
        return "副区长（分管数字政府建设）"
    if role == EXECUTIVE:
        return "局长"
    if role == OFFICER and where in _DEPUTIES:
        return f"{_DEPUTIES[where]}（分管信息化）"
    if role == OFFICER:
        return (
            ("副镇长（分管信息化）" if where >= "DP0065" else "副主任（分管信息化）")
            if town
            else "副局长（分管信息化）"
        )
    if role == STEWARD:
        return "综合岗科员" if town else "信息化岗四级主任科员"
    office = str(department(where)["sharing_office"]).split("（")[0]
    return f"{office}主任" if office.endswith("办公室") else f"{office}负责人"


def _superior(post: Post) -> str | None:
    if post.role == DISTRICT:
        return None
    if post.role == EXECUTIVE:
        return numbers()[Post("DP0001", DISTRICT)]
    if post.role != OFFICER:
        for where in (post.department, department(post.department).get("parent")):
            if where and Post(where, OFFICER) in numbers():
                return numbers()[Post(where, OFFICER)]
    return numbers()[Post("DP0002", EXECUTIVE)]


def _appointed(post: Post) -> Document:
    until = _ENDING.get((post.department, post.role))
    if until:
        return _term(int(until[:4]) - 3, until, post.role)
    if (post.department, post.role) in _FORMER:
        return _term(2025, "2028-06-30", post.role, on="2025-07-01")
    if post.role in (DISTRICT, EXECUTIVE):
        return _term(2024, "2027-06-30", post.role)
    year = chance("term", *post).choice((2024, 2025, 2025, 2026))
    return _term(year, f"{year + 2}-12-31" if year > 2024 else "2027-06-30", post.role)


def _term(year: int, until: str, role: str, on: str | None = None) -> Document:
    draw = chance("appointed", year, until, role)
    on = on or workday(date(year, 1, draw.choice((4, 8, 13))), 1).isoformat()
    return {
        "concurrent": role in (DISTRICT, EXECUTIVE, OFFICER, HEAD),
        "document_number": f"云数改〔{year}〕{draw.randint(2, 38)}号（示例）",
        "issued_by": str(department("DP0001")["name"]),
        "appointed_on": on,
        "term": {"from": on, "until": until},
    }


def _evaluations(post: Post, since: str) -> list[Document]:
    return [
        {
            "year": year,
            "result": chance("evaluation", *post, year).choice(("优秀", "良好", "良好", "合格")),
            "by": "第三方评估机构（示例）",
            "filed_with": "区委组织部",
        }
        for year in (2024, 2025)
        if int(since[:4]) <= year
    ]

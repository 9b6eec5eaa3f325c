"""Trainings of the officers, who came, and who never did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from demo.appointments import DISTRICT, EXECUTIVE, HEAD, OFFICER, STEWARD, holder, numbers, since
from demo.people import People
from demo.world import NOTE, PLATFORM, Document, chance, short


class Course(NamedTuple):
    """One training: its sessions are (name, first day, last day, place)."""

    name: str
    host: str
    subjects: tuple[str, ...]
    roles: tuple[str, ...]
    hours: int
    method: str
    place: str
    lecturer: str
    sessions: tuple[tuple[str, str, str], ...]
    status: str = "held"
    assessed: bool = True


_HALL = "区政务服务中心三楼培训室（示例）"
_ONLINE = "区干部网络学习平台（示例）"
_COURSES = (
    Course(
        "首席数据官制度与职责专题培训班",
        "DP0002",
        ("首席数据官制度", "数据治理"),
        (DISTRICT, EXECUTIVE, OFFICER),
        16,
        "classroom",
        _HALL,
        "省数字政府研究机构（示例）",
        (("第一期", "2024-04-16", "2024-04-17"),),
    ),
    Course(
        "政务数据目录编制实务培训",
        "DP0002",
        ("政务数据目录", "数据元"),
        (STEWARD, HEAD),
        8,
        "classroom",
        _HALL,
        "区政务数据局大数据管理科",
        (("部门场", "2025-08-19", "2025-08-19"), ("镇街场", "2025-08-21", "2025-08-21")),
    ),
    Course(
        "政务数据共享条例宣讲培训",
        "DP0002",
        ("政务数据共享条例", "共享申请与答复"),
        (OFFICER, HEAD, STEWARD),
        6,
        "mixed",
        _HALL,
        "区司法局、区政务数据局",
        (("现场", "2025-08-06", "2025-08-06"), ("线上回看", "2025-08-11", "2025-08-22")),
    ),
    Course(
        "个人信息保护影响评估培训",
        "DP0038",
        ("个人信息保护", "影响评估"),
        (HEAD, STEWARD),
        4,
        "online",
        _ONLINE,
        "数据安全运行中心",
        (("线上班", "2025-11-03", "2025-11-14"),),
    ),
    Course(
        "数据分类分级与脱敏实操培训",
        "DP0038",
        ("分类分级", "数据脱敏"),
        (STEWARD,),
        8,
        "classroom",
        _HALL,
        "数据安全运行中心",
        (("第一期", "2026-03-17", "2026-03-17"), ("第二期", "2026-03-19", "2026-03-19")),
    ),
    Course(
        "数据元标准与命名规则培训",
        "DP0002",
        ("GB/T 19488", "数据元"),
        (STEWARD,),
        6,
        "classroom",
        _HALL,
        "区政务数据局大数据管理科",
        (("集中班", "2026-05-20", "2026-05-20"),),
    ),
    Course(
        "首席数据官年度研修班（2026年）",
        "DP0002",
        ("数据要素", "公共数据开发利用"),
        (DISTRICT, EXECUTIVE, OFFICER),
        24,
        "classroom",
        "区委党校（示例）",
        "区委党校、省数字政府研究机构（示例）",
        (("研修班", "2026-06-23", "2026-06-25"),),
    ),
    Course(
        "校核申请与异议处理业务培训",
        "DP0002",
        ("数据校核", "异议处理"),
        (HEAD, STEWARD),
        4,
        "online",
        _ONLINE,
        "区政务数据局大数据管理科",
        (("线上班", "2026-09-14", "2026-09-18"),),
        assessed=False,
    ),
    Course(
        "镇街数据专员轮训",
        "DP0036",
        ("网格数据采集", "数据质量"),
        (STEWARD,),
        8,
        "classroom",
        "智慧城市运行中心指挥大厅（示例）",
        "智慧城市运行中心",
        (("片区一", "2026-10-20", "2026-10-20"), ("片区二", "2026-10-22", "2026-10-22")),
    ),
    Course(
        "数据共享安全评估培训",
        "DP0038",
        ("共享安全性评估", "数据安全法"),
        (HEAD,),
        6,
        "classroom",
        _HALL,
        "数据安全运行中心",
        (("集中班", "2026-12-08", "2026-12-08"),),
        status="planned",
    ),
    Course(
        "“一网共享”平台操作培训",
        "DP0037",
        ("目录挂接", "接口申请"),
        (STEWARD,),
        4,
        "online",
        PLATFORM,
        "大数据运营中心",
        (("线上班", "2026-07-21", "2026-07-22"),),
        status="cancelled",
    ),
)
_NEVER = ("DP0015", "DP0023", "DP0034", "DP0049", "DP0058", "DP0064")
"""Departments whose officers came to no training: somebody has to be found by the list of the untrained."""


def rows(people: People) -> list[Document]:
    """Envelopes of every training."""
    return [
        {"status": course.status, "document": _document(f"TR{turn:05d}", course, people)}
        for turn, course in enumerate(_COURSES, start=1)
    ]


def _document(identifier: str, course: Course, people: People) -> Document:
    first, last = course.sessions[0][1], max(one[2] for one in course.sessions)
    document: Document = {
        "identifier": identifier,
        "name": course.name,
        "plan_number": f"{first[:4]}年度首席数据官培训计划第{int(identifier[2:])}项（示例）",
        "department": course.host,
        "subjects": list(course.subjects),
        "audience_roles": list(course.roles),
        "lecturer": course.lecturer,
        "materials": [f"{course.name}讲义（示例）"],
        "period": {"from": first, "until": last},
        "hours": course.hours,
        "method": course.method,
        "location": course.place,
        "sessions": [
            {"name": name, "from": start, "until": end, "place": course.place}
            for name, start, end in course.sessions
        ],
    }
    if course.status == "held":
        document["attendances"] = list(_attendances(identifier, course, people))
    document["note"] = f"{NOTE}主办单位：{short(course.host)}。"
    return document


def _attendances(identifier: str, course: Course, people: People) -> Iterator[Document]:
    towns = course.name.startswith("镇街")
    for post, appointment in numbers().items():
        known = post.role in course.roles and not post.former and post.department not in _NEVER
        if not known or not holder(post.department, post.role, people):
            continue
        if since(post) > course.sessions[0][1] or (towns and post.department < "DP0045"):
            continue
        draw = chance("attendance", identifier, appointment)
        if draw.random() < 0.3:
            continue
        attended = draw.random() < 0.9
        row: Document = {"appointment": appointment, "attended": attended}
        if attended:
            row["result"] = _result(course, draw.random())
        if row.get("result") == "passed":
            row["certificate_number"] = f"示例结业-{identifier}-{appointment[2:]}"
        yield row


def _result(course: Course, luck: float) -> str:
    if not course.assessed:
        return "not_assessed"
    return "passed" if luck < 0.93 else "failed"

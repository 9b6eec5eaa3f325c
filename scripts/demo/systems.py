"""The district's information systems: those of its public reports, and the business systems behind the data."""

from __future__ import annotations

from demo.people import People
from demo.world import Document, chance, department, english, table, token

_RETIRED_ON = {"计生信息系统": "2021-12-31", "双公示报送系统": "2019-06-30"}


def identifiers() -> dict[str, str]:
    """The identifier of every system by its short name."""
    return {row["short"]: f"SY{turn:04d}" for turn, row in enumerate(table("systems"), start=1)}


def of(owner: str) -> str | None:
    """The first system in service that a department owns and may use shared data in."""
    for row in table("systems"):
        if (row["department"], row["status"]) == (owner, "in_service") and row["category"] in (
            "business",
            "platform",
            "hotline",
        ):
            return identifiers()[row["short"]]
    return None


def rows(people: People) -> list[Document]:
    """Envelopes of every system."""
    numbers = identifiers()
    return [
        {"status": row["status"], "document": _document(numbers[row["short"]], row, people)}
        for row in table("systems")
    ]


def _document(identifier: str, row: dict[str, str], people: People) -> Document:
    draw = chance("system", identifier)
    planned = row["status"] == "planned"
    year = 2026 if planned else int(row["since"][:4]) - draw.randint(0, 1)
    document: Document = {
        "identifier": identifier,
        "name": row["name"],
        "name_en": english()[row["name"]],
        "short_name": row["short"],
        "category": row["category"],
        "summary": row["summary"],
        "modules": row["modules"].split(),
        "department": row["department"],
        "operator": row["operator"],
        "vendor": row["vendor"],
        "level": row["level"],
        "contact_post": "系统管理员",
        "contact": people.person(row["department"], "system"),
        "protection_grade": row["grade"],
        "protection_record_number": f"示例备案-{year}-{identifier}",
        "network": row["network"],
        "address": f"https://{identifier.lower()}.example.gov.cn/",
        "project": {
            "name": f"{row['name']}建设项目（示例）",
            "number": f"示例-{year}-{token('project', identifier, length=4).upper()}",
            "year": year,
            "budget": f"{draw.randint(40, 980)}.{draw.choice(('00', '50', '80'))}",
            "approved_by": _approver(row["level"]),
        },
    }
    if not planned:
        document["in_service_on"] = row["since"]
    if row["short"] in _RETIRED_ON:
        document["retired_on"] = _RETIRED_ON[row["short"]]
    document["note"] = "系统的编号、预算、建设和运维单位等为演示数据（示例）。"
    return document


def _approver(level: str) -> str:
    return str(department("DP0002")["name"]) if level == "4" else "上级主管部门（示例）"

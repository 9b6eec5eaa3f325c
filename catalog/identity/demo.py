"""The accounts of a demonstration: one or more for every role, all with the same published password.

``catalog init --demo`` is the only caller. Every name here is made up and marked 示例.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session

from catalog.base.errors import NotPermitted
from catalog.base.settings import LOOPBACK
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.identity.roles import BY_NAME

PASSWORD = "Baiyun-demo-2026"  # noqa: S105  (published: demonstrations only, loopback only)
_BASIS = "演示数据，并非真实人员"


class DemoAccount(NamedTuple):
    """One account to be; ``system`` makes it a vendor's."""

    login: str
    name: str
    department: str
    roles: tuple[str, ...]
    system: str | None = None


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("reader", "林晓红（示例）", "DP0005", ("reader",)),
    DemoAccount("minzheng", "陈丽娟（示例）", "DP0008", ("data_officer",)),
    DemoAccount("renshe", "黄志强（示例）", "DP0011", ("data_officer",)),
    DemoAccount("weijian", "梁慧敏（示例）", "DP0019", ("data_officer", "department_head")),
    DemoAccount("gongxiang", "何文杰（示例）", "DP0008", ("sharing_officer",)),
    DemoAccount("weijianbm", "曾婉婷（示例）", "DP0019", ("sharing_officer",)),
    DemoAccount("renshebm", "苏敏仪（示例）", "DP0011", ("sharing_officer",)),
    DemoAccount("juzhang", "罗国平（示例）", "DP0011", ("department_head",)),
    DemoAccount("cdo", "郑海涛（示例）", "DP0001", ("cdo",)),
    DemoAccount("biaozhun", "谢雅琴（示例）", "DP0002", ("standards_editor",)),
    DemoAccount("shenpi", "宋振宇（示例）", "DP0002", ("standards_approver",)),
    DemoAccount("zhuguan", "唐伟明（示例）", "DP0002", ("authority",)),
    DemoAccount("shenji", "许淑芬（示例）", "DP0022", ("auditor",)),
    DemoAccount("admin", "邓俊豪（示例）", "DP0002", ("admin",)),
    DemoAccount("vendor", "冯子轩（示例）", "DP0011", ("data_officer",), "SY0001"),
    DemoAccount("anquan", "韩佩珊（示例）", "DP0002", ("security_admin",)),  # last: from now on it grants
)


def create(session: Session, *, host: str, on: date) -> None:
    """Create every demo account; refused (``demo-loopback-only``) unless ``host`` is a loopback address."""
    if host not in LOOPBACK:
        raise NotPermitted("demo-loopback-only", host=host)
    password = passwords.secure(PASSWORD)
    for one in ACCOUNTS:
        person = persons.create(session, name=one.name, basis=_BASIS, by=CONSOLE)
        accounts.create(
            session,
            login=one.login,
            person=person,
            password=password,
            department=one.department,
            system=one.system,
            ends_on=on + timedelta(days=365) if one.system else None,
            by=CONSOLE,
        )
        for role in one.roles:
            department = one.department if BY_NAME[role].departmental else None
            accounts.grant(session, login=one.login, role=role, department=department, by=CONSOLE, on=on)

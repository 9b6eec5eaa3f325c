"""The accounts of a demonstration: one or more for every role, all with the same published password.

``catalog init --demo`` is the only caller. Every name here is made up and marked 示例.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.errors import NotPermitted
from catalog.base.settings import LOOPBACK
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE
from catalog.identity.models import Account, Person
from catalog.identity.roles import BY_NAME
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

PASSWORD = "Baiyun-demo-2026"  # noqa: S105  (published: demonstrations only, loopback only)
_BASIS = "演示数据，并非真实人员"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
_GIVEN = (
    "建华", "志强", "秀英", "丽娟", "伟明", "晓红", "国平", "淑芬", "子轩", "嘉欣", "文杰", "美玲",
    "永康", "慧敏", "俊豪", "雅琴", "海涛", "婉婷", "振宇", "洁仪", "少芬", "家辉", "思远", "佩珊",
)  # fmt: skip


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


def name_persons(session: Session, keys: Iterable[str], *, host: str) -> int:
    """Give synthetic names to the person keys of the synthetic seed that have no row yet; returns how many.

    The same key always gets the same name; telephone numbers and mail addresses are left empty.
    """
    if host not in LOOPBACK:
        raise NotPermitted("demo-loopback-only", host=host)
    wanted = {key for key in keys if persons.KEY.match(key)}
    known = {key for key in session.scalars(select(Person.person)) if key in wanted}
    new = sorted(wanted - known)
    present = clock.stamp(clock.now())
    session.add_all(Person(person=key, name=_name(key), basis=_BASIS, created_at=present) for key in new)
    session.flush()
    ledger.append(session, [Line("person.recorded", "person", key) for key in new], by=CONSOLE)
    return len(new)


def exists(session: Session) -> bool:
    """Whether the demo accounts are in this register: ``catalog serve`` prints them, and only on loopback."""
    logins = [one.login for one in ACCOUNTS]
    statement = (
        select(Person.person)
        .join(Account, col(Account.person) == Person.person)
        .where(Person.basis == _BASIS, col(Account.login).in_(logins))
    )
    return session.scalar(statement.limit(1)) is not None


def _name(key: str) -> str:
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    surname, rest = _SURNAMES[number % len(_SURNAMES)], number // len(_SURNAMES)
    return f"{surname}{_GIVEN[rest % len(_GIVEN)]}（示例）"

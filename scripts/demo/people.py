"""Synthetic officials: names marked 示例, telephone numbers of a range that is nobody's, one key each."""

from __future__ import annotations

from pypinyin import lazy_pinyin

from demo.world import Document, chance, token

_SURNAMES = "陈李黄张梁林刘吴罗杨何郭谢冯邓曾彭蔡潘钟卢叶苏程魏姚谭廖范石邱江温龚麦区古简欧龙"
_GIVEN_PAIRS = (
    "志明伟强建华国栋俊杰文涛永康耀辉锦荣嘉豪浩然子健启航明远思远家俊伟文振邦庆华卫东"
    "晓敏丽华婉仪佩玲嘉欣雅文淑仪秀英慧玲静怡诗敏咏梅雪莹凤仪洁莹海燕美玲玉珍若彤艳芳"
)
_GIVEN = [_GIVEN_PAIRS[at : at + 2] for at in range(0, len(_GIVEN_PAIRS), 2)]
_BASIS = "履行公务所必需（个人信息保护法第十三条第一款第三项）；演示数据，并非真实人员"


class People:
    """Everybody who was asked for, each once by department, office and turn."""

    def __init__(self) -> None:
        self._rows: dict[str, Document] = {}
        self._names: set[str] = set()
        self._mails: set[str] = set()

    def person(self, department: str, office: str, turn: int = 0) -> str:
        """The key of whoever holds ``office`` in ``department``."""
        key = f"PN-{token('person', department, office, turn)}"
        if key not in self._rows:
            self._rows[key] = self._new(key)
        return key

    def rows(self) -> list[Document]:
        """The rows of the table of persons, by key."""
        return [self._rows[key] for key in sorted(self._rows)]

    def _new(self, key: str) -> Document:
        draw = chance("name", key)
        name = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
        while name in self._names:
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
        self._names.add(name)
        return {
            "person": key,
            "name": f"{name}（示例）",
            "telephone": f"020-5550{1000 + len(self._rows):04d}",
            "email": self._mail(name),
            "basis": _BASIS,
            "retain_until": "2030-12-31",
        }

    def _mail(self, name: str) -> str:
        family, *given = lazy_pinyin(name)
        local = f"{''.join(given)}.{family}"
        turn = 2
        while local in self._mails:
            local = f"{''.join(given)}{turn}.{family}"
            turn += 1
        self._mails.add(local)
        return f"{local}@example.gov.cn"

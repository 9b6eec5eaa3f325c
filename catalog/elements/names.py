"""Names, definitions and spellings of data elements: GB/T 19488.1-2004, naming and definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from catalog.base.documents import Document
from catalog.base.errors import Violation

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "姓名", "名"),
    "code": ("代码",),
    "number": ("号码", "编号", "号", "电话"),
    "identifier": ("标识符", "标识", "编码"),
    "date": ("日期", "日"),
    "datetime": ("日期时间", "时间"),
    "time": ("时间", "时刻"),
    "text": ("文本", "内容", "地址", "意见", "情况", "范围"),
    "description": ("描述", "说明"),
    "quantity": ("数量", "数", "量", "年龄", "面积"),
    "amount": ("金额", "额", "费", "价", "资本"),
    "percentage": ("百分比", "率"),
    "ratio": ("比率", "率", "比"),
    "indicator": ("标志", "指示符"),
    "image": ("图像", "照片", "影像", "图片"),
    "sequence": ("序号",),
    "year": ("年", "年份", "年度"),
    "month": ("月", "月份"),
}
"""How a name may end for its representation term (CL0110); the first is the term itself."""

_SHORTEST_DEFINITION = 6
_HAN = re.compile(r"[\u3400-\u9fff]")
_NEGATIVE = re.compile(r"(?:不是|并非|非指|不属于|除)")
_NOISE = re.compile(r"[\s，。、；：“”‘’（）《》,.;:()]+|^是?指|^即|的")


def name_violations(document: Document) -> Iterator[Violation]:
    """Warnings about a ``name`` without its term and a ``pinyin`` that spells another name."""
    name = document["name"]
    endings = ENDINGS.get(document.get("representation", ""))
    if endings and not name.endswith(endings) and not (endings[0] == "标志" and name.startswith("是否")):
        yield Violation("/name", "name-representation", "warning", found=name, expected=endings[0])
    spelled = document.get("pinyin")
    if spelled and not agrees(name, spelled):
        yield Violation("/pinyin", "pinyin-differs", "warning", found=spelled, expected=spelling(name))


def definition_violations(document: Document) -> Iterator[Violation]:
    """Warnings about a definition that defines little."""
    definition = document.get("definition")
    if not definition:
        return
    name = document["name"]
    essence = _NOISE.sub("", definition)
    if essence == _NOISE.sub("", name):
        yield Violation("/definition", "definition-repeats-name", "warning", found=definition)
    elif len(name) > 1 and name in definition:
        yield Violation("/definition", "definition-circular", "warning", found=definition, expected=name)
    if len(definition) < _SHORTEST_DEFINITION:
        yield Violation(
            "/definition", "definition-short", "warning", found=definition, expected=_SHORTEST_DEFINITION
        )
    if _NEGATIVE.match(definition):
        yield Violation("/definition", "definition-negative", "warning", found=definition)


@lru_cache(maxsize=16384)
def readings(character: str) -> frozenset[str]:
    """Every reading of one Chinese character without tones, ``v`` and ``u`` both for ü."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - loads a dictionary of 40,000 characters

    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(found) | {reading.replace("v", "u") for reading in found}


def agrees(name: str, spelled: str) -> bool:
    """Whether ``gong-min-shen-fen-hao-ma`` spells the characters of a name, in any of their readings.

    Characters that are not Chinese may be spelled or left out.
    """
    characters = _HAN.findall(name)
    if "-" not in spelled and len(characters) > 1:
        return _spells(characters, spelled)
    syllables = spelled.split("-")
    if len(syllables) != len(characters):
        return _spells(characters, spelled.replace("-", ""))
    return all(
        syllable in readings(character) for syllable, character in zip(syllables, characters, strict=True)
    )


def _spells(characters: list[str], run: str) -> bool:
    """Whether a run of letters can be cut into one reading of each character in order."""
    ends = {0}
    for character in characters:
        ends = {
            end + len(reading)
            for end in ends
            for reading in readings(character)
            if run.startswith(reading, end)
        }
    return len(run) in ends


def spelling(name: str) -> str:
    """The full pinyin of a name as GA/T 543 writes it."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads a dictionary of 40,000 characters

    return "-".join(lazy_pinyin("".join(_HAN.findall(name))))

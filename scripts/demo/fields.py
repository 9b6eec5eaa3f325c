"""One data item of a dataset, in the type and format of the data element that it is bound to."""

from __future__ import annotations

from demo.world import Document, chance, element

_NAMES = {"427": "更新时间", "430": "来源单位"}
_COLUMNS = {"427": "gxsj", "430": "lydw"}
_SURE = 0.7


def field(number: str, place: int, *, dataset: str) -> Document:
    """The data item for element ``number`` at ``place`` (the first is the key) of ``dataset``."""
    bound = element(number)
    draw = chance("field", dataset, number)
    grade = bound["grade"]
    made: Document = {
        "name": _NAMES.get(number, bound["name"]),
        "column": _COLUMNS.get(number, bound["short_name"].lower()),
        "element": bound["identifier"],
        "data_type": bound["data_type"],
        "format": bound["format"],
        "key": _key(number, place),
        "required": place < 2 or number == "427" or draw.random() < _SURE,
    }
    if bound["value_domain"].get("code_list"):
        made["code_list"] = bound["value_domain"]["code_list"]
    made |= {"grade": grade["grade"], "general_level": grade["general_level"]}
    if bound.get("personal"):
        made["sensitive"] = bool(bound.get("sensitive_35273") or bound.get("sensitive_45574"))
    if bound.get("mask", "full") != "full":
        made["mask"] = bound["mask"]
    return made


def _key(number: str, place: int) -> str:
    if place == 0:
        return "primary"
    return "foreign" if number in ("1", "67", "123", "193") else "none"

"""The settings as a text, made from the code that reads them."""

from __future__ import annotations

from typing import get_args

from pydantic.fields import FieldInfo

from catalog.base.settings import Settings

_HEAD = """# 设置 Settings

每项设置是一个环境变量，启动时检查；`catalog doctor` 说明问题所在。本文由 `catalog settings` 写出。
Every setting is an environment variable, checked at start; `catalog doctor` says what is wrong. This text is
written by `catalog settings`.

| 变量 Variable | 默认 Default | 说明 | Meaning |
|---|---|---|---|
"""


def markdown() -> str:
    """One table for both languages."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return _HEAD + "\n".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    zh = extra.get("zh", "") if isinstance(extra, dict) else ""
    return f"| `CATALOG_{name.upper()}` | {_default(name, field)} | {zh} | {field.description} |"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`var/` 在代码目录中 in a checkout; `~/.local/share/cdo-catalog`"
    choices = [f"`{choice}`" for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        others = [choice for choice in choices if choice != f"`{field.default}`"]
        return f"`{field.default}`（{' '.join(others)}）"
    return f"`{field.default}`" if str(field.default) and field.default is not None else "—"

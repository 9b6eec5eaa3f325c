"""The codes of a list as its readers ask for them: in its order, below one parent, or by what somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.base.db import FOREVER
from catalog.registry.reads import Reads


async def codes_of(
    reads: Reads,
    code_list: str,
    *,
    sought: str = "",
    parent: str | None = None,
    after: int = -1,
    limit: int,
    seq: int = FOREVER - 1,
    quick: bool = False,
) -> Sequence[Any]:
    """``(code, label, parent, valid_from, valid_until, text, position)`` of what follows position ``after``.

    ``sought`` begins a code, stands in a label or begins the 事项编码 of the matter that a code stands for.
    """
    common: dict[str, Any] = {"code_list": code_list, "seq": seq, "after": after, "limit": limit}
    if sought:
        safe = sought.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        said = {"prefix": f"{safe}%", "inside": f"%{safe}%", "matter": f'%"matter!_code":"{safe}%'}
        return await reads.find("codes_like", quick=False, **said, **common)
    if parent is not None:
        return await reads.find("codes_under", quick=quick, parent=parent, **common)
    return await reads.find("codes", quick=quick, **common)

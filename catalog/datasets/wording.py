"""The next action for what a document lacks, in a sentence."""

from __future__ import annotations

from catalog.base.i18n import Language, text
from catalog.standards.completeness import Missing


def sentence(missing: Missing, language: Language) -> str:
    """«填写“数据量”», «为 2 个数据项填写“数据元”：甲、乙»."""
    label = missing.field.label(language)
    if not missing.rows:
        return text("completeness.fill", language, field=label)
    names = ("、" if language == "zh" else ", ").join(missing.named)
    key = "completeness.rows-named" if names else "completeness.rows"
    return text(key, language, field=label, n=missing.rows, of=missing.of, names=names)

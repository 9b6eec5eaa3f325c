"""Which records a text finds, tier by tier.

The tiers: identifier, code or short name; exact name or synonym; beginning of a name,
synonym or code; all tokens
in the name; all tokens in the synonyms, or exact pinyin or initials; beginning of pinyin or initials; most
tokens in the name (统一信用代码 finds 统一社会信用代码); all tokens anywhere, in descriptions too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tantivy

from catalog.search import schema, tokens
from catalog.search.snapshot import MUST, SHOULD, Snapshot, both, either

TIERS = ("key", "exact", "head", "name", "synonym", "pinyin", "nearly", "anywhere")
_ENOUGH = 4  # tokens from which one in four may be missing in a name
_ALIKE = 3  # characters from which one may be wrong
Internal = frozenset[str] | None


def tiers(snapshot: Snapshot, text: str, internal: Internal) -> dict[str, Any]:
    """The query of each tier that can hit at all, best first."""
    asked = tokens.compact(text[: tokens.LONGEST_QUERY])
    cut = tokens.query_tokens(text)
    if not asked or not cut:
        return {}
    everywhere = _anywhere(snapshot, cut, internal)
    found = {
        "key": snapshot.known("key", asked),
        "exact": snapshot.known("exact", asked),
        "head": _head(snapshot, asked, cut),
        "name": _all(snapshot, "in_name", cut),
        "synonym": _some([_all(snapshot, "in_synonym", cut), _read(snapshot, asked)]),
        "pinyin": _begins(snapshot, asked),
        "nearly": _nearly(snapshot, cut),
        "anywhere": everywhere,
    }
    return {name: found[name] for name in TIERS if found[name] is not None}


def widest(text: str, found: dict[str, Any]) -> Any:
    """The union of all tiers, without those that lie within others.

    What has a name, a synonym or a beginning of nothing but Chinese characters has its tokens too.
    """
    asked = tokens.compact(text[: tokens.LONGEST_QUERY])
    if "anywhere" in found and tokens.only_han(asked):
        return either(found[name] for name in ("nearly", "anywhere") if name in found)
    return either(query for name, query in found.items() if name != "name" or "anywhere" not in found)


def alike(snapshot: Snapshot, text: str) -> Any | None:
    """What sounds like ``text`` (身分证 for 身份证), or differs from it by one letter or character."""
    asked = tokens.compact(text[: tokens.LONGEST_QUERY])
    found = []
    if tokens.has_han(asked):
        found.append(snapshot.known("pinyin", tokens.readings(asked)[0]))
    if len(asked) >= _ALIKE:
        fuzzy = tantivy.Query.fuzzy_term_query
        found.extend(fuzzy(snapshot.schema, name, asked) for name in ("exact", "pinyin"))
    return _some(found)


def _some(queries: Sequence[Any | None]) -> Any | None:
    listed = [query for query in queries if query is not None]
    return either(listed) if listed else None


def _all(snapshot: Snapshot, name: str, cut: list[str]) -> Any | None:
    terms = [snapshot.known(name, token) for token in cut]
    return None if None in terms else both((MUST, term) for term in terms)


def _head(snapshot: Snapshot, asked: str, cut: list[str]) -> Any | None:
    head = snapshot.known("head", asked[: schema.HEAD])
    if head is None or len(asked) <= schema.HEAD:
        return head
    whole = _all(snapshot, "anywhere", cut)
    return None if whole is None else both([(MUST, head), (MUST, whole)])


def _read(snapshot: Snapshot, asked: str) -> Any | None:
    return snapshot.known("pinyin", asked) if asked.isascii() else None


def _begins(snapshot: Snapshot, asked: str) -> Any | None:
    if not asked.isascii():
        return None
    head = snapshot.known("pinyin_head", asked[: schema.PINYIN_HEAD])
    if head is None or len(asked) <= schema.PINYIN_HEAD:
        return head
    return tantivy.Query.regex_query(snapshot.schema, "pinyin", f"{asked}.*")  # letters and digits only


def _nearly(snapshot: Snapshot, cut: list[str]) -> Any | None:
    if len(cut) < _ENOUGH:
        return None
    least = len(cut) - len(cut) // 4
    terms = [term for token in cut if (term := snapshot.known("in_name", token)) is not None]
    if len(terms) < least:
        return None
    return tantivy.Query.boolean_query([(SHOULD, term) for term in terms], least)


def _anywhere(snapshot: Snapshot, cut: list[str], internal: Internal) -> Any | None:
    terms = [_somewhere(snapshot, token, internal) for token in cut]
    return None if None in terms else both((MUST, term) for term in terms)


def _somewhere(snapshot: Snapshot, token: str, internal: Internal) -> Any | None:
    public = snapshot.known("anywhere", token)
    inside = snapshot.known("inside", token) if internal is None or internal else None
    if inside is not None and internal is not None:
        inside = both([(MUST, inside), (MUST, snapshot.among("department", sorted(internal)))])
    return _some([public, inside])

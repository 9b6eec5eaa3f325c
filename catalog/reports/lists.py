"""需求清单, 责任清单, 负面清单: generated from requests, demands and the catalogue, never typed. Pure (B2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.reports.facts import Facts
from catalog.standards.lifecycles import lifecycle

_REFUSED_CLASS = "3"  # 不予共享 (CL0101)
_LIVE = ("published", "suspended")


def demand(facts: Facts) -> list[dict[str, Any]]:
    """Who needs which data for what, from sharing requests and the board of demands; withdrawn ones left out."""
    rows = []
    names = {row.identifier: row.name for row in facts.datasets}
    for case in facts.cases:
        if case.type not in ("sharing-request", "demand") or case.state in ("draft", "withdrawn"):
            continue
        held = case.document
        dataset = held.get("dataset", "")
        rows.append({
            "number": case.number,
            "href": f"/cases/{case.number}",
            "department": case.from_department,
            "name": names.get(dataset, dataset) if case.type == "sharing-request" else case.title,
            "items": "、".join(map(str, held.get("items", ()))) if case.type == "sharing-request" else "",
            "provider": case.to_department,
            "purpose": facts.label("CL0105", held.get("purpose", "")),
            "state": _state(case.type, case.state, facts),
            "on": case.opened_at[:10],
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["department"], row["number"]))


def responsibility(facts: Facts) -> list[dict[str, Any]]:
    """Who keeps which dataset up to date and answers for its sharing (Decree No. 809 art. 11, 13)."""
    heads = _posts(facts, "sharing_office_head")
    rows: list[dict[str, Any]] = [
        {
            "number": row.identifier,
            "href": f"/datasets/{row.identifier}",
            "department": row.department,
            "name": row.name,
            "class": facts.label("CL0101", row.document.get("share", {}).get("class", "")),
            "cycle": facts.label("CL0103", row.document.get("update_cycle", "")),
            "post": row.document.get("contact_post", ""),
            "head": heads.get(row.department or "", ""),
        }
        for row in facts.datasets
        if row.status in _LIVE
    ]
    return sorted(rows, key=lambda row: (row["department"], row["number"]))


def negative(facts: Facts) -> list[dict[str, Any]]:
    """What is not shared, with the reason and the express legal basis (art. 14(3), 15(2)); single fields too."""
    rows = []
    for row in facts.datasets:
        if row.status not in _LIVE:
            continue
        share = row.document.get("share", {})
        whole = str(share.get("class", "")) == _REFUSED_CLASS
        fields = [
            one.get("name", "")
            for one in row.document.get("fields", ())
            if str(one.get("share_class", "")) == _REFUSED_CLASS
        ]
        if whole or fields:
            rows.append({
                "number": row.identifier,
                "href": f"/datasets/{row.identifier}",
                "department": row.department,
                "name": row.name,
                "items": "" if whole else "、".join(fields),
                "reason": share.get("reason", ""),
                "basis": "；".join(_cited(one) for one in share.get("legal_basis", ())),
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["department"], row["number"]))


def _cited(basis: Mapping[str, Any]) -> str:
    return f"《{basis.get('title', '')}》{basis.get('article', '')}"


def _state(case_type: str, state: str, facts: Facts) -> str:
    found = lifecycle(case_type).states[state]
    return found.zh if facts.language == "zh" else found.en


def _posts(facts: Facts, role: str) -> dict[str, str]:
    """The title of a post by department."""
    return {
        row.document.get("department", ""): row.document.get("post", "") or row.name
        for row in facts.posts
        if row.document.get("role") == role
    }

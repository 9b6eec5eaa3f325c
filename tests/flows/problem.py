"""The shape of every refusal (RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx

WORDS = {"type", "title", "status", "detail", "instance", "request_id"}


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, after its shape was checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body.keys() >= WORDS
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"].strip() and body["detail"].strip()
    for one in body.get("violations", []):
        assert one["pointer"].startswith("#")
        assert one["severity"] in ("error", "warning", "info")
        assert one["rule"] and one["zh"] and one["en"] and one["mend_zh"] and one["mend_en"]
        assert one["detail"] in (one["zh"], one["en"])
    return body

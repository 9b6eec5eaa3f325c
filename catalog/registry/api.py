"""The routes of ``/api/v1``: one set for all kinds. The hot ones stand first in the application."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Route

from catalog.kinds import KINDS
from catalog.registry import api_attachments as attachments
from catalog.registry import api_read as read
from catalog.registry import api_standards as standards
from catalog.registry import api_write as write


class _Plural(Convertor[str]):
    regex = "|".join(sorted((kind.plural for kind in KINDS), key=len, reverse=True))

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("plural", _Plural())
KIND = "/api/v1/{plural:plural}"
ONE = KIND + "/{identifier}"

HOT: list[BaseRoute] = [
    Route(ONE, read.record, methods=["GET"]),
    Route(KIND, read.records, methods=["GET"]),
    Route("/api/v1/search", read.search, methods=["GET"]),
]

ROUTES: list[BaseRoute] = [
    Route("/api/v1/suggest", read.suggest, methods=["GET"]),
    Route("/api/v1/entries", read.entries, methods=["GET"]),
    Route("/api/v1/standards", standards.listed, methods=["GET"]),
    Route("/api/v1/standards/{kind}", standards.shown, methods=["GET"]),
    Route("/api/v1/meta", standards.meta, methods=["GET"]),
    Route(KIND + ":validate", write.validate, methods=["POST"]),
    Route(KIND + ":import", write.import_, methods=["POST"]),
    Route(KIND + ":{verb}", write.act_on_many, methods=["POST"]),
    Route(ONE + ":{verb}", write.act, methods=["POST"]),
    Route(KIND + "/by-code/{code:path}", read.by_code, methods=["GET"]),
    Route(ONE + "/versions", read.versions, methods=["GET"]),
    Route(ONE + "/versions/{version:int}", read.version, methods=["GET"]),
    Route(ONE + "/diff", read.diff, methods=["GET"]),
    Route(ONE + "/usages", read.usages, methods=["GET"]),
    Route(ONE + "/timeline", read.timeline, methods=["GET"]),
    Route(ONE + "/codes", read.codes, methods=["GET"]),
    Route(ONE + "/attachments", attachments.listed, methods=["GET"]),
    Route(ONE + "/attachments", attachments.attach, methods=["POST"]),
    Route(ONE + "/attachments/{key}", attachments.fetch, methods=["GET"]),
    Route(ONE + "/attachments/{key}", attachments.detach, methods=["DELETE"]),
    Route(ONE, write.revise, methods=["PUT"]),
    Route(ONE, write.patch, methods=["PATCH"]),
    Route(ONE, write.retire, methods=["DELETE"]),
    Route(KIND, write.register, methods=["POST"]),
]

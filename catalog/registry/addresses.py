"""How the addresses of records are written: ``/data-elements`` and ``/data-elements/DE00001``."""

from __future__ import annotations

from starlette.convertors import StringConvertor, register_url_convertor


class _Plural(StringConvertor):
    """The plural of a kind: any word that no other door of the application answers to."""

    regex = (
        "(?!(?:api|docs|redoc|static|openapi|health|ready|metrics|help|problems"
        "|drafts|imports|ledger|live|me|options|organisation|views)\\b)[a-z]+(?:-[a-z]+)*"
    )


register_url_convertor("plural", _Plural())
LIST = "/{plural:plural}"
RECORD = "/{plural:plural}/{identifier}"

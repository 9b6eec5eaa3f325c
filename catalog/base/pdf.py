"""Pages as PDF, for the files: what the browser would print, with its fonts inside.

An extra: ``pip install cdo-catalog[pdf]``, and Pango from the operating system. Nothing is fetched: the page
may name the product's own static files, and no other address, on the network or on the disk, is opened.
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import threading
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from catalog.base import files
from catalog.base.errors import Unsupported

_NOWHERE = "http://catalog.invalid"  # the base of links where the operator has named no address
_turn = threading.Lock()
"""One document at a time: a long one fills a core and some hundred megabytes."""


@cache
def available() -> bool:
    """Whether the extra is installed, and the libraries of the operating system that it needs."""
    for name in ("weasyprint", "weasyprint.progress"):  # they name every rule that is for screens only
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        import weasyprint  # noqa: F401, PLC0415  (half a second, and only where it is installed)
    except (ImportError, OSError):
        return False
    return True


async def answer(request: Request, page: Response, name: str) -> Response:
    """``page`` as the download ``name``.pdf; raises ``Unsupported`` (``pdf-missing``) without the extra."""
    site = request.app.state.runtime.settings.public_url.rstrip("/")
    made = await asyncio.to_thread(written, bytes(page.body).decode(), site)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Accept-Language",
    }
    return Response(made, media_type="application/pdf", headers=headers)


def written(page: str, site: str = "") -> bytes:
    """The bytes of the document that ``page`` prints; its links lead to ``site``."""
    found: bytes = laid_out(page, site).write_pdf()
    return found


def laid_out(page: str, site: str = "") -> Any:
    """The document on its sheets, before it is written."""
    if not available():
        raise Unsupported("pdf-missing")
    import weasyprint  # noqa: PLC0415  (an extra)

    base = site or _NOWHERE
    with _turn:
        return weasyprint.HTML(string=page, base_url=f"{base}/", url_fetcher=_own(base)).render(pdf_tags=True)


def _own(base: str) -> Any:
    """What opens an address that the page names: the product's static files, by name; all else is refused."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415  (an extra)

    class Own(URLFetcher):  # type: ignore[misc]  # weasyprint is not typed
        """Replaces, and never asks, what would go to the network or the disk."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            place, _, name = urlsplit(url).path.rpartition("/")
            file = files.static() / name
            known = url.startswith(f"{base}/static/") and place == f"{urlsplit(base).path}/static"
            if not known or file not in files.static().iterdir():
                raise ValueError(f"not of this product: {url}")
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    return Own()

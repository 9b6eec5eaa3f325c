"""The routes of forms, drafts and verbs."""

from __future__ import annotations

from starlette.routing import Route

from catalog.forms.pages_drafts import drafts, save
from catalog.forms.pages_edit import change, draft, edit, new
from catalog.forms.pages_verbs import act

_BOTH = ["GET", "POST"]

ROUTES = [
    Route("/drafts", drafts, methods=["GET"]),
    Route("/drafts", save, methods=["POST"]),
    Route("/drafts/{draft}", draft, methods=_BOTH),
    Route("/cases/{number}/changes/{position:int}/edit", change, methods=_BOTH),
    Route("/{plural:plural}/new", new, methods=_BOTH),
    Route("/{plural:plural}/{identifier}/edit", edit, methods=_BOTH),
    Route("/{plural:plural}/{identifier}/act/{verb}", act, methods=_BOTH),
]

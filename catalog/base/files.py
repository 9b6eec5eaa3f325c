"""Where the files of the product are: in a checkout beside the package, in a wheel inside it."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def home() -> Path:
    """The folder that holds ``standards/``, ``templates/`` and ``docs/``.

    The checkout wins, because an editable install leaves a stale copy in ``_files``.
    """
    checkout = _PACKAGE.parent
    return checkout if (checkout / "standards" / "schemas").is_dir() else _PACKAGE / "_files"


def standards() -> Path:
    """The folder of schemas, seed records and suites."""
    return home() / "standards"


def templates() -> Path:
    """The folder of page templates."""
    return home() / "templates"


def docs() -> Path:
    """The folder of the guides and their pictures."""
    return home() / "docs"


def static() -> Path:
    """The folder of style sheets and icons, inside the package."""
    return _PACKAGE / "static"

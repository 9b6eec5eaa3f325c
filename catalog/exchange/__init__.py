"""Files in and out: bytes <-> documents, no database."""

from catalog.exchange.reader import read
from catalog.exchange.rows import Row

__all__ = ["Row", "read"]

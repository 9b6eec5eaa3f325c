"""Search over everything registered: an index derived from the ledger, never a source of truth.

tokens    how a Chinese or Latin text is cut, and read as pinyin
schema    one item of the register as one document of the index
query     what a reader asks and gets: rows, total and facets in one call
index     the index of one machine: open, follow, wait for, rebuild, verify
follower  the one thread of the one process that writes it
"""

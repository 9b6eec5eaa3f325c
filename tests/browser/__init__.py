"""Flows in a real browser, on a machine that may be busy with others."""

from playwright.sync_api import expect

expect.set_options(timeout=15_000)

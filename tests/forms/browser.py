"""What a browser without scripts would send from a page."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reading(HTMLParser):
    """The successful controls of the form of class ``paper`` (HTML, «constructing the form data set»)."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._wanted = wanted
        self._inside = self._templates = 0
        self._select = ""
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and self._wanted in (said.get("class", ""), said.get("action", "")):
            self._inside += 1
        self._templates += tag == "template"
        if not self._inside or self._templates:
            return
        name = said.get("name", "")
        ticked = said.get("type") not in ("radio", "checkbox") or "checked" in said
        if tag == "input" and name and ticked:
            self.found.append((name, said.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in said:
            self.found.append((self._select, said["value"]))
        elif tag == "textarea":
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside -= 1
        self._templates -= tag == "template"
        if tag == "textarea" and self._text:
            self.found.append((self._text[0], "".join(self._text[1])))
            self._text = None


def fields(page: str, form: str = "paper") -> list[tuple[str, str]]:
    """The names and values of the form with that class or action, in order."""
    reading = _Reading(form)
    reading.feed(page)
    return reading.found

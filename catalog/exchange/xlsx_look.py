"""How a workbook of ours looks: headings, hints, an example, drop-downs, print titles, a sheet that explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.base.i18n import Language, text
from catalog.exchange.layouts_tables import letter
from catalog.exchange.xlsx_cells import Names, both, codes, writer
from catalog.exchange.xlsx_layout import Column, Layout, Tab
from catalog.exchange.xlsx_ours import LISTS
from catalog.kinds import BY_NAME

_LONGEST_LIST = 500
_ROWS = 5_000  # that a drop-down reaches down to
_TEAL, _PALE, _HAIR, _GREY = "#1F6F73", "#EEF4F3", "#C9D5D3", "#6B6B6B"
_RANK = {"draft": 0, "recorded": 1, "shareable": 2}


class Look:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        edge = {"border": 1, "border_color": _HAIR, "text_wrap": True}
        self.heading = book.add_format(
            font | edge | {"bold": True, "bg_color": _PALE, "font_color": _TEAL, "num_format": "@"}
        )
        self.required = book.add_format(
            font | edge | {"bold": True, "bg_color": _TEAL, "font_color": "#FFFFFF", "num_format": "@"}
        )
        self.hint = book.add_format(
            font
            | {"font_color": _GREY, "font_size": 9, "text_wrap": True, "valign": "top", "num_format": "@"}
        )
        self.example = book.add_format(
            font
            | {"font_color": _GREY, "italic": True, "text_wrap": True, "valign": "top", "num_format": "@"}
        )
        self.text = book.add_format(font | {"num_format": "@", "text_wrap": True, "valign": "top"})
        self.number = book.add_format(font | {"num_format": "0", "valign": "top"})
        self.quoted = book.add_format(
            font | {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
        )
        self.title = book.add_format(font | {"bold": True, "font_size": 16, "font_color": _TEAL})
        self.prose = book.add_format(font | {"text_wrap": True, "valign": "top"})


def lists(made: Layout, names: Names) -> dict[str, list[str]]:
    """What the drop-downs offer, by code list and kind; a list that is too long for one has none."""
    found: dict[str, list[str]] = {}
    for tab in made.tabs:
        for column in tab.columns:
            name = column.field.code_list
            if name and name not in found and column.field.type != "array":
                offered = [both(code, name) for code in dict.fromkeys(codes(name).values())]
                if 0 < len(offered) <= _LONGEST_LIST:
                    found[name] = offered
            ref = column.field.ref
            if ref and ref in names and 0 < len(names[ref]) <= _LONGEST_LIST and column.field.type != "array":
                found[ref] = [f"{identifier} {told}" for identifier, told in names[ref].items()]
    return found


def dress(
    sheet: Any, tab: Tab, made: Layout, look: Look, sources: Mapping[str, Sequence[str]], *, template: bool
) -> None:
    """Headings and, in a template, hints and an example; widths, drop-downs, what stays in sight and how it prints."""
    language = made.language
    lead = [heading for heading in (tab.owner, tab.parent, tab.position) if heading]
    status = [text("workbook.status", language)] if not tab.array else []
    _widths(sheet, tab, lead, look)
    sheet.set_row(0, 32)
    for place, heading in enumerate(lead):
        sheet.write_string(0, place, heading, look.required if place < len(lead) - 1 else look.heading)
    for place, column in enumerate(tab.columns, start=len(lead)):
        star = _is_required(column, made.kind)
        sheet.write_string(0, place, column.heading + " *" * star, look.required if star else look.heading)
        if not template:
            sheet.write_comment(0, place, hint(column, made), {"x_scale": 2, "font_size": 9})
        _offer(sheet, place, column, sources, language)
    for place, heading in enumerate(status, start=len(lead) + len(tab.columns)):
        sheet.write_string(0, place, heading, look.heading)
    if template:
        _hints(sheet, tab, made, lead, look)
    sheet.freeze_panes(1, min(2, len(lead) or 2))
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    if not template:
        sheet.autofilter(0, 0, 0, len(lead) + len(tab.columns) + len(status) - 1)


def _widths(sheet: Any, tab: Tab, lead: Sequence[str], look: Look) -> None:
    for place in range(len(lead)):
        sheet.set_column(place, place, 16, look.text)
    for place, column in enumerate(tab.columns, start=len(lead)):
        longest = column.field.schema.get("maxLength", 0)
        wide = (
            36
            if longest > 300
            else 26
            if column.field.code_list or column.field.ref or column.field.name == "name"
            else 16
        )
        number = column.field.type == "integer"
        sheet.set_column(
            place,
            place,
            max(wide, min(30, len(column.heading) * 2 + 4)),
            look.number if number else look.text,
        )
    if not tab.array:
        sheet.set_column(len(tab.columns), len(tab.columns), 14, look.text)


def _is_required(column: Column, kind: str) -> bool:
    initial = BY_NAME[kind].statuses[BY_NAME[kind].initial]
    wanted = column.field.required_from
    return wanted is not None and len(column.path) == 1 and _RANK[wanted] <= _RANK[initial]


def _offer(
    sheet: Any, place: int, column: Column, sources: Mapping[str, Sequence[str]], language: Language
) -> None:
    field = column.field
    if field.type == "boolean":
        offered: Any = ["是", "否"]
    elif "enum" in field.schema:
        write = writer(field, language, {})
        offered = [str(write(value)) for value in field.schema["enum"]]
        if len(",".join(offered)) > 250:
            return
    elif field.type != "array" and (field.code_list or field.ref) in sources:
        name = field.code_list or field.ref or ""
        number = letter(list(sources).index(name) + 1)
        offered = f"={LISTS}!${number}$1:${number}${len(sources[name])}"
    else:
        return
    options = {"validate": "list", "source": offered, "error_type": "information", "show_error": False}
    sheet.data_validation(1, place, _ROWS, place, options)


def _hints(sheet: Any, tab: Tab, made: Layout, lead: Sequence[str], look: Look) -> None:
    language = made.language
    sheet.set_row(1, 96)
    sheet.write_string(1, 0, text("workbook.note-mark", language), look.hint)
    sheet.write_string(2, 0, text("workbook.example-mark", language), look.example)
    if lead:
        sheet.write_string(1, len(lead) - 1, text("workbook.hint-position", language), look.hint)
        sheet.write_string(2, len(lead) - 1, "1", look.example)
    for place, column in enumerate(tab.columns, start=len(lead)):
        if place == 0:
            continue
        sheet.write_string(1, place, hint(column, made), look.hint)
        shown = _example(column, language)
        if shown:
            sheet.write_string(2, place, shown, look.example)


def _example(column: Column, language: Language) -> str:
    field = column.field
    if field.type == "boolean":
        return "是"
    found = (field.schema.get("examples") or field.items.get("examples") or [None])[0]
    if found is None and field.code_list:
        found = next(iter(codes(field.code_list).values()), None)
    if found is None and field.schema.get("format") == "date":
        found = "2026-01-31"
    if found is None or (field.type == "array" and field.children) or field.type == "object":
        return ""
    value = [found] if field.type == "array" and not isinstance(found, list) else found
    return str(writer(field, language, {})(value))


def hint(column: Column, made: Layout) -> str:
    """What to write in a column: whether it must be filled, what it means, in which form."""
    field, language = column.field, made.language
    wanted = field.required_from
    if column.path == ("identifier",):
        return text("workbook.hint-identifier", language)
    parts = [text("workbook.optional", language)]
    if wanted:
        key = (
            "required-group"
            if len(column.path) > 1
            else "required"
            if _is_required(column, made.kind)
            else "required-shareable"
        )
        parts = [text(f"workbook.{key}", language)]
    parts.append(field.description(language))
    if field.code_list:
        parts.append(text("workbook.hint-code", language, code_list=field.code_list))
    elif field.ref and field.ref in BY_NAME:
        parts.append(text("workbook.hint-ref", language, kind=text(f"kind.{field.ref}", language)))
    form = {"boolean": "boolean", "integer": "integer", "object": "json"}.get(field.type)
    form = "date" if field.schema.get("format") == "date" else "list" if field.type == "array" else form
    if form:
        parts.append(text(f"workbook.hint-{form}", language))
    stop = "；" if language == "zh" else "; "
    return stop.join(part.rstrip("。.；") for part in parts if part) + ("。" if language == "zh" else ".")


def guide(book: Any, made: Layout, look: Look) -> None:
    """The sheet that explains the workbook, column by column."""
    language = made.language
    sheet = book.add_worksheet(text("workbook.guide", language))
    sheet.set_column(0, 0, 16, look.prose)
    sheet.set_column(1, 1, 26, look.prose)
    sheet.set_column(2, 2, 90, look.prose)
    sheet.write_string(
        0, 0, text("workbook.title", language, kind=text(f"kind.{made.kind}", language)), look.title
    )
    tabs = "、".join(tab.name for tab in made.tabs[1:])
    row = 2
    for number in range(1, 7):
        if number != 4 or tabs:
            sheet.merge_range(
                row, 0, row, 2, text(f"workbook.guide-{number}", language, tabs=tabs), look.prose
            )
            row += 1
    row += 1
    for place, key in enumerate(("sheet", "columns", "rule")):
        sheet.write_string(row, place, text(f"workbook.{key}", language), look.heading)
    for tab in made.tabs:
        for column in tab.columns:
            row += 1
            sheet.write_string(row, 0, tab.name, look.prose)
            sheet.write_string(row, 1, column.heading, look.prose)
            sheet.write_string(row, 2, hint(column, made), look.prose)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)

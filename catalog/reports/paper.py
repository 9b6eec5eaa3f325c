"""The monthly brief as a Word document: one page, the same words as on the screen."""

from __future__ import annotations

from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from catalog.base.i18n import text
from catalog.reports.brief import Brief
from catalog.reports.facts import Facts

_FONT = "宋体"


def document(brief: Brief, facts: Facts) -> Paper:
    """The document, ready to be saved."""
    language = facts.language
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    paper.add_heading(text("brief.title", language, month=brief.month), 1)
    paper.add_paragraph(text("brief.as-of", language, day=brief.on.isoformat()))
    for part in brief.parts:
        paper.add_heading(text(f"brief.{part.name}", language, n=part.total), 2)
        if not part.lines:
            paper.add_paragraph(text("brief.none", language))
            continue
        table = paper.add_table(rows=0, cols=3, style="Table Grid")
        for line in part.lines:
            cells = table.add_row().cells
            cells[0].text = line.name
            cells[1].text = line.detail
            cells[2].text = " · ".join(filter(None, (facts.name(line.department), line.post)))
    paper.add_heading(text("brief.changes", language), 2)
    table = paper.add_table(rows=0, cols=3, style="Table Grid")
    for name, now, before in brief.changes:
        cells = table.add_row().cells
        cells[0].text = text(f"brief.count-{name}", language)
        cells[1].text = str(now)
        cells[2].text = text("brief.before", language, n=before)
    return paper

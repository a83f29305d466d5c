"""Reports as PDF: titled, numbered pages, tables and vector charts, in the centre's own font."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from typing_extensions import override

from dispatch.reporting.forms.sheets import Chart, Sheet
from dispatch.reporting.forms.words import word

FONTS: Final = Path(__file__).resolve().parents[1] / "fonts"
FONT: Final = "NotoSans"
BOLD: Final = "NotoSans-Bold"
CELL_MAX: Final = 120
LABEL_MAX: Final = 18
_INK: Final = colors.HexColor("#1a2531")
_PALE: Final = colors.HexColor("#e8edf2")
# Told apart in print without colour too: the second is much darker.
_BARS: Final = (colors.HexColor("#7fb5dd"), colors.HexColor("#14527d"))
_WIDTH: Final = 267 * mm
_CHART: Final = (255 * mm, 62 * mm)
# Signs that the font does not have, and what says the same.
_INSTEAD: Final = str.maketrans({"→": ">", "≤": "<", "≥": ">", "\u202f": "\u00a0"})

_BODY: Final = ParagraphStyle("body", fontName=FONT, fontSize=8, leading=10, textColor=_INK)
_RIGHT: Final = ParagraphStyle("right", parent=_BODY, alignment=TA_RIGHT)
_BOLD: Final = ParagraphStyle("bold", parent=_BODY, fontName=BOLD)
_BOLD_RIGHT: Final = ParagraphStyle("bold-right", parent=_RIGHT, fontName=BOLD)
_HEAD: Final = ParagraphStyle("head", parent=_BODY, fontName=BOLD, fontSize=11, leading=15)
_TITLE: Final = ParagraphStyle("title", parent=_HEAD, fontSize=17, leading=22)


def to_pdf(title: str, remarks: Sequence[str], sheets: Sequence[Sheet], language: str) -> bytes:
    """Return an A4 landscape PDF; `remarks` stand under the title, each on a line."""
    _register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=14 * mm,
        bottomMargin=16 * mm,
        title=title,
        author="Ñangareko",
        lang={"es": "es-PY", "gn": "gn", "en": "en"}[language],
    )
    story: list[Flowable] = [Paragraph(_safe(title), _TITLE)]
    story += [Paragraph(_safe(one), _BODY) for one in remarks]
    for sheet in sheets:
        story += _sheet(sheet, language)
    document.build(story, canvasmaker=_numbered(language))
    return out.getvalue()


def _register() -> None:
    for name, file in ((FONT, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))


def _safe(text: str) -> str:
    """Words as they are: nothing in them is taken for mark-up, and every sign can be drawn."""
    return escape(_drawn(text))


def _drawn(text: str) -> str:
    return "".join(char for char in text.translate(_INSTEAD) if char.isprintable())


def _sheet(sheet: Sheet, language: str) -> list[Flowable]:
    head: list[Flowable] = [Spacer(1, 5 * mm), Paragraph(_safe(sheet.title), _HEAD)]
    if not sheet.rows:
        return [KeepTogether([*head, Paragraph(_safe(word("empty", language)), _BODY)])]
    if sheet.chart and sheet.chart.labels:
        head.append(_chart(sheet.chart))
    if sheet.remark:
        head.append(Paragraph(_safe(sheet.remark), _BODY))
    return [KeepTogether(head), _table(sheet)]


def _table(sheet: Sheet) -> Table:
    numbers = [_are_numbers([row[place] for row in sheet.rows]) for place in _places(sheet)]
    header = [
        Paragraph(_safe(one), _BOLD_RIGHT if number else _BOLD)
        for one, number in zip(sheet.columns, numbers, strict=True)
    ]
    rows = [
        [
            Paragraph(_safe(one[:CELL_MAX]), _RIGHT if number else _BODY)
            for one, number in zip(row, numbers, strict=True)
        ]
        for row in sheet.rows
    ]
    table = Table([header, *rows], colWidths=_widths(numbers), repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), _PALE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#b8c4cf")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]
        )
    )
    return table


def _places(sheet: Sheet) -> range:
    return range(len(sheet.columns))


def _are_numbers(cells: Sequence[str]) -> bool:
    return all(one == "–" or any(char.isdigit() for char in one[:2]) for one in cells)


def _widths(numbers: Sequence[bool]) -> list[float]:
    """Columns of numbers are narrow; those of words share what is left."""
    narrow = 22 * mm
    words = max(1, len(numbers) - sum(numbers))
    wide = min(80 * mm, (_WIDTH - narrow * sum(numbers)) / words)
    return [narrow if number else wide for number in numbers]


def _chart(chart: Chart) -> Drawing:
    width, height = _CHART
    drawing = Drawing(width, height)
    bars = VerticalBarChart()
    bars.x, bars.y = 34, 44
    bars.width, bars.height = int(width) - 130, int(height) - 60
    bars.data = [[value or 0 for value in values] for _, values in chart.series]
    bars.categoryAxis.categoryNames = [_short(one) for one in chart.labels]
    bars.categoryAxis.labels.fontName = bars.valueAxis.labels.fontName = FONT
    bars.categoryAxis.labels.fontSize = bars.valueAxis.labels.fontSize = 6.5
    if any(len(one) > 4 for one in chart.labels):
        bars.categoryAxis.labels.angle = 35
        bars.categoryAxis.labels.boxAnchor = "ne"
    bars.valueAxis.valueMin = 0
    top = max((one for values in bars.data for one in values), default=0)
    bars.valueAxis.valueMax = top * 1.05 or 1
    bars.valueAxis.labelTextFormat = lambda value: f"{value:,.4g}"
    for place, colour in enumerate(_BARS[: len(chart.series)]):
        bars.bars[place].fillColor = colour
        bars.bars[place].strokeColor = None
    drawing.add(bars)
    drawing.add(String(0, height - 10, _drawn(chart.unit), fontName=FONT, fontSize=7))
    drawing.add(_legend(chart, width, height))
    return drawing


def _legend(chart: Chart, width: float, height: float) -> Legend:
    legend = Legend()
    legend.x, legend.y = int(width) - 84, int(height) - 18
    legend.fontName, legend.fontSize = FONT, 7
    legend.alignment = "right"
    names = [_drawn(name) for name, _ in chart.series]
    legend.colorNamePairs = list(zip(_BARS, names, strict=False))
    return legend


def _short(label: str) -> str:
    drawn = _drawn(label)
    return drawn if len(drawn) <= LABEL_MAX else drawn[: LABEL_MAX - 1] + "…"


def _numbered(language: str) -> type[Canvas]:
    """A canvas that writes "page 1 of 3" under each page, once it knows how many there are."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        @override
        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # missing in the stubs

        @override
        def save(self) -> None:
            for page in self._pages:
                self.__dict__.update(page)
                self._foot(len(self._pages))
                super().showPage()
            super().save()

        def _foot(self, pages: int) -> None:
            self.setFont(FONT, 7.5)
            told = word("page", language).format(page=self.getPageNumber(), pages=pages)
            self.drawRightString(landscape(A4)[0] - 15 * mm, 9 * mm, told)
            self.drawString(15 * mm, 9 * mm, "Ñangareko")

    return Numbered

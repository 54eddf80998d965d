"""How charts and plain tables look in a page: the markup of what `core.charts` returns. A page has a dozen drawings of
twenty elements each, more than a template draws in passing. `templates/components/chart.html` and `table.html` show them."""

from django.utils.translation import gettext as _

from core.markup import NOTHING, Pattern, each, joined

_FIGURE = Pattern(
    '<figure class="chart">\n  <figcaption class="chart-title{}">{}</figcaption>\n  {}\n  {}\n  {}{}'
    '<details class="more"><summary>{}<span class="visually-hidden">: {}</span></summary>'
    '<div class="more-body">{}</div></details>\n</figure>'
)
_DRAWING = Pattern(
    '<svg class="chart-drawing chart-{1}" viewBox="0 0 {2} {3}" role="img" aria-labelledby="{0}-{1}-title" '
    'aria-describedby="{0}-{1}-text">\n    <title id="{0}-{1}-title">{4}</title><desc id="{0}-{1}-text">{5}</desc>\n'
    "    {6}{7}{8}{9}\n  </svg>"
)
_LINE = Pattern('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_BAR = Pattern('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>')
_TITLED_BAR = Pattern('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>')
_WORD = Pattern('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
_LEGEND = Pattern('<ul class="chart-legend">{}</ul>')
_LEGEND_ENTRY = Pattern('<li><span class="chart-swatch {}"></span>{}</li>')
_CAPTION = Pattern('<p class="chart-caption">{}</p>')
_TABLE = Pattern(
    '<div class="table-wrap"><table class="table table-cards"><caption>{}</caption>\n'
    "  <thead><tr>{}</tr></thead>\n  <tbody>{}</tbody>\n</table></div>"
)
_HEAD = Pattern('<th scope="col">{}</th>')
_ROW = Pattern('<tr><th scope="row">{}</th>{}</tr>')
_CELL = Pattern('<td data-label="{}">{}</td>')


def chart(chart, key, *, hide_title=False, caption=""):
    """A `core.charts.Chart` with its two drawings, its words and the same figures as a table. `key` is unique on the page."""
    legend = joined([_LEGEND_ENTRY(kind, name) for kind, name in chart.legend])
    return _FIGURE(
        " visually-hidden" if hide_title else "",
        chart.title,
        _drawing(chart, chart.wide, key, "wide"),
        _drawing(chart, chart.narrow, key, "narrow"),
        _LEGEND(legend) if chart.legend else NOTHING,
        _CAPTION(caption) if caption else NOTHING,
        _("Show as a table"),
        chart.title,
        table(chart.title, chart.columns, chart.rows),
    )


def _drawing(chart, drawing, key, size):
    return _DRAWING(
        key,
        size,
        drawing.width,
        drawing.height,
        chart.title,
        chart.description,
        _lines(drawing.grid),
        joined([_bar(bar) for bar in drawing.bars]),
        _lines(drawing.lines),
        joined([_WORD(word.kind, word.x, word.y, word.anchor, word.text) for word in drawing.words]),
    )


def _bar(bar):
    place = (bar.kind, bar.x, bar.y, bar.width, bar.height)
    return _TITLED_BAR(*place, bar.title) if bar.title else _BAR(*place)


def _lines(lines):
    return joined([_LINE(line.kind, line.x1, line.y1, line.x2, line.y2) for line in lines])


def table(caption, columns, rows):
    """A table of text; under 480 px each row becomes a card. Rows are as long as `columns`, their first cell names them."""
    return _TABLE(caption, each(_HEAD, columns), joined([_row(columns, row) for row in rows]))


def _row(columns, row):
    first, *others = zip(columns, row, strict=True)
    return _ROW(first[1], joined([_CELL(column, cell) for column, cell in others]))

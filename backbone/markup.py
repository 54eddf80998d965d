"""How the figures of an initiative look: the committee's page below its head, and the parts of it that other pages show.

It is put together here and not in templates because it is long: a hundred figures, each a badge, a count, a verdict and
its sentences. Figures come ready from `backbone.queries`; nothing is computed or formatted here.
"""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import drawings
from core.markup import NOTHING, Pattern, each, joined
from core.templatetags.icons import icon

NOTE = Pattern('<p class="note">{}</p>')
QUIET = Pattern('<span class="note">{}</span>')
HIDDEN = Pattern('<span class="hidden-figure">{}</span>')
BADGE = Pattern('<span class="badge badge-{}">{}{}</span>')
EYEBROW = Pattern('<span class="eyebrow">{}</span>')
NUMBER = Pattern('<span class="number">{}</span>')
SENTENCE = Pattern("<p>{}</p>")
ITEM = Pattern("<li>{}</li>")
SECTION = Pattern('<section class="section" aria-labelledby="{0}"><h2 id="{0}">{1}</h2>\n{2}</section>\n')
GRID = Pattern('<div class="grid">{}</div>')
# A part that opens: its class, its name, for whom cannot see where it stands what it belongs to, and what is in it.
OPENING = Pattern('<details class="{}"><summary>{}<span class="visually-hidden">: {}</span></summary>{}</details>')

EXPLAINED = Pattern(
    '<details class="explained"><summary>{}</summary><div class="explained-body">{}{}</div></details>\n'
)
SHOWN = Pattern('<span class="explained-figure{}">{}</span> <span class="explained-words">{}</span>{}')

INDICATORS = Pattern('<ul class="indicator-list plain">{}</ul>')
INDICATOR = Pattern('<li class="indicator"><a class="indicator-label" href="{}">{}</a>\n  <div>{}</div></li>\n')
INDICATOR_FIGURE = Pattern('<div class="indicator-figure">{}{}{}</div>')

FUNCTION = Pattern(
    '<article class="card function-card{0}" id="{1}" aria-labelledby="{1}-title">\n'
    '  <div class="function-head"><h3 class="card-title" id="{1}-title"><a href="{2}">{3}</a></h3>\n'
    '    {4}{5}\n    <p class="note function-effort">{6}: {7}</p>\n  </div>\n  {8}\n</article>\n'
)
SUMMARY = Pattern('<div class="function-summary"><p class="cluster">{}{}</p>\n{}{}</div>\n')
ABOUT = Pattern("{} · {}")
OPENED = Pattern('<div class="more-body">{}</div>')

PANEL = Pattern(
    '<article class="card">\n  <div><p class="eyebrow">{}</p><h3 class="card-title">{}</h3>{}</div>\n'
    '  {}\n  {}\n  <p class="card-footer">{}</p>\n</article>\n'
)
RATE = Pattern(
    '<div class="progress"><div class="progress-words"><span id="rate-{0}-{1}">{2}</span>'
    '<span class="number">{3}</span></div><meter class="meter-bar" min="0" value="{4}" max="{5}" '
    'aria-labelledby="rate-{0}-{1}">{3}</meter></div>'
)
BECAME = Pattern('<p class="note">{}: {}</p>')
MISSING = Pattern('<ul class="note">{}</ul>')
NAMES = Pattern('<p><a href="{}">{}</a> <span class="note">({})</span></p>')
OTHERS = Pattern('<div class="more-body stack stack-small">{}{}{}</div>')

OVERVIEW = Pattern(
    '<div class="table-wrap"><table class="table table-cards overview"><caption>{}</caption>\n'
    "  <thead><tr>{}</tr></thead>\n  <tbody>{}</tbody>\n</table></div>\n"
)
HEAD = Pattern('<th scope="col">{}</th>')
ROW = Pattern('<tr>\n    <th scope="row"><a href="#{}">{}</a></th>{}</tr>\n')
SAID = Pattern('<div class="overview-said">{} <span class="eyebrow">{}</span></div>')
LOGGED = Pattern('<div><strong class="number">{}</strong> <span>{}</span></div>')
CELL = Pattern('<td data-label="{}"><div class="overview-cell">{}</div></td>')
METER = Pattern('<meter class="meter-bar{}" min="0" max="{}" value="{}" aria-hidden="true"></meter>')
OPEN_ROUND = Pattern(
    '<section class="card card-quiet open-round">\n  <p><strong>{}</strong> {} {}.</p>\n  <p class="note">{}</p>\n</section>\n'
)
TEXTS = Pattern(
    '<article class="card">\n  <div><p class="eyebrow">{}</p><h3 class="card-title" dir="auto">{}</h3></div>\n'
    '  <ul class="own-words plain">{}</ul>\n  <p class="card-footer"><a href="{}">{}</a></p>\n</article>\n'
)
TEXT = Pattern('<li><blockquote dir="auto">{}</blockquote></li>')
CARD = Pattern('<div class="card">{}</div>\n')

TEXTS_ON_A_CARD = 3
# So many figures of the log stand beside a function's summary; the others are one step further down.
LOGGED_IN_SHORT = 3
# So many survey figures of single indicators stand where a function has no summary.
SAID_IN_SHORT = 2


def open_rounds(rounds):
    """The rounds that are being answered, each with nothing but how many have answered."""
    until = _("is being answered until the end of %(closes)s.")
    later = _("What was answered is shown once it is closed, and not before.")
    return joined([OPEN_ROUND(round.title, until % {"closes": round.closes}, round.text, later) for round in rounds])


def figures(figures, slug, *, with_names):
    """All of `backbone.queries.dashboard.Figures`. `with_names`: whether the names of those missing may be opened."""
    panels = [_panel(panel, number, slug, with_names) for number, panel in enumerate(figures.panels, 1)]
    answered = _("Who answered")
    return joined(
        [
            SECTION("in-short", _("In short"), _overview(figures)),
            SECTION("who-answered", answered, GRID(joined(panels))) if panels else NOTHING,
            SECTION("functions", _("Function by function"), _functions(figures, slug)),
            SECTION("governance", _("How the backbone works"), _governance(figures.governance, slug)),
            _own_words(figures.own_words, slug),
        ]
    )


def _overview(figures):
    caption = _(
        "What people said, what was logged in this quarter or the one before, and the backbone's time %(since)s"
    )
    heads = each(HEAD, [_("Function"), _("Said in surveys"), _("Logged"), _("Time")])
    rows = joined([_overview_row(function) for function in figures.functions])
    return OVERVIEW(caption % {"since": figures.effort_period}, heads, rows)


def _overview_row(function):
    one = _("%(audience)s, on one indicator")
    said = [SAID(_in_short(summary), summary.audience) for summary in function.summaries] or [
        SAID(_in_short(figure), one % {"audience": figure.audience}) for figure in function.asked[:SAID_IN_SHORT]
    ]
    logged = joined([LOGGED(figure.figure, figure.words) for figure in function.logged[:LOGGED_IN_SHORT]])
    cells = [
        CELL(_("Said in surveys"), joined(said) if said else QUIET(_("no answers yet"))),
        CELL(_("Logged"), logged or QUIET(_("nothing logged yet"))),
        CELL(_("Time"), _time(function)),
    ]
    return ROW(function.code, function.label, joined(cells))


def _in_short(figure):
    if not figure.is_shown:
        return HIDDEN(_("too few answers to show")) if figure.is_hidden else QUIET(_("no answers yet"))
    parts = [METER("", 100, figure.share)] if figure.share is not None else []
    parts.append(NUMBER(figure.figure))
    if figure.verdict:
        parts += [" ", BADGE(figure.verdict.kind, NOTHING, figure.verdict.label)]
    return joined(parts)


def _time(function):
    if not function.effort_minutes:
        return QUIET(_("none logged"))
    meter = METER(" meter-time", function.effort_of, function.effort_minutes)
    return joined([meter, NUMBER(function.effort_words)])


def _panel(panel, number, slug, with_names):
    rates = [
        RATE(number, place, rate.label, rate.text, rate.count, rate.of) for place, rate in enumerate(panel.rates, 1)
    ]
    names = NOTHING
    if with_names and panel.round_id:
        address = reverse("backbone:dashboard-missing", args=[slug, panel.round_id])
        names = NAMES(address, _("Who has not answered, by name"), _("for staff only"))
    others = OTHERS(
        joined([BECAME(rate.label, rate.sentence) for rate in panel.rates]),
        MISSING(each(ITEM, panel.missing)) if panel.missing else NOTHING,
        names,
    )
    return PANEL(
        _("Survey of %(who)s") % {"who": panel.who},
        panel.title,
        NOTE(panel.period),
        joined(rates),
        OPENING("more", _("What became of the others"), panel.title, others),
        panel.caption,
    )


def _functions(figures, slug):
    waiting = GRID(joined([_function(function, slug) for function in figures.waiting])) if figures.waiting else NOTHING
    return joined([*(_function(function, slug) for function in figures.measured), waiting])


def _function(function, slug):
    return FUNCTION(
        "" if function.has_data else " card-quiet",
        function.code,
        _address(slug, function.code),
        function.label,
        joined([_summary(function.code, number, figure) for number, figure in enumerate(function.summaries, 1)]),
        NOTE(function.note) if function.note else NOTHING,
        _("Effort"),
        function.effort,
        _indicators_of(function, slug),
    )


@lru_cache(maxsize=2048)
def _address(slug, code):
    return reverse("backbone:dashboard-figure", args=[slug, code])


def _summary(code, number, figure):
    badge, about = BADGE(figure.source, NOTHING, figure.source_label), ABOUT(figure.who, figure.period)
    chart = NOTHING
    if figure.chart:
        chart = drawings.chart(figure.chart, f"{code}-{number}", hide_title=True, caption=figure.range_words)
    return SUMMARY(badge, EYEBROW(about), explained(figure), chart)


def _indicators_of(function, slug):
    if function.has_data:
        words = _("%(answered)s of %(all)s indicators have answers")
        words %= {"answered": function.answered, "all": len(function.indicators)}
        return OPENING("more indicators", words, function.label, indicator_list(function.indicators, slug))
    if function.indicators:
        listed = OPENED(indicator_list(function.indicators, slug, opened=True))
        return OPENING("more", _("What will fill it"), function.label, listed)
    return NOTHING


def _governance(indicators, slug):
    number = len(indicators)
    words = ngettext("%(number)s indicator", "%(number)s indicators", number) % {"number": number}
    lead = NOTE(_("The committee, the people of the backbone, and how partners take part, commit and trust."))
    listed = indicator_list(indicators, slug)
    opening = OPENING("more indicators indicators-apart", words, _("How the backbone works"), listed)
    return joined([lead, CARD(opening)])


def _own_words(found, slug):
    if not found:
        return NOTHING
    lead = NOTE(_("What people wrote, in random order and without anything about who wrote it."))
    cards = joined([texts_card(each, slug) for each in found])
    return SECTION("own-words", _("In their own words"), joined([lead, GRID(cards)]))


def texts_card(own_words, slug):
    """A `backbone.queries.own_words.OwnWords` with its first few texts: as their order is random, so is the choice."""
    told, publication = own_words.told, own_words.publication
    words = ngettext("Read %(number)d text", "Read all %(number)d texts", told.number) % {"number": told.number}
    return TEXTS(
        ABOUT(own_words.who, publication.title),
        told.label,
        each(TEXT, [text for text, _times in told.texts[:TEXTS_ON_A_CARD]]),
        reverse("backbone:own-words", args=[slug, publication.pk, told.code]),
        words,
    )


def indicator_list(indicators, slug, *, opened=False):
    """Indicators, each with a figure per source and audience; `opened` says at once what fills an empty one."""
    return INDICATORS(
        joined(
            [
                INDICATOR(
                    _address(slug, indicator.code),
                    indicator.label,
                    joined([_indicator_figure(figure, opened) for figure in indicator.figures]),
                )
                for indicator in indicators
            ]
        )
    )


def _indicator_figure(figure, opened):
    who = figure.who or figure.audience or figure.period
    return INDICATOR_FIGURE(
        BADGE(figure.source, NOTHING, figure.source_label),
        EYEBROW(who) if who else NOTHING,
        each(QUIET, figure.sentences) if opened else explained(figure, small=True),
    )


def explained(figure, *, small=False):
    """A `indicators.words.figures.Figure` that opens to its sentences."""
    period = NOTE(figure.period) if figure.period else NOTHING
    return EXPLAINED(_said(figure, small), each(SENTENCE, figure.sentences), period)


def _said(figure, small):
    if figure.is_shown:
        size = " explained-figure-small" if small else ""
        return SHOWN(size, figure.figure, figure.words, _verdict(figure.verdict))
    if figure.is_hidden:
        return HIDDEN(_("too few to show") if figure.source == "log" else _("too few answers to show"))
    if figure.source == "log":
        return QUIET(_("nothing logged yet"))
    return QUIET(_("no milestone yet") if figure.source == "status" else _("no answers yet"))


def _verdict(verdict):
    if not verdict:
        return NOTHING
    return joined([" ", BADGE(verdict.kind, _icon(verdict.icon) if verdict.icon else NOTHING, verdict.label)])


def _icon(name):
    return icon(name, size=14, **{"class": "icon", "aria_hidden": "true"})

"""The markup of figures for templates: `{% show_figures %}`, `{% show_figure %}`, `{% show_indicators %}` and `{% show_texts %}`."""

from django import template

from backbone import markup

register = template.Library()
register.simple_tag(markup.figures, name="show_figures")
register.simple_tag(markup.explained, name="show_figure")
register.simple_tag(markup.indicator_list, name="show_indicators")
register.simple_tag(markup.texts_card, name="show_texts")

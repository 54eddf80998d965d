"""Texts in a language that is not the page's: said so in the markup, so that they are read, joined and set rightly."""

from functools import cache

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language, get_language_bidi, get_language_info, override

from core.wording import Wording

register = template.Library()


@cache
def direction_of(language):
    with override(language):
        return "rtl" if get_language_bidi() else "ltr"


@register.simple_tag
def in_language(language):
    """`<span {% in_language "ar" %}>`: the attributes lang and dir."""
    return format_html('lang="{}" dir="{}"', language, direction_of(language))


@register.filter
def spoken(text):
    """A Wording in the language of the page; where it has none, in its first language, marked as that."""
    if not isinstance(text, Wording):
        return text
    language = get_language()
    if text.is_in(language):
        return conditional_escape(str(text))
    first = text.languages[0]
    return format_html('<span class="untranslated" {}>{}</span>', in_language(first), str(text))


@register.filter
def spoken_as(text):
    """`<div {{ introduction|spoken_as }}>`: the attributes lang and dir where another language stands in, else nothing."""
    return "" if text.is_in(get_language()) else in_language(text.languages[0])


@register.filter
def isolated(text):
    """A name, an address or a number whose own direction must not turn what stands around it."""
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def own_name(code):
    """What a language calls itself, marked as a word of that language."""
    return format_html("<span {}>{}</span>", in_language(code), get_language_info(code)["name_local"])

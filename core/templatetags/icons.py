"""`{% lucide "plus" size=18 class="icon" %}`: as the icons' own tag, which builds a tree for each; here every icon is drawn once."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide

register = template.Library()
icon = register.simple_tag(lru_cache(maxsize=512)(lucide), name="lucide")

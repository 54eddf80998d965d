"""The frame of every page: strict content security, own classes, a heading, a language, and a navigation by permission."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

from tests.design.styles import classes_in, styled_classes, text_of

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
COMPONENTS = sorted((FOLDER / "components").glob("*.html"))
# Markup that is put together in Python, under the same rules.
MARKUP = ["backbone/markup.py", "core/drawings.py"]
VARIABLE = re.compile(r"\{[{%].*?[%}]\}|\{\d?\}")


def source(name):
    folder = Path(settings.BASE_DIR) if name in MARKUP else FOLDER
    return (folder / name).read_text()


@pytest.mark.parametrize("name", [*TEMPLATES, *MARKUP])
def test_template_carries_no_style_or_script_of_its_own(name):
    text = source(name)
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if " src=" not in tag] == []


@pytest.mark.parametrize("name", [*TEMPLATES, *MARKUP])
def test_template_asks_no_third_party(name):
    assert re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", source(name)) == []


@pytest.mark.parametrize("name", [*TEMPLATES, *MARKUP])
def test_classes_written_in_a_template_are_styled(name):
    """Half a name ("badge-" before a variable) is left out: only whole names can be looked up."""
    values = re.findall(r'\bclass="((?:\{[{%].*?[%}]\}|[^"])*)"', source(name))
    parts = {part for value in values for part in re.split(r"[\s\0]+", VARIABLE.sub("\0", value)) if part}
    whole = {part for part in parts if not part.startswith("-") and not part.endswith("-")}
    assert sorted(whole - styled_classes(text_of())) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_component_says_first_which_variables_it_takes(path):
    assert re.match(r"\{% comment %\}.*(Variables:|Context:|No variables)", path.read_text(), flags=re.DOTALL)


def test_each_behaviour_is_one_small_module():
    sizes = {
        path.name: len(path.read_text().splitlines()) for path in Path(settings.BASE_DIR, "static/js").glob("*.js")
    }
    assert sizes
    assert {name: size for name, size in sizes.items() if size > 80} == {}


def page(base, body, context=None):
    return engines["django"].from_string('{% extends "' + base + '" %}' + body).render(context or {})


@pytest.mark.parametrize("base", ["base.html", "public.html"])
def test_title_is_the_heading_too_and_escaped_once(base):
    html = page(base, "{% block title %}{{ name }}{% endblock %}", {"name": "Ma & Pa"})
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", html) == ["Ma &amp; Pa"]
    assert re.findall(r"<title>([^<]*)</title>", html) == ["Ma &amp; Pa · Backbone"]


@pytest.mark.parametrize("base", ["base.html", "public.html"])
def test_page_says_its_language(base):
    with translation.override("es"):
        assert '<html lang="es" dir="ltr">' in page(base, "")


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_page_needs_nothing_from_the_request(name):
    html = render_to_string(name)
    assert len(re.findall(r"<h1[^>]*>[^<]+</h1>", html)) == 1
    assert 'href="/"' in html


def test_refusal_shows_its_sentence_escaped():
    html = render_to_string("403.html", {"exception": "Ask <b>a director</b>."})
    assert "Ask &lt;b&gt;a director&lt;/b&gt;." in html


def navigation(**can):
    context = {"initiative": {"name": "Bright Futures", "slug": "bright-futures"}, "can": can}
    html = render_to_string("components/site_nav.html", context)
    return re.findall(r"<span>([^<]+)</span></a>", html)


@pytest.mark.urls("tests.design.urls")
def test_navigation_shows_what_the_role_may_open():
    assert navigation(dashboard_view=True) == ["Overview"]
    assert navigation(dashboard_view=True, agenda_view=True) == ["Overview", "Agenda"]
    everything = dict.fromkeys(["dashboard_view", "partners_view", "round_view", "activity_view", "agenda_edit"], True)
    assert navigation(**everything) == ["Overview", "Partners", "Surveys", "Activities", "Settings"]


@pytest.mark.urls("tests.design.urls")
def test_pages_of_a_list_keep_the_filters(rf):
    template = engines["django"].from_string("{% load display %}{% page_address 3 %}")
    assert template.render({}, rf.get("/", {"sector": "a&b", "page": "2"})) == "?sector=a%26b&amp;page=3"


def test_messages_are_shown_as_notices():
    message = type("Message", (), {"level_tag": "success", "__str__": lambda self: "Saved <it>."})()
    html = render_to_string("components/messages.html", {"messages": [message]})
    assert "notice-success" in classes_in(html)
    assert "Saved &lt;it&gt;." in html

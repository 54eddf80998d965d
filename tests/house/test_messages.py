import gettext

from scripts.compile_translations import compile_file
from scripts.extract_messages import template_catalog, updated

TEMPLATE = """{% load i18n %}
    <ul>{% for day in days %}
  <li title="{% translate "A day" %}">{% blocktranslate count n=day.n %}{{ n }} answer{% plural %}{{ n }} answers{% endblocktranslate %}</li>
      {% endfor %}</ul>"""
CODE = 'from x import pgettext\n_("Sent")\npgettext("button", "Open")\n'


def checkout(folder):
    (folder / "app" / "templates").mkdir(parents=True)
    (folder / "app" / "templates" / "page.html").write_text(TEMPLATE)
    (folder / "app" / "code.py").write_text(CODE)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_code.py").write_text('_("Not shown to anyone")')
    return folder


def test_messages_come_from_code_and_templates_and_not_from_tests(tmp_path):
    catalog = template_catalog(checkout(tmp_path))
    found = {(message.context, message.id) for message in catalog if message.id}
    plural = ("%(n)s answer", "%(n)s answers")
    assert found == {(None, "Sent"), ("button", "Open"), (None, "A day"), (None, plural)}


def test_an_update_keeps_translations_and_is_stable(tmp_path):
    path = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Sent"\nmsgstr "Enviado"\n')
    template = template_catalog(checkout(tmp_path))
    path.write_bytes(updated(path, template))
    assert path.read_bytes() == updated(path, template)
    with compile_file(path).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert (compiled.gettext("Sent"), compiled.gettext("A day")) == ("Enviado", "A day")


def test_a_translation_that_is_used_again_comes_back_and_stands_once(tmp_path):
    path = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(header + '#~ msgid "Sent"\n#~ msgstr "Enviado"\n\n#~ msgid "Gone"\n#~ msgstr "Ido"\n')
    text = updated(path, template_catalog(checkout(tmp_path))).decode()
    assert text.count('msgid "Sent"') == 1
    assert '\nmsgid "Sent"\nmsgstr "Enviado"\n' in text
    assert '#~ msgid "Gone"\n#~ msgstr "Ido"\n' in text

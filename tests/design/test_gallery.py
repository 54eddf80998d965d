"""The gallery that the product shows to those who build it."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as django_settings

from backbone import gallery
from tests.design.styles import classes_in, styled_classes, text_of


@pytest.fixture
def page(client, settings):
    settings.DEBUG = True
    return client.get("/gallery/").content.decode()


def test_every_component_stands_in_the_gallery():
    files = Path(django_settings.BASE_DIR, "templates/components").glob("*.html")
    assert {file.stem for file in files} - gallery.FRAME == set(gallery.cases())


def test_every_case_is_shown(page):
    shown = [heading.text for heading in BeautifulSoup(page, "html.parser").select("h3.eyebrow")]
    assert shown == [title for cases in gallery.cases().values() for title, _values in cases]


def test_hostile_words_stay_words(page):
    assert gallery.HOSTILE.split("&")[0] not in page
    assert page.count("&lt;script&gt;alert(") > 5


def test_gallery_uses_only_classes_we_style(page):
    plain = {"notice-info"}  # a notice of no other kind
    assert sorted(classes_in(page) - styled_classes(text_of()) - plain) == []


def test_gallery_has_each_id_once(page):
    ids = [tag["id"] for tag in BeautifulSoup(page, "html.parser").select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_gallery_does_not_exist_without_debug(client):
    assert client.get("/gallery/").status_code == 404


def test_gallery_does_not_exist_for_other_machines(client, settings):
    settings.DEBUG = True
    assert client.get("/gallery/", REMOTE_ADDR="203.0.113.9").status_code == 404

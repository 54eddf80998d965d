"""A form leads back to the page it was opened from, and to no other site."""

import pytest
from django.test import RequestFactory

from core.ways_back import way_back

HOME = "/i/bright-futures/"
FORM = f"{HOME}activities/new/"


def asked(address):
    return way_back(RequestFactory().get(FORM, {"next": address}), within=HOME)


@pytest.mark.parametrize("address", [HOME, f"{HOME}partners/", f"{HOME}activities/?page=2&since=2026-01-01"])
def test_way_back_is_the_page_asked_for(address):
    assert asked(address) == address
    assert way_back(RequestFactory().post(FORM, {"next": address}), within=HOME) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example/i/bright-futures/",
        "//evil.example/i/bright-futures/",
        "/\\evil.example/i/bright-futures/",
        "https:///evil.example",
        "https://testserver@evil.example/i/bright-futures/",
        "javascript:alert(1)//i/bright-futures/",
        "\x00https://evil.example",
        "/i/other-valley/",
        "/admin/",
        f"{HOME}no-such-page/",
        f"{HOME}partners/?{'x' * 2_000}",
        FORM,
    ],
)
def test_way_back_leads_to_no_other_place(address):
    assert asked(address) == ""


def test_way_back_is_the_page_whose_link_was_followed():
    def from_page(address):
        return way_back(RequestFactory(headers={"Referer": address}).get(FORM), within=HOME)

    assert from_page("http://testserver/i/bright-futures/partners/?page=2") == "/i/bright-futures/partners/?page=2"
    assert from_page("https://evil.example/i/bright-futures/partners/") == ""

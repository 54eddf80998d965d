"""What browser tests of the desk share."""

import pytest
from django.conf import settings

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def opened(browser, live_server, director):
    """Call with address, size and scheme to get a page that the director opened."""
    contexts = []

    def open_page(address, size=PHONE, scheme="light", **options):
        contexts.append(browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme, **options))
        session = director.cookies[settings.SESSION_COOKIE_NAME].value
        contexts[-1].add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        assert page.goto(address).status == 200
        return page

    yield open_page
    for context in contexts:
        context.close()

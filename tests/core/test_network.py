import pytest
from django.http import Http404, HttpResponse

from core.network import client_address, is_local, loopback_only


@pytest.fixture
def asked(rf):
    """A request from `peer` with `headers`, as WSGI shows it."""
    return lambda peer, **headers: rf.get("/", REMOTE_ADDR=peer, **headers)


def test_a_forged_header_is_not_believed_without_proxies(asked):
    assert client_address(asked("203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the client wrote the first entry itself
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),  # shorter than our own proxies make it
        (1, "not an address", "10.0.0.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "", "10.0.0.1"),
    ],
)
def test_the_client_is_the_first_entry_no_client_could_write(asked, settings, proxies, header, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_address(asked("10.0.0.1", HTTP_X_FORWARDED_FOR=header)) == expected


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_local(asked, peer):
    assert is_local(asked(peer))


@pytest.mark.parametrize("peer", ["", "192.168.1.4", "203.0.113.9", "::ffff:203.0.113.9", "unix:"])
def test_other_machines_are_not_local_whatever_they_write(asked, peer):
    assert not is_local(asked(peer))
    assert not is_local(asked(peer, HTTP_X_FORWARDED_FOR="127.0.0.1", HTTP_X_REAL_IP="127.0.0.1"))


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"])
def test_a_request_that_was_passed_on_is_not_local(asked, settings, header):
    settings.TRUSTED_PROXY_COUNT = 1
    assert not is_local(asked("127.0.0.1", **{header: "127.0.0.1"}))


@pytest.mark.parametrize(
    ("debug", "peer", "found"), [(True, "::1", True), (True, "10.1.1.1", False), (False, "::1", False)]
)
def test_local_pages_exist_only_with_debug_and_for_this_machine(asked, settings, debug, peer, found):
    settings.DEBUG = debug
    page = loopback_only(lambda request: HttpResponse("here"))
    if found:
        assert page(asked(peer)).content == b"here"
    else:
        with pytest.raises(Http404):
            page(asked(peer))

import pytest

from tests.surveys.imap import running_imap
from tests.surveys.sink import running_sink


@pytest.fixture
def sink(settings):
    """A mail server of our own, which the product's settings point to."""
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.MAIL_PER_SECOND, settings.MAIL_CONNECTIONS = 0, 2
        settings.DEFAULT_FROM_EMAIL = "Backbone <mail@backbone.example>"
        yield sink


@pytest.fixture
def return_path(settings):
    """Mails of rounds come back to a signed address."""
    settings.RETURN_PATH = "bounces@backbone.example"


@pytest.fixture
def imap(settings, return_path):
    """A mailbox of our own, which the product's settings point to."""
    with running_imap() as imap:
        settings.BOUNCE_MAILBOX = f"imap://bounces:secret-word@127.0.0.1:{imap.port}/Returned%20mail"
        yield imap

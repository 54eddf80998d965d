import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from core import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_outbox(settings, tmp_path):
    settings.DEBUG = True
    settings.OUTBOX_DIR = tmp_path / "outbox"


def send(subject="Your code", text="The code is 123456.\nhttp://localhost/s/abc/", html="<script>alert(1)</script>"):
    message = EmailMultiAlternatives(
        subject, text, "Backbone <b@example.org>", ["ana@partner.example"], reply_to=["us@example.org"]
    )
    message.attach_alternative(html, "text/html")
    get_connection("core.outbox.EmailBackend").send_messages([message])
    return outbox.names()[0]


def test_a_mail_is_kept_and_read_again():
    mail = outbox.read(send("Encuesta: ¿qué opinas?"))
    assert (mail.subject, mail.to, mail.reply_to) == ("Encuesta: ¿qué opinas?", "ana@partner.example", "us@example.org")
    assert mail.text.splitlines() == ["The code is 123456.", "http://localhost/s/abc/"]


def test_the_list_shows_the_newest_first(client):
    send("First")
    send("Second")
    assert [mail.subject for mail in client.get("/outbox/").context["mails"]] == ["Second", "First"]


def test_the_list_is_split_into_pages(client):
    for number in range(51):
        outbox.keep(f"Subject: {number}\n\n".encode())
    assert [len(client.get(f"/outbox/?page={page}").context["mails"]) for page in (1, 2)] == [50, 1]


def test_an_empty_outbox_says_what_will_come(client):
    assert "No mails yet" in client.get("/outbox/").content.decode()


def test_a_mail_shows_its_text_with_links_and_never_its_markup(client):
    name = send(subject="<b>Hello</b>", text="<img src=x onerror=alert(2)> http://localhost/s/abc/")
    page = client.get(f"/outbox/{name}/").content.decode()
    assert '<a href="http://localhost/s/abc/" rel="nofollow">' in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "<img src=x" not in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("name", ["unknown", "1-abcdef01"])
def test_an_unknown_mail_is_not_found(client, name):
    assert client.get(f"/outbox/{name}/").status_code == 404


@pytest.mark.parametrize("headers", [{"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_the_outbox_does_not_exist_for_other_machines(client, headers):
    name = send()
    assert client.get("/outbox/", **headers).status_code == 404
    assert client.get(f"/outbox/{name}/", **headers).status_code == 404


def test_the_outbox_does_not_exist_without_debug(client, settings):
    name = send()
    settings.DEBUG = False
    assert client.get("/outbox/").status_code == 404
    assert client.get(f"/outbox/{name}/").status_code == 404

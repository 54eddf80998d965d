import pytest


@pytest.mark.django_db
def test_health_answers_without_signing_in(client):
    assert client.get("/health/").content == b"ok\n"

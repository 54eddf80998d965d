import time

import pytest
from django.db import connection, transaction

from tests.transactions import watched


@pytest.mark.django_db
def test_a_long_transaction_is_found_and_a_short_one_is_not():
    with watched(longest=0.02) as findings:
        with transaction.atomic():
            time.sleep(0.03)
        with transaction.atomic():
            pass
    expected = ["write in chunks"] if connection.vendor == "sqlite" else []
    assert [sentence.split(": ")[1].rstrip(".") for sentence in findings] == expected

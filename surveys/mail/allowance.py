"""How many mails may leave this second: one count for all workers, kept in the shared cache."""

import time

from django.conf import settings
from django.core.cache import cache


def take(wanted):
    """Take up to `wanted` mails out of this second's allowance (MAIL_PER_SECOND; 0 is no limit). Returns how many."""
    limit = settings.MAIL_PER_SECOND
    if not limit:
        return wanted
    key = f"mails-in-second:{int(time.time())}"
    cache.add(key, 0, timeout=5)
    taken_before = cache.incr(key, wanted) - wanted
    return max(0, min(wanted, limit - taken_before))

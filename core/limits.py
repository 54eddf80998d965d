"""How often something may be done: counted in the shared cache, so that all processes see the same number."""

import hashlib

from django.core.cache import cache


def within(action: str, key: str, *, times: int, seconds: int) -> bool:
    """Count one more `action` for `key`; True while no more than `times` fell into the present window of `seconds`.

    The count is one atomic step, so that a hundred requests at once cannot all be the first. Only a digest of the key
    is kept: addresses do not lie readable in the cache.
    """
    name = f"limit:{action}:{hashlib.sha256(key.encode()).hexdigest()}"
    for _attempt in range(2):
        cache.add(name, 0, timeout=seconds)
        try:
            return cache.incr(name) <= times
        except ValueError:  # it expired between the two calls
            continue
    return False

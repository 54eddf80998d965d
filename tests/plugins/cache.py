from django.core.cache.backends.redis import RedisCache


class OwnKeysCache(RedisCache):
    """`clear` deletes the keys of our prefix, where Django's would empty the whole Redis database."""

    def clear(self):
        client = self._cache.get_client(None, write=True)
        keys = list(client.scan_iter(match=f"{self.key_prefix}:*", count=1000))
        return bool(keys and client.delete(*keys))

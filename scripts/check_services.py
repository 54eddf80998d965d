"""Are the servers of `make services-test` there, and new enough? Exits with one sentence for each that is not."""

import sys
from urllib.parse import urlsplit

import psycopg
import redis

OLDEST_POSTGRESQL = 15
OLDEST_REDIS = (6, 2)


def place(url: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or url


def postgresql_problem(url: str) -> str | None:
    """What is wrong with the server at `url`; None when it will do. The tests make their own database on it."""
    server = urlsplit(url)._replace(path="/postgres").geturl()
    try:
        with psycopg.connect(server, connect_timeout=5) as connection:
            major = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        return f"PostgreSQL does not answer at {place(url)} ({reason}). Start it, or set DATABASE_URL."
    if major < OLDEST_POSTGRESQL:
        return f"PostgreSQL at {place(url)} is version {major}; Backbone needs {OLDEST_POSTGRESQL} or newer."
    return None


def redis_problem(url: str) -> str | None:
    """What is wrong with the server at `url`; None when it will do."""
    try:
        version = redis.Redis.from_url(url, socket_connect_timeout=5).info("server")["redis_version"]
    except redis.RedisError as error:
        return f"Redis does not answer at {place(url)} ({error}). Start it, or set REDIS_URL."
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return (
            f"Redis at {place(url)} is version {version}; Backbone needs {'.'.join(map(str, OLDEST_REDIS))} or newer."
        )
    return None


def main(database_url: str, redis_url: str):
    problems = [problem for problem in (postgresql_problem(database_url), redis_problem(redis_url)) if problem]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(*sys.argv[1:])

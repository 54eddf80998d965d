import os
import shutil
import subprocess

import psycopg
import pytest
import redis

from scripts import check_services, install
from tests.house.processes import ROOT, free_port


def test_uv_is_told_what_pip_is_told_and_caches_stay_in_the_environment():
    told = install.environment({"extra-index-url": "file:///a file:///b", "find-links": "/w /x", "cert": "/c.pem"}, {})
    assert (told["UV_EXTRA_INDEX_URL"], told["UV_FIND_LINKS"]) == ("file:///a file:///b", "/w,/x")
    assert told["SSL_CERT_FILE"] == "/c.pem"
    assert "UV_DEFAULT_INDEX" not in told
    assert told["UV_CACHE_DIR"].startswith(str(install.VENV))


def test_what_the_environment_gives_wins_over_pips_configuration():
    assert install.environment({"cert": "/a"}, {"SSL_CERT_FILE": "/b"})["SSL_CERT_FILE"] == "/b"


def test_pip_installs_where_uv_cannot_be_had(monkeypatch):
    calls = []
    monkeypatch.setattr(install, "uv_program", lambda env: None)
    monkeypatch.setattr(install.subprocess, "run", lambda command, **_: calls.append(command) or Done())
    assert install.install({})
    assert calls == [[*install.PIP, "-r", "requirements-dev.txt"]]


class Done:
    returncode = 0


def test_setup_without_a_new_enough_python_says_what_to_do(tmp_path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    old = tmp_path / "bin" / "python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (old.parent / "dirname").symlink_to(shutil.which("dirname"))
    done = subprocess.run(
        [shutil.which("sh"), str(tmp_path / "scripts" / "setup.sh")],
        env={"PATH": str(old.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Backbone needs Python 3.11 or newer and found none on the PATH.")


def test_a_missing_server_is_named():
    port = free_port()
    database = check_services.postgresql_problem(f"postgres://someone:secret@127.0.0.1:{port}/x")
    broker = check_services.redis_problem(f"redis://:secret@127.0.0.1:{port}/0")
    assert database.startswith(f"PostgreSQL does not answer at 127.0.0.1:{port} (")
    assert broker.startswith(f"Redis does not answer at 127.0.0.1:{port} (")
    assert "secret" not in database + broker


@pytest.mark.parametrize(
    ("version", "problem"), [("6.0.16", True), ("6.2.0", False), ("7.2.4", False), ("10.0.1", False)]
)
def test_an_old_redis_is_named(monkeypatch, version, problem):
    monkeypatch.setattr(redis.Redis, "info", lambda self, section: {"redis_version": version})
    assert bool(check_services.redis_problem("redis://127.0.0.1:1/0")) == problem


@pytest.mark.parametrize(("version", "problem"), [(140_012, True), (150_000, False), (170_002, False)])
def test_an_old_postgresql_is_named(monkeypatch, version, problem):
    class Connection:
        info = type("Info", (), {"server_version": version})
        __enter__ = lambda self: self  # noqa: E731
        __exit__ = lambda self, *error: None  # noqa: E731

    monkeypatch.setattr(psycopg, "connect", lambda *_, **__: Connection())
    assert bool(check_services.postgresql_problem("postgres://127.0.0.1:1/x")) == problem


@pytest.mark.parametrize("script", ["scripts/setup.sh", ".ci/run"])
def test_scripts_are_well_formed(script):
    shell = "bash" if script == ".ci/run" else "sh"
    assert subprocess.run([shell, "-n", ROOT / script]).returncode == 0
    assert shell == "sh" or os.access(ROOT / script, os.X_OK)


def test_the_lock_names_no_index_and_a_hash_for_every_package():
    for name in ("requirements", "requirements-dev", "requirements-installer"):
        text = (ROOT / f"{name}.txt").read_text()
        assert "://" not in text
        blocks = [block for block in text.replace("\\\n", " ").splitlines() if block.strip()]
        assert [block for block in blocks if "--hash=sha256:" not in block] == []

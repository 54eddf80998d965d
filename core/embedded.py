"""What a checkout makes for itself when no server is named: keys and the place of the broker's socket. Imported by settings."""

import contextlib
import hashlib
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

# A unix socket path ends at 104 to 108 bytes, depending on the system.
LONGEST_SOCKET_PATH = 100
# The path becomes part of an address (redis+socket://…), where other characters mean something.
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+-]+")


class UnsafeFolder(Exception):
    """Others could write to the folder; the message says which and what to do."""


def local_secret(path: Path) -> str:
    """Read the secret kept at `path`, or make one there; two processes that start at once agree on the first."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def socket_path(folder: Path) -> Path:
    """Where the embedded broker listens: in `folder`, or in a short temporary folder when that path would not do."""
    path = folder / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(path)):
        return path
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"backbone-{os.getuid()}-{digest}" / "valkey.sock"


def private_folder(path: Path) -> Path:
    """Make `path` a folder only we can enter. Temporary folders are shared: one that another user laid there is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeFolder(f"{path} belongs to another user. Remove it, or set REDIS_URL to a server that runs.")
    path.chmod(0o700)
    return path

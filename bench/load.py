"""People who answer at once: a thread per person at work, one kept connection each, requests as ready-made bytes.

The client is kept as lean as it can be, since it runs on the same processors as what it measures.
"""

import socket
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue


@dataclass(frozen=True)
class Load:
    """`seconds` for all visits together; `latencies` of each request in seconds; `refused` requests, as text."""

    visits: int
    seconds: float
    latencies: tuple
    refused: tuple

    @property
    def rate(self):
        return self.visits / self.seconds


def request(method, path, *, port, cookie="", body=b""):
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(port, visits, *, together):
    """Make all `visits`, `together` at once. A visit is a list of (request, expected status) as bytes and bytes."""
    waiting, latencies, refused = SimpleQueue(), [], []
    for visit in visits:
        waiting.put(visit)
    threads = [
        threading.Thread(target=_person, args=(port, waiting, latencies, refused), daemon=True) for _ in range(together)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(len(visits), time.perf_counter() - began, tuple(latencies), tuple(refused))


def _person(port, waiting, latencies, refused):
    line = None
    try:
        while True:
            for wanted, expected in waiting.get_nowait():
                line = line or _connect(port)
                began = time.perf_counter()
                status, is_kept = _asked(line, wanted)
                latencies.append(time.perf_counter() - began)
                if status != expected:
                    refused.append(f"{wanted[:120]!r} was answered with {status!r}")
                if not is_kept:
                    line.close()
                    line = None
    except Empty:
        pass
    except OSError as error:
        refused.append(f"the connection failed: {error}")
    finally:
        if line is not None:
            line.close()


def _connect(port):
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _asked(line, wanted):
    """(status, whether the connection stays open) of one request; reads the answer to its last byte."""
    line.sendall(wanted)
    got = line.recv(65536)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(line)
    head = got[:end].lower()
    missing = end + 4 + _length(head) - len(got)
    while missing > 0:
        missing -= len(_more(line))
    return got[9:12], b"connection: close" not in head


def _more(line):
    got = line.recv(65536)
    if not got:
        raise ConnectionError("the server hung up in the middle of an answer")
    return got


def _length(head):
    start = head.find(b"content-length:")
    return int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0

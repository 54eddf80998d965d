"""An SMTP server in this process that can answer anything at any stage, and counts what it took and who is connected.

`replies` maps a stage (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, TEXT) to a function of the argument (an address for MAIL and
RCPT, the recipient for DATA and TEXT) that gives the reply, None for the usual one, or DROP to hang up without a word.
"""

import re
import socketserver
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

DROP = object()
USUAL = {
    "CONNECT": "220 sink",
    "EHLO": "250-sink\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "TEXT": "250 2.0.0 taken",
}
ADDRESS = re.compile(r"<([^>]*)>")


@dataclass(frozen=True)
class Taken:
    sender: str
    recipient: str
    content: bytes


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.sender = self.recipient = ""
        with self.server.sink.lock:
            self.server.sink.connected.add(self)

    def finish(self):
        with self.server.sink.lock:
            self.server.sink.connected.discard(self)
        super().finish()

    def handle(self):
        try:
            self.say("CONNECT", "")
            while line := self.rfile.readline():
                self.answer(line.decode().rstrip("\r\n"))
        except (ConnectionError, StopIteration):
            pass

    def answer(self, line):
        verb = line[:4].upper()
        address = (ADDRESS.findall(line) or [""])[0]
        if verb == "MAIL":
            self.sender = address
            self.say("MAIL", address)
        elif verb == "RCPT":
            self.recipient = address
            self.say("RCPT", address)
        elif verb == "DATA":
            if self.say("DATA", self.recipient).startswith("354"):
                self.take_text()
        elif verb in ("EHLO", "AUTH"):
            self.say(verb, line[5:])
        elif verb == "QUIT":
            self.write("221 bye")
            raise StopIteration
        else:
            self.write("250 ok")

    def take_text(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not line:
            raise StopIteration
        self.server.sink.take(Taken(self.sender, self.recipient, b"".join(lines)))
        self.say("TEXT", self.recipient)

    def say(self, stage, argument):
        sink = self.server.sink
        reply = sink.replies.get(stage, lambda _argument: None)(argument)
        time.sleep(sink.seconds_per_reply)
        if reply is DROP:
            raise StopIteration
        reply = reply or USUAL[stage]
        if reply[0] in "45" and stage == "TEXT":
            sink.give_back(self.recipient)
        self.write(reply)
        if reply.startswith("421"):
            raise StopIteration
        return reply

    def write(self, reply):
        self.wfile.write(reply.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is what these tests are about."""


class Sink:
    def __init__(self, port=0):
        self.lock = threading.Lock()
        self.replies, self.seconds_per_reply = {}, 0.0
        self.taken, self.connected = [], set()
        self.server = Server(("127.0.0.1", port), Session)
        self.server.sink = self
        self.port = self.server.server_address[1]

    def take(self, taken):
        with self.lock:
            self.taken.append(taken)

    def give_back(self, recipient):
        """The text was refused after all."""
        with self.lock:
            self.taken = [taken for taken in self.taken if taken.recipient != recipient]

    @property
    def recipients(self):
        return sorted(taken.recipient for taken in self.taken)


@contextmanager
def running_sink(**options):
    sink = Sink(**options)
    thread = threading.Thread(target=sink.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.server.shutdown()
        sink.server.server_close()
        thread.join()

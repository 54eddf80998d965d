"""An IMAP server in this process with one mailbox: just what a poll says to it, written down word by word.

`replies` maps a command (LOGIN, SELECT, FETCH, …) to a function of its line that gives the tagged answer ("NO …"), None
for the usual one, or DROP to hang up. A command for a message may be named with its number: "STORE 2".
"""

import re
import socketserver
import threading
from contextlib import contextmanager

DROP = object()


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        imap = self.server.imap
        self.say("* OK ready")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            words = rest.removeprefix("UID ").split(" ")
            imap.heard.append(rest)
            own = [f"{words[0]} {words[1]}"] if len(words) > 1 else []
            reply = next((imap.replies[name](rest) for name in [*own, words[0]] if name in imap.replies), None)
            if reply is DROP:
                return
            if reply is None:
                reply = getattr(self, words[0].lower())(words[1:]) or "OK done"
            self.say(f"{tag} {reply}")
            if words[0] == "LOGOUT":
                return

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def capability(self, words):
        self.say("* CAPABILITY IMAP4rev1" + self.server.imap.capabilities)

    def login(self, words):
        return None

    def select(self, words):
        self.say(f"* {len(self.server.imap.mails)} EXISTS")
        return "OK [READ-WRITE] done"

    def search(self, words):
        first, last = map(int, words[0].split(":"))
        imap = self.server.imap
        found = [n for n in range(first, last + 1) if "\\Answered" not in imap.flags[n]]
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    def fetch(self, words):
        number, size = int(words[0]), int(re.search(r"<0\.(\d+)>", words[1])[1])
        content = self.server.imap.mails[number - 1][:size]
        self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (number, number, len(content), content))

    def store(self, words):
        self.server.imap.flags[int(words[0])] |= set(re.findall(r"\\\w+", " ".join(words[2:])))

    def logout(self, words):
        self.say("* BYE bye")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def get_request(self):
        connection, address = super().get_request()
        certificate = self.imap.certificate
        return (certificate.wrap_socket(connection, server_side=True) if certificate else connection), address

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is what these tests are about."""


class Imap:
    """`mails` holds bytes; message number and UID are the place in it, from 1."""

    capabilities = ""

    def __init__(self, certificate):
        self.mails, self.flags, self.heard, self.replies = [], {}, [], {}
        self.certificate = certificate
        self.server = Server(("127.0.0.1", 0), Session)
        self.server.imap = self
        self.port = self.server.server_address[1]

    def deliver(self, *mails):
        for mail in mails:
            self.mails.append(mail)
            self.flags[len(self.mails)] = set()

    @property
    def unread(self):
        return [number for number, flags in self.flags.items() if "\\Answered" not in flags]


@contextmanager
def running_imap(certificate=None):
    imap = Imap(certificate)
    thread = threading.Thread(target=imap.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield imap
    finally:
        imap.server.shutdown()
        imap.server.server_close()
        thread.join()

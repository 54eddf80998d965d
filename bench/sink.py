"""A bare mail server: `python -m bench.sink PORT MILLISECONDS` takes everything and keeps nothing but the count.

After each command it waits so many milliseconds before it answers. NOOP answers with how many mails were taken.
"""

import socketserver
import sys
import threading
import time

REPLIES = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}
taken, lock = 0, threading.Lock()


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        global taken
        self.rest = b""
        self.say(b"220 sink\r\n")
        try:
            while (line := self.until(b"\r\n")) is not None:
                verb = line[:4].upper()
                self.say(b"250 %d\r\n" % taken if verb == b"NOOP" else REPLIES.get(verb, b"250 ok\r\n"))
                if verb == b"DATA" and self.until(b"\r\n.\r\n") is not None:
                    with lock:
                        taken += 1
                    self.say(b"250 taken\r\n")
                elif verb == b"QUIT":
                    return
        except ConnectionError:
            pass

    def until(self, mark):
        """What comes before `mark`, or None when the client has gone."""
        while (end := self.rest.find(mark)) < 0:
            got = self.request.recv(65536)
            if not got:
                return None
            self.rest += got
        found, self.rest = self.rest[:end], self.rest[end + len(mark) :]
        return found

    def say(self, reply):
        if WAIT:
            time.sleep(WAIT)
        self.request.sendall(reply)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    disable_nagle_algorithm = True


if __name__ == "__main__":
    WAIT = float(sys.argv[2]) / 1000
    Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()

"""The product's own WSGI application called in this process, without a server in between."""

import io
import sys

SECRET = "b" * 32


class Caller:
    """A browser of sorts: `get` and `post` give (status, body). It keeps one CSRF cookie and, once signed in, a session."""

    def __init__(self, application):
        self.application = application
        self.cookies = {"csrftoken": SECRET}
        self.status = None

    def sign_in(self, user):
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.cookies["sessionid"] = session.session_key
        return self

    def get(self, path):
        return self._call("GET", path, b"")

    def post(self, path, body):
        return self._call("POST", path, body)

    def _call(self, method, path, body):
        address, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        answer = self.application(environ, self._started)
        text = b"".join(answer)
        answer.close()
        return self.status, text

    def _started(self, status, headers, exc_info=None):
        self.status = int(status[:3])

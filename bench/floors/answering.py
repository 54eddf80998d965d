"""Floor of answering: a WSGI function on the same server and the same tables.

It checks the same token, reads what was answered, joins a compiled page, reads the form by hand and writes a page or the
final answers in one committed statement that refuses whoever may not answer. What it leaves out: middleware, languages,
the ORM, cross-site checks (the link itself is the secret), a check of stored answers, and two tabs at once.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
from urllib.parse import unquote_plus

import psycopg

KEY = os.environ["SURVEY_LINK_KEY"].encode()
# {"pages": [[pieces…], …], "choices": {code: {text: value}}}, written by the measurement from the product's own pages.
with open(os.environ["BENCH_PAGES"]) as file:
    CONTENT = json.load(file)
PAGES, CHOICES = CONTENT["pages"], CONTENT["choices"]
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "strict-origin"),
]
MAY_ANSWER = "i.state IN ('invited', 'bounced', 'opted_out') AND r.state = 'open' AND r.closes_on >= current_date"
READ = f"""SELECT n.name, s.answers FROM surveys_invitation i JOIN surveys_round r ON r.id = i.round_id
  JOIN initiatives_initiative n ON n.id = r.initiative_id LEFT JOIN surveys_response s ON s.invitation_id = i.id
  WHERE i.id = %s AND i.link_version = %s AND {MAY_ANSWER}"""
SAVE = f"""INSERT INTO surveys_response (invitation_id, round_id, answers, language, saved_at)
  SELECT i.id, i.round_id, %s, 'en', now() FROM surveys_invitation i JOIN surveys_round r ON r.id = i.round_id
  WHERE i.id = %s AND i.link_version = %s AND {MAY_ANSWER}
  ON CONFLICT (invitation_id) DO UPDATE SET answers = surveys_response.answers || excluded.answers, saved_at = now()
  WHERE surveys_response.submitted_at IS NULL"""
SUBMIT = f"""WITH mine AS (UPDATE surveys_invitation i SET state = 'finished' FROM surveys_round r
    WHERE r.id = i.round_id AND i.id = %s AND i.link_version = %s AND {MAY_ANSWER} RETURNING i.id, i.round_id)
  INSERT INTO surveys_response (invitation_id, round_id, answers, language, saved_at, submitted_at)
  SELECT id, round_id, %s, 'en', now(), now() FROM mine
  ON CONFLICT (invitation_id) DO UPDATE SET answers = surveys_response.answers || excluded.answers,
    saved_at = now(), submitted_at = now()"""
local = threading.local()


def application(environ, start_response):
    _empty, _s, token, number, _rest = environ["PATH_INFO"].split("/")
    found, page = read_token(token), int(number)
    if environ["REQUEST_METHOD"] == "GET":
        row = found and execute(READ, found).fetchone()
        if not row:
            return refuse(start_response)
        body = render(PAGES[page - 1], token, *row).encode()
        start_response("200 OK", [*HEADERS, ("Content-Length", str(len(body)))])
        return [body]
    answers, go = parse(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    if not found or answers is None or not write(found, answers, go):
        return refuse(start_response)
    start_response("302 Found", [*HEADERS, ("Location", f"/s/{token}/{page + 1}/"), ("Content-Length", "0")])
    return [b""]


def refuse(start_response):
    start_response("404 Not Found", [*HEADERS, ("Content-Length", "0")])
    return [b""]


def read_token(token):
    content = base64.urlsafe_b64decode(token)
    body, seal = content[:8], content[8:]
    if not hmac.compare_digest(seal, hmac.digest(KEY, b"survey:" + body, hashlib.sha256)[:16]):
        return None
    return int.from_bytes(body[:6], "big"), int.from_bytes(body[6:], "big")


def render(pieces, token, name, answers):
    parts = pieces.copy()
    answers = answers or {}
    for index in range(1, len(parts), 2):
        kind, _, rest = parts[index].partition(":")
        if kind == "choice":
            code, _, value = rest.partition(":")
            parts[index] = " checked" if str(answers.get(code)) == value else ""
        elif kind == "text":
            parts[index] = escape(answers.get(rest[:-1], ""))
        elif kind == "base":
            parts[index] = f"/s/{token}/"
        else:
            parts[index] = escape(name) if kind == "initiative_name" else ""
    return "".join(parts)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def parse(body):
    """({code: value}, button), or (None, …) for an answer that nobody offered."""
    answers, go = {}, ""
    for pair in body.split("&"):
        name, _, text = pair.partition("=")
        if name in CHOICES:
            value = CHOICES[name].get(text) if CHOICES[name] else unquote_plus(text)[:5000]
            if value is None:
                return None, go
            answers[name] = value
        elif name == "go":
            go = text
    return answers, go


def write(found, answers, go):
    values = json.dumps(answers)
    done = execute(SUBMIT, (*found, values)) if go == "submit" else execute(SAVE, (values, *found))
    return done.rowcount


def execute(statement, values):
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return local.connection.execute(statement, values)

"""Floor of storing one response: one INSERT of one row with the answers as JSON, committed, on a kept raw connection."""

import json

TABLE = """CREATE TABLE floor_response (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invitation_id bigint UNIQUE,
  round_id bigint, answers jsonb, language text, saved_at timestamptz, submitted_at timestamptz)"""
INSERT = """INSERT INTO floor_response (invitation_id, round_id, answers, language, saved_at, submitted_at)
  VALUES (%s, %s, %s, 'en', now(), now())"""


def store(connection, invitation, answers):
    connection.execute(INSERT, (invitation, 1, json.dumps(answers)))

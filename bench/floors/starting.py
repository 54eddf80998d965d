"""Floor of starting a round: one INSERT … SELECT of all invitations, committed."""

import time

TABLE = """CREATE TABLE floor_invitation (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, round_id bigint,
  contact_id bigint, email text, name text, language text, organisation_name text, state text, due_at timestamptz,
  UNIQUE (round_id, contact_id))"""
START = """INSERT INTO floor_invitation (round_id, contact_id, email, name, language, organisation_name, state, due_at)
  SELECT %s, c.id, c.email, c.name, c.language, o.name, 'due', now() FROM partners_contact c
  JOIN partners_organisation o ON o.id = c.organisation_id
  WHERE c.initiative_id = %s AND c.left_on IS NULL AND c.reachability = 'reachable'"""


def seconds(connection, round, initiative):
    began = time.perf_counter()
    connection.execute(START, (round, initiative))
    return time.perf_counter() - began

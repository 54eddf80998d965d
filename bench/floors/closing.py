"""Floor of closing: one GROUP BY over answer rows for one breakdown, its results written and committed."""

import time

TABLES = """
CREATE TABLE floor_answer (invitation_id bigint NOT NULL, item text NOT NULL, sector text NOT NULL, value smallint,
  PRIMARY KEY (invitation_id, item));
CREATE TABLE floor_result (item text, sector text, n bigint, favourable bigint, mean numeric, deviation numeric)"""
SUMMARISE = """INSERT INTO floor_result
  SELECT item, sector, count(value), count(*) FILTER (WHERE value >= 4), avg(value), stddev_pop(value)
  FROM floor_answer GROUP BY item, sector"""


def fill(connection, rows):
    """`rows`: (invitation, item, sector, value or None), as many as there are answers."""
    connection.execute(TABLES)
    with connection.cursor() as cursor, cursor.copy("COPY floor_answer FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("ANALYZE floor_answer")


def milliseconds(connection):
    connection.execute("TRUNCATE floor_result")
    began = time.perf_counter()
    connection.execute(SUMMARISE)
    return (time.perf_counter() - began) * 1000

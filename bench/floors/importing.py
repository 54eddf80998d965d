"""Floor of an import: read the CSV, COPY it in, upsert sectors, organisations and contacts in one transaction."""

import csv
import io
import time

TABLES = """
CREATE TABLE floor_row (organisation text, sector text, name text, email text, role text);
CREATE TABLE floor_sector (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);
CREATE TABLE floor_organisation (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, sector_id bigint);
CREATE TABLE floor_contact (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organisation_id bigint, name text,
  email text UNIQUE, role text)"""
UPSERTS = (
    "INSERT INTO floor_sector (name) SELECT DISTINCT sector FROM floor_row ON CONFLICT DO NOTHING",
    """INSERT INTO floor_organisation (name, sector_id) SELECT DISTINCT ON (r.organisation) r.organisation, s.id
       FROM floor_row r JOIN floor_sector s ON s.name = r.sector ON CONFLICT DO NOTHING""",
    """INSERT INTO floor_contact (organisation_id, name, email, role) SELECT o.id, r.name, r.email, r.role
       FROM floor_row r JOIN floor_organisation o ON o.name = r.organisation
       ON CONFLICT (email) DO UPDATE SET name = excluded.name, role = excluded.role""",
)
COLUMNS = ("Organization", "Sector", "Name", "E-mail", "Role")


def seconds(connection, content):
    connection.execute("TRUNCATE floor_row, floor_sector, floor_organisation, floor_contact")
    began = time.perf_counter()
    rows = csv.DictReader(io.StringIO(content.decode()))
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy("COPY floor_row FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[column] for column in COLUMNS])
        for statement in UPSERTS:
            cursor.execute(statement)
    return time.perf_counter() - began

"""The demo's data files as Python values."""

import csv
import datetime
import io
import tomllib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FRIDAY = 4
DAYS_COLUMN, DATE_COLUMN = "Days a partner", "Partner since"


@cache
def read(name):
    """The table in `name`.toml; nobody may change it."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def workday(today, ago):
    """The day so many days before `today`; the Friday before where that is a weekend."""
    day = today - datetime.timedelta(days=ago)
    return day - datetime.timedelta(days=max(0, day.weekday() - FRIDAY))


def roster_file(today):
    """The roster as the CSV file somebody would upload on `today`: bytes, with dates where ours counts days."""
    rows = list(csv.DictReader(io.StringIO((HERE / "partners.csv").read_text(encoding="utf-8"))))
    text = io.StringIO()
    columns = [DATE_COLUMN if name == DAYS_COLUMN else name for name in rows[0]]
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for row in rows:
        since = today - datetime.timedelta(days=int(row.pop(DAYS_COLUMN)))
        writer.writerow(row | {DATE_COLUMN: since.isoformat()})
    return text.getvalue().encode()

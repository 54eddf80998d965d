"""What the log says of the demo, counted again by plain SQL and other code.

Nothing of the product is imported here (a test reads the imports). Input: a DB-API cursor, and the moment that is now.
"""

import datetime
import tomllib
import zoneinfo
from decimal import Decimal
from functools import partial
from pathlib import Path

DAY = datetime.timedelta(days=1)
ENTRIES = {
    "GV2": ("public_advocacy", ("time partners spoke up in public", "times partners spoke up in public")),
    "SM5": ("data_use", ("time partners used data", "times partners used data")),
    "CE2": ("community_support", ("sign of support from the community", "signs of support from the community")),
    "CE4": ("community_action", ("action of the community", "actions of the community")),
    "AP2": (
        "policy_advocacy",
        ("time a target audience spoke up for change", "times a target audience spoke up for change"),
    ),
    "MF1": ("funder_requirement", ("funder’s requirement noted", "funders’ requirements noted")),
}
ORIGINS = {"MF2": "redirected", "MF3": "new"}
THERE = ("present", "remote", "proxy")


def read_labels(path):
    """{code: English label} of the indicators that name a log."""
    found = tomllib.loads(Path(path).read_text(encoding="utf-8"))["indicator"]
    return {each["code"]: each["label"]["en"] for each in found if "log" in each}


class Counter:
    """Counts one initiative from its tables."""

    def __init__(self, cursor, slug, now):
        self.cursor = cursor
        columns = "id, time_zone, fiscal_year_starts_in, threshold"
        ((self.key, zone, self.month, self.least),) = self.rows(
            f"SELECT {columns} FROM initiatives_initiative WHERE slug = '{slug}'"
        )
        self.zone = zoneinfo.ZoneInfo(zone)
        self.now = now.astimezone(self.zone)
        self.today = self.now.date()

    def rows(self, sql):
        self.cursor.execute(sql.replace("{own}", f"initiative_id = {getattr(self, 'key', 0)}"))
        return self.cursor.fetchall()

    def quarter(self, back=0):
        """(first, last) of the quarter that runs, or of one before."""
        first = self.today.replace(day=1)
        while (first.month - self.month) % 3:
            first = (first - DAY).replace(day=1)
        for _ in range(3 * back):
            first = (first - DAY).replace(day=1)
        last = first
        for _ in range(3):
            last = (last.replace(day=28) + 7 * DAY).replace(day=1)
        return first, last - DAY

    def moment(self, value):
        if isinstance(value, str):
            value = datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)
        return value.astimezone(self.zone)

    def day(self, value):
        return self.moment(value).date()

    def meetings(self, first, last):
        """{key: whether it is the committee's} of those that have begun."""
        found = self.rows(
            "SELECT m.id, m.starts_at, g.kind FROM backbone_meeting m LEFT JOIN partners_group g ON g.id = m.group_id "
            "WHERE m.{own} AND m.deleted_at IS NULL AND m.cancelled_at IS NULL"
        )
        begun = [(key, self.day(at), kind) for key, at, kind in found if self.moment(at) <= self.now]
        return {key: kind == "steering_committee" for key, day, kind in begun if first <= day <= last}

    def strategic(self, first, last):
        ours = [key for key, is_committee in self.meetings(first, last).items() if is_committee]
        kinds = [kind for key, kind in self.rows("SELECT meeting_id, kind FROM backbone_agendaitem") if key in ours]
        return share(kinds.count("strategic"), len(kinds), "agenda items were strategic")

    def sectors(self, first, last):
        wanted = {
            sector
            for (sector,) in self.rows(
                "SELECT w.sector_id FROM partners_wantedseats w JOIN partners_group g ON g.id = w.group_id WHERE g.{own}"
            )
            if sector is not None
        }
        held = self.meetings(first, last)
        lines = self.rows("SELECT meeting_id, sector_id, state FROM backbone_attendance")
        lines = [line for line in lines if line[0] in held]
        there = {sector for _meeting, sector, state in lines if state in THERE}
        return share(len(wanted & there), len(wanted) if lines else 0, "wanted sectors took part")

    def attendance(self, first, last):
        held = self.meetings(first, last)
        lines = [
            line
            for line in self.rows(
                "SELECT meeting_id, contact_id, organisation_id, seat_id, state FROM backbone_attendance"
            )
            if line[0] in held and line[3] is not None
        ]
        if lines and (len({line[1] for line in lines}) < self.least or len({line[2] for line in lines}) < 2):
            return "too few to show"
        return share(sum(line[4] in THERE for line in lines), len(lines), "expected took part")

    def seats(self, first, last):
        if last < self.today:
            return None
        rows = self.rows(
            "SELECT s.sector_id, s.lived_experience, s.holder_id, s.starts_on, s.ends_on FROM partners_seat s "
            "JOIN partners_group g ON g.id = s.group_id WHERE g.{own} AND g.kind = 'steering_committee'"
        )
        today = self.today
        rows = [r for r in rows if r[2] and (not r[3] or date(r[3]) <= today) and (not r[4] or date(r[4]) >= today)]
        wanted = self.rows(
            "SELECT w.sector_id, w.seats FROM partners_wantedseats w JOIN partners_group g ON g.id = w.group_id "
            "WHERE g.{own} AND g.kind = 'steering_committee'"
        )
        filled = 0
        for sector, number in wanted:
            mine = [r for r in rows if (r[1] if sector is None else r[0] == sector)]
            filled += min(number, len(mine))
        return share(filled, sum(number for _sector, number in wanted), "wanted seats are held")

    def decisions(self, first, last):
        rows = [
            [date(value) for value in row]
            for row in self.rows(
                "SELECT d.raised_on, d.needed_by, d.decided_on FROM backbone_decision d JOIN partners_group g ON g.id = d.body_id "
                "WHERE d.{own} AND d.deleted_at IS NULL AND g.kind = 'steering_committee'"
            )
        ]
        end = min(last, self.today)
        days = sorted((decided - raised).days for raised, _need, decided in rows if decided and first <= decided <= end)
        waiting = [row for row in rows if row[0] <= end and (row[2] is None or row[2] > end)]
        over = end if last < self.today else end - DAY
        needed = [row for row in rows if row[1] and first <= row[1] <= over]
        if days:
            middle = Decimal(days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
            middle = middle.to_integral() if middle == middle.to_integral() else middle
            return f"{middle} {'day' if middle == 1 else 'days'} from raised to decided"
        if waiting or needed:
            return f"{len(waiting)} {'decision' if len(waiting) == 1 else 'decisions'} open, none taken"
        return None

    def contacts(self, first, last):
        days = self.rows(
            "SELECT a.held_on FROM backbone_activity a JOIN backbone_activityfunction s ON s.activity_id = a.id "
            "JOIN initiatives_function f ON f.id = s.function_id WHERE a.{own} AND a.deleted_at IS NULL AND f.code = 'policy'"
        )
        n = sum(first <= date(day) <= min(last, self.today) for (day,) in days)
        return f"{n} {'contact' if n == 1 else 'contacts'} logged" if n else None

    def entries(self, kind, words, first, last):
        """Entries of one kind with a link, a file, or somebody who confirmed them."""
        rows = self.rows(
            "SELECT happened_on, source_link, confirmed_by_id, confirmed_by_other, id FROM backbone_evidence "
            f"WHERE {{own}} AND deleted_at IS NULL AND kind = '{kind}'"
        )
        with_file = {key for (key,) in self.rows("SELECT evidence_id FROM backbone_evidenceattachment")}
        end = min(last, self.today)
        n = sum(
            first <= date(day) <= end and bool(link or contact or other or key in with_file)
            for day, link, contact, other, key in rows
        )
        return f"{n} {words[n != 1]}" if n else None

    def achievements(self, first, last):
        rows = self.rows(
            "SELECT held_on FROM backbone_activity WHERE {own} AND deleted_at IS NULL AND kind = 'achievement'"
        )
        n = sum(first <= date(day) <= min(last, self.today) for (day,) in rows)
        return f"{n} {'achievement' if n == 1 else 'achievements'} of partners spread" if n else None

    def policies(self, first, last):
        rows = self.rows(
            "SELECT p.id, s.reached_on, s.id, s.stage, s.alignment FROM backbone_policyitem p "
            "JOIN backbone_policystage s ON s.policy_item_id = p.id WHERE p.{own} AND p.deleted_at IS NULL"
        )
        standing = {}
        for item, on, *rest in sorted((r[0], date(r[1]), *r[2:]) for r in rows):
            if on <= min(last, self.today):
                standing[item] = rest[1:]
        good = [s for s, a in standing.values() if s in ("adopted", "in_force") and a in ("partly", "fully")]
        return share(len(good), len(standing), "policies are adopted or in force, and agree with the agenda")

    def resources(self, origin, first, last):
        rows = self.rows(
            "SELECT kind, amount, currency, pledged_on, received_on, fell_through_on FROM backbone_resource "
            f"WHERE {{own}} AND deleted_at IS NULL AND origin = '{origin}' "
            "AND (origin = 'redirected' OR recipient <> 'backbone')"
        )
        end = min(last, self.today)
        rows = [(kind, amount, currency, *map(date, days)) for kind, amount, currency, *days in rows]
        came = [row for row in rows if row[4] and first <= row[4] <= end]
        valued = [
            amounts([row for row in came if row[0] == kind]) + end_of
            for kind, end_of in (("money", ""), ("in_kind", " in kind"))
            if amounts([row for row in came if row[0] == kind])
        ]
        if valued:
            return f"{', '.join(valued)} {'new, and' if origin == 'new' else 'redirected and'} received"
        if came:
            return f"{len(came)} {'help' if len(came) == 1 else 'helps'} in kind received, not valued"
        settled = [row for row in rows if any(day and day <= end for day in row[4:6])]
        if pledged := amounts([row for row in rows if row[3] and row[3] <= end and row not in settled]):
            return f"nothing received {pledged} pledged"
        fell = amounts([row for row in rows if row[5] and first <= row[5] <= end])
        return f"nothing received {fell} fell through" if fell else None

    def promises(self, first, last):
        rows = self.rows(
            "SELECT organisation_id, made_on, due_on, settled_on, state FROM partners_commitment WHERE {own} AND deleted_at IS NULL"
        )
        due, made = [], []
        for organisation, made_on, due_on, settled_on, state in rows:
            day = date(due_on) or date(settled_on)
            if day and first <= day <= last and (state != "made" or day < self.today):
                due.append((organisation, state))
            if first <= date(made_on) <= min(last, self.today):
                made.append(organisation)
        if not (due or made):
            return None
        if len({organisation for organisation, _state in due} | set(made)) < self.least:
            return "too few to show"
        states = [state for _organisation, state in due if state != "released"]
        if not states:
            return f"{len(made)} {'promise' if len(made) == 1 else 'promises'} made, none due"
        return share(states.count("kept"), len(states), "promises due were kept")

    @property
    def ways(self):
        """{code: what counts it, from a first to a last day}."""
        return {
            "SC1": self.seats,
            "SA2": self.sectors,
            "BI1": self.strategic,
            "BI3": self.decisions,
            "AP1": self.contacts,
            "PCT-P": self.attendance,
            "PCT-C": self.promises,
            "BI6": self.achievements,
            "AP3": self.policies,
            **{code: partial(self.entries, *told) for code, told in ENTRIES.items()},
            **{code: partial(self.resources, origin) for code, origin in ORIGINS.items()},
        }

    def said(self):
        """{code: what the committee's page has to say}: the quarter that runs, or the one before, or nothing."""
        return {
            code: way(*self.quarter()) or way(*self.quarter(1)) or "nothing logged yet"
            for code, way in self.ways.items()
        }

    def said_of_periods(self, code):
        """{key of a period: words} of the newest twelve of each kind of which there is something to tell."""
        periods = self.rows("SELECT id, kind, starts_on, ends_on FROM backbone_logperiod WHERE {own}")
        told = {}
        for key, kind, first, last in sorted(periods, key=lambda row: str(row[3]), reverse=True):
            words = self.ways[code](date(first), date(last))
            if words and len(told.setdefault(kind, {})) < 12:
                told[kind][key] = words
        return {key: words for found in told.values() for key, words in found.items()}


def share(count, n, words):
    if not n:
        return None
    percent = int(Decimal(100 * count) / n + Decimal("0.5"))
    return f"{count} of {n} {words} ({percent}\u202f%)"


def amounts(rows):
    """ "3,000 EUR and 12,500 USD", each currency by itself; "" where nothing has a value."""
    sums = {}
    for _kind, amount, currency, *_days in rows:
        if amount is not None:
            sums[currency] = sums.get(currency, 0) + Decimal(str(amount))
    return " and ".join(f"{sums[currency]:,.2f}".removesuffix(".00") + f" {currency}" for currency in sorted(sums))


def date(value):
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value

"""The time zones that people may choose: places on a continent or an ocean, and UTC."""

import zoneinfo
from functools import cache

CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


@cache
def zone_names():
    """Names of the time zone database, sorted, "Europe/Paris" among them; UTC last."""
    named = (name for name in zoneinfo.available_timezones() if "/" in name and name.split("/")[0] in CONTINENTS)
    return (*sorted(named), "UTC")

"""The tables of the sla schema, as queries name them; the migrations make them."""

from sla.tables import (
    agreements,
    calendars,
    catalogue,
    clocks,
    directory,
    forecasts,
    measures,
    outages,
    punctuality,
    reviews,
    rollups,
    tickets,
    waivers,
    work,
)
from sla.tables.schema import METADATA

__all__ = [
    "METADATA",
    "agreements",
    "calendars",
    "catalogue",
    "clocks",
    "directory",
    "forecasts",
    "measures",
    "outages",
    "punctuality",
    "reviews",
    "rollups",
    "tickets",
    "waivers",
    "work",
]

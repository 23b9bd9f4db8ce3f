"""The tables of the sla schema for queries. The migrations create them."""

from sla.agreements import tables as agreements
from sla.calendars import tables as calendars
from sla.capacity import tables as capacity
from sla.catalogue import tables as catalogue
from sla.clocks import tables as clocks
from sla.clocks import ticket_tables as tickets
from sla.directory import tables as directory
from sla.evidence import tables as evidence
from sla.forecasts import tables as forecasts
from sla.goals import tables as goals
from sla.metadata import METADATA
from sla.outages import tables as outages
from sla.punctuality import tables as punctuality
from sla.reports import tables as reports
from sla.reviews import tables as reviews
from sla.time_entries import tables as time_entries
from sla.waivers import tables as waivers

__all__ = [
    "METADATA",
    "agreements",
    "calendars",
    "capacity",
    "catalogue",
    "clocks",
    "directory",
    "evidence",
    "forecasts",
    "goals",
    "outages",
    "punctuality",
    "reports",
    "reviews",
    "tickets",
    "time_entries",
    "waivers",
]

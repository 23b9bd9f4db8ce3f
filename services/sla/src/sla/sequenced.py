"""Where sla stores the sequences of its events and the numbers of its keys."""

from typing import Final

from common.persistence.sequenced import NumberSequence, Sequenced, Subjects
from sla.agreements.tables import agreements
from sla.capacity.tables import series
from sla.catalogue.tables import services
from sla.clocks.tables import clocks
from sla.evidence.tables import fact_anchors
from sla.forecasts.tables import forecasts
from sla.goals.tables import goal_warnings
from sla.outages.tables import budgets, conditions, maintenance_windows, outages
from sla.reviews.tables import reviews
from sla.time_entries.tables import reserved_hours_accounts
from sla.waivers.tables import waivers

SEQUENCED: Final[Subjects] = {
    "agreement": Sequenced(agreements),
    "service": Sequenced(services),
    "clock": Sequenced(clocks),
    "forecast": Sequenced(forecasts),
    "waiver": Sequenced(waivers),
    "outage": Sequenced(outages),
    "condition": Sequenced(conditions),
    "maintenance": Sequenced(maintenance_windows),
    "budget": Sequenced(budgets),
    "goal": Sequenced(goal_warnings),
    "series": Sequenced(series),
    "hours": Sequenced(reserved_hours_accounts),
    "review": Sequenced(reviews),
    "evidence": Sequenced(fact_anchors),
}
NUMBERS: Final = (
    NumberSequence("waiver_numbers", "WVR", "waiver"),
    NumberSequence("outage_numbers", "OUT", "outage"),
    NumberSequence("maintenance_numbers", "MW", "maintenance"),
    NumberSequence("action_item_numbers", "RA", "action"),
    NumberSequence("time_entry_numbers", "WRK", None),
)

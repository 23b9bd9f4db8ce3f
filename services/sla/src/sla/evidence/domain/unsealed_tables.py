"""The tables without seals, each with the reason (R16). Pure."""

from collections.abc import Mapping
from typing import Final

_QUEUE = "work that is not done yet; what comes of it is a fact"
_DIRECTORY = "a copy of intake's directory, whose audit trail and topic are intake's"
_COUNTED = "counted again by `verify` from clocks, tickets and work"
_FORECAST = "a guess and how it came out; nobody is measured by it"
_CHAIN = "a chain of its own, which `verify` computes again"
_ACCESS = "who may call; kept by the issuer of tokens and by intake"
_DELIVERY = "messages between services, which are deleted when they have had their effect"

NOT_SEALED: Final[Mapping[str, str]] = {
    "account_addresses": _ACCESS,
    "account_owners": _ACCESS,
    "alembic_version": "the release of the schema, which a test compares with the code",
    "audit": _CHAIN,
    "audit_leaves": _CHAIN,
    "audit_seals": _CHAIN,
    "availability_budgets": "which warnings of a month were sent; the availability is computed from outages",
    "availability_warnings": "which warnings of a month were sent; the availability is computed from outages",
    "bulk_update_items": _QUEUE,
    "capacity_forecasts": _FORECAST,
    "clock_figures": _COUNTED,
    "clocks": "computed again by `verify` from clock_inputs, column by column",
    "consumed_offsets": _DELIVERY,
    "contacts": _DIRECTORY,
    "customers": _DIRECTORY,
    "dead_letters": _DELIVERY,
    "deadlines": "what is due; `verify` names a clock without the deadline that it needs",
    "deployment": "to which database the Kafka group belongs",
    "deliveries": "a copy of what delivery-gate has announced",
    "dirty_days": _QUEUE,
    "ended_customers": _ACCESS,
    "environments": _DIRECTORY,
    "fact_anchors": "compared by `verify` with the chain and with what was published",
    "fact_salts": "goes when a contact is erased; `verify` compares what each one promises",
    "fact_seals": _CHAIN,
    "firings": "those of clocks are lines of the seals of days (punctuality)",
    "forecast_acknowledgements": _FORECAST,
    "forecast_marks": _FORECAST,
    "forecast_rounds": _FORECAST,
    "forecast_scores": _FORECAST,
    "forecast_subscriptions": "who wants to hear of forecasts",
    "forecasts": _FORECAST,
    "goal_warnings": "which warnings of a month were sent; goals are judged by clocks and outages",
    "handling_time_changes": _FORECAST,
    "handling_times": _FORECAST,
    "idempotency": _DELIVERY,
    "inbox": _DELIVERY,
    "lost_history": "what other services have lost in a restore, for people to decide",
    "outbox": _DELIVERY,
    "parked": _DELIVERY,
    "partners": _DIRECTORY,
    "pending_inputs": "a copy of intake's events, until a clock begins that they are inputs of",
    "people": _DIRECTORY,
    "punctuality_horizon": _QUEUE,
    "punctuality_seals": _CHAIN,
    "reserved_hours_accounts": "whether a warning was sent; the hours are computed from time_entries",
    "reserved_hours_bookings": "a copy of what intake has announced",
    "review_schedules": _QUEUE,
    "reviews": "the draft; what was published is in review_editions",
    "revoked_callers": _ACCESS,
    "revoked_tokens": _ACCESS,
    "sample_days": "counted again by `verify` from samples",
    "service_conditions": "computed from outages and the catalogue",
    "simulated_time": "empty in production",
    "stopped_sources": _DELIVERY,
    "teams": _DIRECTORY,
    "ticket_figures": _COUNTED,
    "ticket_state_changes": "a copy of intake's events",
    "tickets": "a copy of intake's tickets; `verify` compares the customer with that of the clocks",
    "time_entry_figures": _COUNTED,
    "time_figures": _COUNTED,
    "time_sums": _COUNTED,
}
"""Tables without seals, each with the reason."""

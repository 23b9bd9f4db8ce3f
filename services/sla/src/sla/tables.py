"""The tables of the sla schema, as queries name them; the migrations make them."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.database import metadata

METADATA = metadata()


def _moment(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True))


customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("timezone", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("tier", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

calendars = Table(
    "calendars",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("version", Integer),
    Column("definition", JSONB),
    Column("zone", JSONB),
    Column("created_by", Text),
    _moment("created_at"),
)

agreements = Table(
    "agreements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("contract", Text),
    Column("sequence", BigInteger),
)

agreement_versions = Table(
    "agreement_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("version", Integer),
    Column("service", Text),
    _moment("valid_from"),
    _moment("valid_until"),
    Column("promises", JSONB),
    Column("proposed_by", Text),
    _moment("proposed_at"),
    Column("published_by", Text),
    _moment("published_at"),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("title", Text),
    Column("kind", Text),
    Column("priority", Text),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    _moment("opened_at"),
    Column("agreement_version", Uuid),
    Column("agreement", Text),
)

early_inputs = Table(
    "early_inputs",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    _moment("at"),
)

clocks = Table(
    "clocks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("customer_id", Uuid),
    Column("metric", Text),
    Column("state", Text),
    _moment("deadline"),
    _moment("broken_at"),
    Column("outcome", Text),
    _moment("outcome_at"),
    _moment("next_at"),
    Column("ordinal", Integer),
    Column("sequence", BigInteger),
    Column("course", Text),
)

clock_inputs = Table(
    "clock_inputs",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    _moment("at"),
    _moment("known_at"),
    Column("body", Text),
    Column("blind", Boolean),
)

waivers = Table(
    "waivers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("clock_id", Uuid),
    Column("reason", Text),
    Column("requested_by", Text),
    _moment("requested_at"),
    _moment("expires_at"),
    Column("state", Text),
    Column("decided_by", Text),
    _moment("decided_at"),
    Column("decision", Text),
    Column("late", Boolean),
    Column("sequence", BigInteger),
)

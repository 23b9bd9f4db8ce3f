"""Tables: outages, their records and corrections, rules, maintenance windows, budgets."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant

outages = Table(
    "outages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    Column("source", Text),
    Column("source_id", Uuid),
    Column("ticket_id", Uuid),
    Column("effect", Text),
    instant("started_at"),
    instant("ended_at"),
    instant("until"),
    Column("counts", Boolean),
    Column("ordinal", Integer),
    Column("sequence", BigInteger),
)
"""`until` is computed: the end, or infinity."""

outage_records = Table(
    "outage_records",
    METADATA,
    Column("outage_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    Column("effect", Text),
    instant("started_at"),
    instant("ended_at"),
    Column("counts", Boolean),
    instant("known_at"),
    Column("said_by", Text),
    Column("second", Text),
    Column("reason", Text),
)

outage_corrections = Table(
    "outage_corrections",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("outage_id", Uuid),
    instant("started_at"),
    instant("ended_at"),
    Column("reopened", Boolean),
    Column("effect", Text),
    Column("counts", Boolean),
    Column("reason", Text),
    Column("state", Text),
    Column("requested_by", Text),
    instant("requested_at"),
    Column("decided_by", Text),
    instant("decided_at"),
)

outage_rules = Table(
    "outage_rules",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("rules", JSONB),
    Column("made_by", Text),
    instant("made_at"),
)

maintenance_windows = Table(
    "maintenance_windows",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    Column("title", Text),
    instant("starts_at"),
    instant("ends_at"),
    Column("announced_by", Text),
    instant("announced_at"),
    Column("agreed_by", Text),
    instant("agreed_at"),
    Column("cancelled_by", Text),
    instant("cancelled_at"),
    Column("sequence", BigInteger),
)

budgets = Table(
    "availability_budgets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement", Text),
    Column("customer_id", Uuid),
    Column("month", Date),
    Column("sequence", BigInteger),
)

budget_warnings = Table(
    "availability_warnings",
    METADATA,
    Column("budget_id", Uuid, primary_key=True),
    Column("share", Numeric, primary_key=True),
    instant("reached_at"),
    instant("known_at"),
)

conditions = Table(
    "service_conditions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    Column("because_of", ARRAY(Text)),
    instant("since"),
    Column("sequence", BigInteger),
)

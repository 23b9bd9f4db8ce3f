"""Tables: outages, their records and corrections, rules, maintenance windows, budgets."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

outages = Table(
    "outages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    Column("source", Text, nullable=False),
    Column("source_id", Uuid),
    Column("ticket_id", Uuid),
    Column("effect", Text, nullable=False),
    instant_column("started_at", nullable=False),
    instant_column("ended_at"),
    instant_column("until"),
    Column("counts", Boolean, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("reason", Text),
    Column("superseded_by", Text),
)
"""`until` is computed: the end, or infinity."""

outage_records = Table(
    "outage_records",
    METADATA,
    Column("outage_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("effect", Text, nullable=False),
    instant_column("started_at", nullable=False),
    instant_column("ended_at"),
    Column("counts", Boolean, nullable=False),
    instant_column("known_at", nullable=False),
    Column("created_by", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("reason", Text),
    Column("superseded_by", Text),
)

outage_corrections = Table(
    "outage_corrections",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("outage_id", Uuid, nullable=False),
    instant_column("started_at"),
    instant_column("ended_at"),
    Column("reopened", Boolean, nullable=False),
    Column("effect", Text),
    Column("counts", Boolean),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    instant_column("requested_at", nullable=False),
    Column("decided_by", Text),
    instant_column("decided_at"),
)

outage_rules = Table(
    "outage_rules",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("rules", JSONB, nullable=False),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
    Column("confirmed_by", Text),
)

outage_rule_requests = Table(
    "outage_rule_requests",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("based_on", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("requested_by", Text, nullable=False),
    instant_column("requested_at", nullable=False),
)

maintenance_windows = Table(
    "maintenance_windows",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    Column("title", Text, nullable=False),
    instant_column("starts_at", nullable=False),
    instant_column("ends_at", nullable=False),
    Column("announced_by", Text, nullable=False),
    instant_column("announced_at", nullable=False),
    Column("agreed_by", Text),
    instant_column("agreed_at"),
    Column("cancelled_by", Text),
    instant_column("cancelled_at"),
    Column("sequence", BigInteger, nullable=False),
    Column("moved_by", Text),
    instant_column("moved_at"),
)

budgets = Table(
    "availability_budgets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("month", Date, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

budget_warnings = Table(
    "availability_warnings",
    METADATA,
    Column("budget_id", Uuid, primary_key=True),
    Column("share", Numeric, primary_key=True),
    instant_column("reached_at", nullable=False),
    instant_column("known_at", nullable=False),
)

conditions = Table(
    "service_conditions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text, nullable=False),
    Column("caused_by", ARRAY(Text), nullable=False),
    instant_column("since"),
    Column("sequence", BigInteger, nullable=False),
)

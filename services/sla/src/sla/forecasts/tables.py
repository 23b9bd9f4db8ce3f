"""Tables: forecasts, handling times, rounds, scores, subscriptions, acknowledgements."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

handling_time_changes = Table(
    "handling_time_changes",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("clock_id", Uuid, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("metric", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("bin", SmallInteger, nullable=False),
    Column("stopped", SmallInteger, nullable=False),
    Column("censored", SmallInteger, nullable=False),
    Column("breached", Boolean),
    instant_column("at", nullable=False),
)

handling_times = Table(
    "handling_times",
    METADATA,
    Column("metric", Text, primary_key=True),
    Column("priority", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("bin", SmallInteger, primary_key=True),
    Column("stopped", BigInteger, nullable=False),
    Column("censored", BigInteger, nullable=False),
)

forecasts = Table(
    "forecasts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("clock_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("outlook", Text, nullable=False),
    Column("probability", Float, nullable=False),
    instant_column("expected_breach_at"),
    Column("metric", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("quarter", SmallInteger, nullable=False),
    Column("elapsed_seconds", BigInteger, nullable=False),
    Column("target_seconds", BigInteger, nullable=False),
    Column("ahead", Integer),
    Column("usual", Float, nullable=False),
    Column("known", Integer, nullable=False),
    Column("breach_share", Float),
    Column("level", SmallInteger, nullable=False),
    Column("prior", Float),
    Column("prior_level", SmallInteger, nullable=False),
    instant_column("created_at", nullable=False),
    instant_column("changed_at", nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

forecast_marks = Table(
    "forecast_marks",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("quarter", SmallInteger, primary_key=True),
    Column("metric", Text, nullable=False),
    Column("probability", Float, nullable=False),
    instant_column("created_at", nullable=False),
    Column("breached", Boolean),
    instant_column("settled_at"),
)

forecast_scores = Table(
    "forecast_scores",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("quarter", SmallInteger, primary_key=True),
    Column("bin", SmallInteger, primary_key=True),
    Column("forecasts", BigInteger, nullable=False),
    Column("expected", Float, nullable=False),
    Column("breached", BigInteger, nullable=False),
    Column("squares", Float, nullable=False),
)

forecast_rounds = Table(
    "forecast_rounds",
    METADATA,
    Column("single", Boolean, primary_key=True),
    Column("id", Uuid, nullable=False),
    instant_column("began_at"),
    Column("done", Boolean, nullable=False),
    instant_column("walked_deadline"),
    Column("walked_id", Uuid),
    Column("ahead", JSONB, nullable=False),
    Column("usual", JSONB, nullable=False),
)

forecast_subscriptions = Table(
    "forecast_subscriptions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("customer", Text),
    Column("service", Text),
    Column("outlook", Text, nullable=False),
    instant_column("created_at", nullable=False),
)

forecast_acknowledgements = Table(
    "forecast_acknowledgements",
    METADATA,
    Column("forecast_id", Uuid, primary_key=True),
    Column("sub", Text, primary_key=True),
    instant_column("at", nullable=False),
    Column("outlook", Text, nullable=False),
    Column("note", Text),
)

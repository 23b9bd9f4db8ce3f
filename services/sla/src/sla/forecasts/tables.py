"""Tables: forecasts and what they are made of, told to, and scored by."""

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

from sla.metadata import METADATA, instant

handling_news = Table(
    "handling_news",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("clock_id", Uuid),
    Column("cycle", Integer),
    Column("metric", Text),
    Column("priority", Text),
    Column("kind", Text),
    Column("month", Date),
    Column("bin", SmallInteger),
    Column("stopped", SmallInteger),
    Column("censored", SmallInteger),
    Column("broke", Boolean),
    instant("at"),
)

handling_times = Table(
    "handling_times",
    METADATA,
    Column("metric", Text, primary_key=True),
    Column("priority", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("bin", SmallInteger, primary_key=True),
    Column("stopped", BigInteger),
    Column("censored", BigInteger),
)

forecasts = Table(
    "forecasts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("clock_id", Uuid),
    Column("customer_id", Uuid),
    Column("open", Boolean),
    Column("outlook", Text),
    Column("probability", Float),
    instant("breaks_at"),
    Column("metric", Text),
    Column("priority", Text),
    Column("kind", Text),
    Column("cycle", Integer),
    Column("quarter", SmallInteger),
    Column("counted_seconds", BigInteger),
    Column("target_seconds", BigInteger),
    Column("ahead", Integer),
    Column("usual", Float),
    Column("known", Integer),
    Column("broke_share", Float),
    Column("level", SmallInteger),
    instant("made_at"),
    instant("changed_at"),
    Column("sequence", BigInteger),
)

forecast_marks = Table(
    "forecast_marks",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("quarter", SmallInteger, primary_key=True),
    Column("metric", Text),
    Column("probability", Float),
    instant("made_at"),
    Column("broke", Boolean),
    instant("settled_at"),
)

forecast_scores = Table(
    "forecast_scores",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("quarter", SmallInteger, primary_key=True),
    Column("bin", SmallInteger, primary_key=True),
    Column("forecasts", BigInteger),
    Column("expected", Float),
    Column("broke", BigInteger),
    Column("squares", Float),
)

forecast_rounds = Table(
    "forecast_rounds",
    METADATA,
    Column("single", Boolean, primary_key=True),
    Column("id", Uuid),
    instant("began_at"),
    Column("done", Boolean),
    instant("walked_deadline"),
    Column("walked_id", Uuid),
    Column("ahead", JSONB),
    Column("usual", JSONB),
)

forecast_subscriptions = Table(
    "forecast_subscriptions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text),
    Column("customer", Text),
    Column("service", Text),
    Column("outlook", Text),
    instant("made_at"),
)

forecast_acknowledgements = Table(
    "forecast_acknowledgements",
    METADATA,
    Column("forecast_id", Uuid, primary_key=True),
    Column("sub", Text, primary_key=True),
    instant("at"),
    Column("outlook", Text),
    Column("note", Text),
)

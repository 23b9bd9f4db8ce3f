"""The tables of sessions and of what ended them, as the migrations make them."""

from sqlalchemy import ARRAY, Column, LargeBinary, Table, Text, Uuid

from console.metadata import INSTANT, METADATA

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name_hash", LargeBinary, nullable=False, unique=True),
    Column("sub", Text, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("customer", Text),
    Column("issuer_session", Text),
    Column("language", Text),
    Column("zone", Text),
    Column("browser", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("access_expires_at", INSTANT, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
)

logout_tokens = Table(
    "logout_tokens",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("expires_at", INSTANT, nullable=False),
)

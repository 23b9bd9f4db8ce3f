"""Tables of people, customers, environments and services."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from escalation.metadata import INSTANT, METADATA

people = Table(
    "people",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("phone", Text),
)

personal_settings = Table(
    "personal_settings",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("channels", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("pending", JSONB(none_as_null=True)),
    Column("pending_by", Text),
    Column("pending_at", INSTANT),
    Column("changed_by", Text),
    Column("confirmed_by", Text),
    Column("sequence", BigInteger, nullable=False),
)

customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

services = Table(
    "services",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

"""Tables: customers, contacts, environments, people, teams, partners."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Table, Text, Uuid

from sla.metadata import METADATA

customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("day_zone", Text, nullable=False),
    Column("tier", Text),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("address_digests", ARRAY(Text), nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("tier", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

people = Table(
    "people",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("of_partner", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

teams = Table(
    "teams",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

partners = Table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

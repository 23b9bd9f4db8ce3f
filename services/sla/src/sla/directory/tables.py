"""Tables: customers, environments, partners."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid

from sla.metadata import METADATA

customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("timezone", Text),
    Column("day_zone", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer", Text),
    Column("address_digest", Text),
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

partners = Table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("retired", Boolean),
    Column("sequence", BigInteger),
)

"""Customers, contacts, environments, partners and people; services, which sla announces."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Table, Text, Uuid
from sqlalchemy.dialects import postgresql

from intake.metadata import METADATA, instant

customers = Table(
    "customers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("tier", Text),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("end_asked_by", Text),
    instant("end_asked_at"),
    Column("ended_by", Text),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("registered_by", Text),
    instant("registered_at"),
    Column("confirmed_by", Text),
    Column("retired", Boolean, nullable=False),
    Column("wants_mail", Boolean, nullable=False),
    Column("wants_notices", Boolean, nullable=False),
    Column("erased", Boolean, nullable=False),
    Column("other_addresses", postgresql.ARRAY(Text), nullable=False),
    Column("other_phones", postgresql.ARRAY(Text), nullable=False),
    Column("numbers", postgresql.ARRAY(Text), nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

environments = Table(
    "environments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("tier", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("end_asked_by", Text),
    instant("end_asked_at"),
    Column("ended_by", Text),
)

partners = Table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("email", Text),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

services = Table(
    "services",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("sold_to", ARRAY(Text), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

people = Table(
    "people",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("timezone", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("pending_roles", ARRAY(Text)),
    Column("pending_end", Boolean),
    Column("pending_by", Text),
    instant("pending_at"),
    Column("changed_by", Text),
    Column("confirmed_by", Text),
    Column("sequence", BigInteger, nullable=False),
)

teams = Table(
    "teams",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("members", ARRAY(Text), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)

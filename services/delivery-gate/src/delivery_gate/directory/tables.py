"""Whom intake announces: our own people, and contacts of customers, for whom the portal speaks."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from delivery_gate.metadata import METADATA, identity

people = Table(
    "people",
    METADATA,
    identity(),
    Column("sub", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("of_partner", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    UniqueConstraint("sub"),
    comment="Our people, to whom work may be given by their sub, and partners' people. No name, no address.",
)

contacts = Table(
    "contacts",
    METADATA,
    identity(),
    Column("customer", Text, nullable=False),
    Column("address_digests", ARRAY(Text), nullable=False, server_default="{}"),
    Column("sequence", BigInteger, nullable=False),
    Index("ix_contacts_addresses", "address_digests", postgresql_using="gin"),
    comment="No name, no address.",
)

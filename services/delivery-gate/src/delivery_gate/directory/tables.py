"""Contacts of customers, for whom the portal speaks."""

from sqlalchemy import ARRAY, BigInteger, Column, Index, Table, Text

from delivery_gate.metadata import METADATA, identity

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

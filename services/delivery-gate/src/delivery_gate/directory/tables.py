"""Contacts of customers, for whom the portal speaks."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from delivery_gate.metadata import METADATA, identity

contacts = Table(
    "contacts",
    METADATA,
    identity(),
    Column("customer", Text, nullable=False),
    Column("address_digest", Text),
    Column("sequence", BigInteger, nullable=False),
    Index(
        "ix_contacts_address",
        "address_digest",
        postgresql_where="address_digest IS NOT NULL",
    ),
    comment="No name, no address.",
)

"""Contacts that a service knows by the digest of their address."""

import pytest
from sqlalchemy import ARRAY, Column, MetaData, Table, Text, Uuid, insert

from common.auth import address_digest
from common.auth.contacts import UNKNOWN_NAME, find_contact
from common.persistence.database import Database
from common.persistence.ids import uuid7

contacts = Table(
    "contacts",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("customer", Text),
    Column("address_digests", ARRAY(Text)),
)
JAN, BRITTA, TWIN = uuid7(), uuid7(), uuid7()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("jan@acme.example", JAN),
        ("jan@home.example", JAN),
        ("nobody@acme.example", None),
        ("both@example.org", None),
    ],
)
async def test_a_contact_is_found_by_an_address_that_nobody_shares(
    database: Database, owner_url: str, address: str, found: object
) -> None:
    owner = Database(owner_url, database.schema, pool_size=1)
    rows = [
        (JAN, "acme", ["jan@acme.example", "jan@home.example"]),
        (BRITTA, "brightwater", ["both@example.org"]),
        (TWIN, "acme", ["twin@acme.example", "both@example.org"]),
    ]
    async with owner.transaction() as tx:
        await tx.run_sync(lambda connection: contacts.create(connection))
        await tx.execute(
            insert(contacts),
            [
                {"id": id, "customer": customer, "address_digests": [*map(address_digest, given)]}
                for id, customer, given in rows
            ],
        )
        contact = await find_contact(tx, address, contacts=contacts)
    await owner.close()
    assert (contact and contact.id) == found
    if contact is not None:
        assert (contact.name, contact.customer) == (UNKNOWN_NAME, "acme")

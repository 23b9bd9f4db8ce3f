"""Which accounts are one person: two people means two persons (R1).

A person may have several accounts: a member of staff, a customer's contact (with a token, or spoken
for by the portal), machines. Accounts with one address are one person's. So is an account that counts
for another one: a contact for who registered them, until a second person confirms the contact; a
machine for who answers for it. `is_one_person` in the base schema decides it, for the rules here and
for the constraints of the tables.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Text, all_, any_, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.schema import MetaData, Table

from common.auth.caller import Caller, address_digest
from common.events.directory import ContactKnown, PersonKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from common.persistence.upsert import upsert

_METADATA: Final = MetaData()
_addresses: Final = Table(
    "account_addresses",
    _METADATA,
    Column("account", Text, primary_key=True),
    Column("address_digest", Text, primary_key=True),
    Column("of_contact", Boolean, nullable=False),
)
_owners: Final = Table(
    "account_owners",
    _METADATA,
    Column("account", Text, primary_key=True),
    Column("owner", Text, nullable=False),
)
_COUNTED_AS: Final = text(
    "SELECT other FROM unnest(CAST(:others AS text[])) AS other"
    " WHERE is_one_person(:account, other) LIMIT 1"
)


_SAME_PERSON: Final = text(
    "SELECT other FROM unnest(CAST(:others AS text[])) AS other WHERE is_one_person(:account, other)"
)


async def counted_as(tx: Connection, account: str, *others: str | None) -> str:
    """Return under which account somebody counts against these others (None: nobody).

    It is the one among `others` that is the same person's, else `account` itself. Rules that need a
    second person get it in place of the caller's own account, and compare as ever.
    """
    named = [other for other in others if other is not None]
    if not named or account in named:
        return account
    parameters = {"account": account, "others": named}
    found: str | None = await tx.scalar(_COUNTED_AS, parameters)
    return found or account


async def same_person_accounts(
    tx: Connection, account: str, others: Collection[str]
) -> frozenset[str]:
    """Return those of these accounts that are the same person's."""
    unclear = [other for other in others if other != account]
    if not unclear:
        return frozenset(others)
    found = await tx.scalars(_SAME_PERSON, {"account": account, "others": unclear})
    return frozenset({*found, *({account} & set(others))})


async def record_caller(tx: Connection, caller: Caller) -> None:
    """Record what a verified token says of its account: the address, and who answers for it."""
    if caller.email is not None:
        digest = address_digest(caller.email)
        await _add_address(tx, caller.sub, digest, of_contact=caller.customer is not None)
    if caller.owner is not None:
        await upsert(tx, _owners, {"account": caller.sub, "owner": caller.owner}, key=("account",))


async def list_accounts_of_contact(tx: Connection, contact_id: UUID) -> list[str]:
    """Return the accounts of a contact's own that have signed in with the contact's address.

    An account of one of our own people is none of them, whatever address it has.
    """
    return await list_accounts_of_contacts(tx, [contact_id])


async def list_accounts_of_contacts(tx: Connection, contact_ids: Collection[UUID]) -> list[str]:
    """Return the accounts of these contacts' own (see `list_accounts_of_contact`)."""
    named = bindparam("named", [f"contact/{id}" for id in contact_ids], type_=ARRAY(Text))
    digests = select(_addresses.c.address_digest).where(_addresses.c.account == any_(named))
    of_contact = _addresses.c.address_digest.in_(digests) & _addresses.c.of_contact
    query = select(_addresses.c.account).where(of_contact, _addresses.c.account != all_(named))
    return list(await tx.scalars(query.distinct().order_by(_addresses.c.account)))


async def on_person(tx: Connection, received: ReceivedEvent[PersonKnown]) -> None:
    """Kafka in: the accounts of a member of staff."""
    await record_person(tx, received.event)


async def on_contact(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Kafka in: the accounts of a contact."""
    await record_contact(tx, received.event)


async def record_person(tx: Connection, event: PersonKnown) -> None:
    """Record the address of a member of staff. One who has left remains the same person."""
    await _add_address(tx, event.sub, address_digest(event.email), of_contact=False)


async def record_contact(tx: Connection, event: ContactKnown) -> None:
    """Record the address of a contact, and for whom they count until a second person confirms them.

    Of an erased contact nothing remains but the tie to who registered them; an address that is also
    one of our own people's stays theirs.
    """
    account = f"contact/{event.contact_id}"
    if event.erased:
        digests = select(_addresses.c.address_digest).where(_addresses.c.account == account)
        of_person = _addresses.c.address_digest.in_(digests)
        await tx.execute(delete(_addresses).where(of_person, _addresses.c.of_contact))
    elif event.address_digest is not None:
        for digest in (event.address_digest, *event.other_address_digests):
            await _add_address(tx, account, digest, of_contact=True)
    if event.counts_for is None:
        await tx.execute(delete(_owners).where(_owners.c.account == account))
    else:
        row = {"account": account, "owner": event.counts_for}
        await upsert(tx, _owners, row, key=("account",))


async def _add_address(tx: Connection, account: str, digest: str, *, of_contact: bool) -> None:
    """An account that is a contact's and one of our own people's is ours."""
    row = {"account": account, "address_digest": digest, "of_contact": of_contact}
    new = insert(_addresses).values(row)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["account", "address_digest"],
            set_={"of_contact": False},
            where=_addresses.c.of_contact & ~new.excluded.of_contact,
        )
    )

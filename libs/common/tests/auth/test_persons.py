"""Which accounts are one person, also for a contact who acts as the second one, and after an erasure (R1)."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.auth.caller import Caller, address_digest
from common.auth.persons import counted_as, on_contact, on_person, record_caller
from common.events.directory import ContactKnown, PersonKnown
from common.messaging.inbox import Handlers, for_each
from common.now import now
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from opsdesk_testing.row_walls import as_contact_of

HANDLERS: Handlers = {PersonKnown: for_each(on_person), ContactKnown: for_each(on_contact)}
ANNA = "anna@ours.example"
CONTACT = UUID(int=1)
CONTACT_ACCOUNT = f"contact/{CONTACT}"


def person(sub: str, email: str) -> PersonKnown:
    return PersonKnown(
        at=now(),
        person_id=UUID(int=9),
        sub=sub,
        name=sub,
        email=email,
        timezone="UTC",
        roles=[],
    )


def contact(address: str | None, *, counts_for: str | None = None) -> ContactKnown:
    """What intake announces of a contact; None as address: erased."""
    return ContactKnown(
        at=now(),
        contact_id=CONTACT,
        customer_id=UUID(int=2),
        customer="acme",
        language="en",
        address_digest=None if address is None else address_digest(address),
        counts_for=counts_for,
        erased=address is None,
    )


async def is_one(database: Database, one: str, other: str) -> bool:
    async with database.transaction() as tx:
        return await counted_as(tx, one, other) == other


async def test_one_address_or_who_answers_for_it_makes_one_person(database: Database) -> None:
    await deliver(
        database,
        HANDLERS,
        (person("anna", ANNA), 1),
        (contact("Anna@Ours.example", counts_for="omar"), 1),
    )
    async with database.transaction() as tx:
        await record_caller(tx, Caller("annas-pipeline", "CI", owner="anna"))
    assert await is_one(database, CONTACT_ACCOUNT, "anna"), "by the address"
    assert await is_one(database, CONTACT_ACCOUNT, "omar"), "who registered the contact"
    assert await is_one(database, "annas-pipeline", "anna"), "who answers for the machine"
    assert not await is_one(database, "anna", "theo")
    await deliver(database, HANDLERS, (contact(ANNA), 2))
    assert not await is_one(database, CONTACT_ACCOUNT, "omar"), "a second person confirmed it"


async def test_nobody_leaves_the_others_without_a_second_person(database: Database) -> None:
    """Neither by registering colleagues as contacts, nor by a contact's token that names their addresses."""
    gina = "gina@ours.example"
    also = contact(gina, counts_for="omar").model_copy(update={"contact_id": UUID(int=7)})
    await deliver(
        database,
        HANDLERS,
        (person("anna", ANNA), 1),
        (person("gina", gina).model_copy(update={"person_id": UUID(int=8)}), 1),
        (contact(ANNA, counts_for="omar"), 1),
        (also, 1),
    )
    async with database.transaction() as tx:
        for address in (ANNA, gina):
            await record_caller(tx, Caller("eve", "Eve", customer="acme", email=address))
    for one, other in (("omar", "anna"), ("omar", "gina"), ("anna", "gina")):
        assert not await is_one(database, one, other), (one, other)
        assert not await is_one(database, other, one), (other, one)
    for one, other in ((CONTACT_ACCOUNT, "omar"), (CONTACT_ACCOUNT, "anna"), ("eve", "gina")):
        assert await is_one(database, one, other), (one, other)
        assert await is_one(database, other, one), (other, one)


async def test_who_logs_in_as_a_contact_counts_for_who_registered_them(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await record_caller(tx, Caller("annas-friend", "", customer="acme", email="f@acme.example"))
    await deliver(database, HANDLERS, (contact("f@acme.example", counts_for="anna"), 1))
    assert await is_one(database, "annas-friend", "anna")


async def test_a_contact_is_counted_and_reads_nobody_s_accounts(database: Database) -> None:
    await deliver(database, HANDLERS, (person("anna", ANNA), 1), (contact(ANNA), 1))
    with as_contact_of("acme", CONTACT_ACCOUNT):
        async with database.transaction() as tx:
            assert await counted_as(tx, CONTACT_ACCOUNT, "theo", "anna") == "anna"
        for table in ("account_addresses", "account_owners"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with database.transaction() as tx:
                    await tx.execute(text(f"SELECT FROM {table}"))
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction() as tx:
                await tx.execute(text("SELECT accounts_of_person('anna')"))


async def test_nobody_s_temporary_table_decides_who_is_one_person(database: Database) -> None:
    """The function has its owner's rights, so it reads the schema's tables before all others"""
    function = "SELECT prosecdef, proconfig FROM pg_proc WHERE oid = 'is_one_person'::regproc"
    async with database.transaction() as tx:
        has_owners_rights, settings = (await tx.execute(text(function))).one()
    assert has_owners_rights
    assert settings == [f"search_path={database.schema}, pg_temp"]


async def test_an_erased_contact_leaves_our_own_peoples_accounts_as_they_are(
    database: Database,
) -> None:
    """Who is one of us, and was registered as a contact, stays one person with both accounts."""
    async with database.transaction() as tx:
        await record_caller(tx, Caller("anna", "Anna", customer="acme", email=ANNA))
        await record_caller(tx, Caller("annas-other", "Anna", email=ANNA))
        await record_caller(
            tx, Caller("jans-token", "Jan", customer="acme", email="jan@acme.example")
        )
    await deliver(database, HANDLERS, (person("anna", ANNA), 1), (contact(ANNA), 1))
    await deliver(database, HANDLERS, (contact("jan@acme.example"), 2), (contact(None), 3))
    assert await is_one(database, "annas-other", "anna")
    assert not await is_one(database, CONTACT_ACCOUNT, "anna")
    async with database.transaction() as tx:
        left = set(await tx.scalars(text("SELECT account FROM account_addresses")))
    assert left == {"anna", "annas-other"}, "nothing of the contact, whatever account it was"

"""A sender restored from a backup: `restored` puts it above all that it ever published."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.domain import Actor
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.restoration import restore as module
from common.restoration.lost_events import LostHistory
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import TopicsNotReadable
from common.restoration.restore import restore
from common.restoration.store import first_sequence, list_lost
from common.restoration.unsent import UnsentEvents
from opsdesk_testing.ledger import Paid, amounts
from opsdesk_testing.restored_bank import ACCOUNTS, OPS, Bank, position, receive

NOON = "2030-01-07T12:00:00Z"
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


async def test_a_restored_sender_goes_on_behind_everything_that_it_published(bank: Bank) -> None:
    """Without it the next event is number 4 again, with another id: a fork that stops the source."""
    for amount in (1, 2, 3):
        await bank.pay(ONE, amount)
    await bank.pay(TWO, 1)
    await bank.send()
    await bank.back_up()
    for amount in (4, 5):
        await bank.pay(ONE, amount)
    await bank.send()
    await receive(bank)
    await bank.set_back()
    assert await bank.sequence(ONE) == 3
    result = await bank.restore()
    (lost,) = result.lost
    assert (lost.subject, lost.stored_sequence, lost.published_sequence) == (
        f"account/{ONE}",
        3,
        5,
    )
    assert [one.sequence for one in lost.events] == [4, 5]
    assert (await bank.sequence(ONE), await bank.sequence(TWO)) == (6, 1)
    await bank.pay(ONE, 7)
    await bank.pay(TWO, 2)
    await bank.send()
    await receive(bank)
    assert await amounts(bank.database, ONE) == [1, 2, 3, 4, 5, 7]
    assert (await position(bank.database, ONE), await position(bank.database, TWO)) == (7, 2)
    async with bank.database.transaction() as tx:
        (listed,) = await list_lost(tx)
        who = await tx.scalar(text("SELECT who FROM audit WHERE action = 'history.mark_lost'"))
    assert (listed.subject, listed.exists, listed.restored_sequence) == (lost.subject, True, 6)
    assert [one["type"] for one in listed.events] == [Paid.type, Paid.type]
    assert who == "shell:omar"


async def test_what_the_sender_does_not_know_at_all_is_listed_and_begins_above(bank: Bank) -> None:
    await bank.back_up()
    for amount in (1, 2):
        await bank.pay(ONE, amount)
    await bank.send()
    await bank.set_back()
    (lost,) = (await bank.restore()).lost
    assert (lost.exists, lost.stored_sequence, lost.published_sequence) == (False, 0, 2)
    assert await bank.sequence(ONE) is None
    await bank.send()
    await receive(bank)
    assert await position(bank.database, ONE) == 3
    async with bank.database.transaction() as tx:
        assert await first_sequence(tx, Paid.source, f"account/{ONE}") == 3


async def test_a_second_run_finds_nothing_more(bank: Bank) -> None:
    await bank.pay(ONE, 1)
    await bank.send()
    await bank.back_up()
    await bank.pay(ONE, 2)
    await bank.pay(TWO, 1)
    await bank.send()
    await bank.set_back()
    assert len((await bank.restore()).lost) == 2
    assert (await bank.restore()).lost == []
    await bank.send()
    assert (await bank.restore()).lost == []
    assert await bank.sequence(ONE) == 3


async def test_one_that_dies_in_the_middle_is_run_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [UUID(int=number) for number in range(1, 6)]
    for account in accounts:
        await bank.pay(account, 1)
    await bank.back_up()
    for account in accounts:
        await bank.pay(account, 2)
    await bank.send()
    await bank.set_back()
    monkeypatch.setattr(module, "BATCH_SIZE", 2)
    whole, calls = module._restore_batch, 0

    async def dies(
        tx: Connection,
        own: OwnHistory,
        batch: Sequence[LostHistory],
        unsent: UnsentEvents,
        actor: Actor,
    ) -> list[LostHistory]:
        nonlocal calls
        calls += 1
        found = await whole(tx, own, batch, unsent, actor)
        if calls == 2:
            raise ConnectionError("died")
        return found

    monkeypatch.setattr(module, "_restore_batch", dies)
    with pytest.raises(ConnectionError):
        await bank.restore()
    assert sorted([await bank.sequence(one) or 0 for one in accounts]) == [1, 1, 1, 3, 3]
    assert len((await bank.restore()).lost) == 3
    assert [await bank.sequence(one) for one in accounts] == [3] * 5
    await bank.send()
    await receive(bank)
    assert [await position(bank.database, one) for one in accounts] == [3] * 5


async def test_a_sender_that_ran_before_it_was_run_is_put_above_both(bank: Bank) -> None:
    """The restored service has published numbers a second time: those are listed as well."""
    await bank.pay(ONE, 1)
    await bank.send()
    await bank.back_up()
    await bank.pay(ONE, 2)
    await bank.send()
    await bank.set_back()
    await bank.pay(ONE, 20)
    await bank.pay(ONE, 30)
    await bank.send()
    (lost,) = (await bank.restore()).lost
    assert (lost.forked_sequence, lost.published_sequence) == (2, 3)
    assert await bank.sequence(ONE) == 4
    assert (await bank.restore()).lost == []
    await bank.send()
    assert (await bank.restore()).lost == []


async def test_numbers_of_keys_are_not_given_twice(bank: Bank) -> None:
    numbered = _numbered(bank)
    async with bank.database.transaction() as tx:
        event = numbered(
            at=NOON,
            account=uuid4(),
            amount=1,
            payment="PAY-1500",
            title='"payment":"PAY-9999999"',
        )
        await tx.execute(text("SELECT nextval('note_numbers')"))
        await tx.execute(ACCOUNTS.insert().values(id=event.account, sequence=1))
        await publish(tx, OutboxEvent(event, 1))
    await bank.send()
    assert (await bank.restore()).numbers == {"payment_numbers": 2500, "note_numbers": 1001}
    assert (await bank.restore()).numbers == {}
    async with bank.database.transaction() as tx:
        assert await tx.scalar(text("SELECT nextval('payment_numbers')")) == 2501
        assert await tx.scalar(text("SELECT nextval('note_numbers')")) == 1002


async def test_numbers_count_that_the_relay_had_not_sent_when_the_backup_was_made(
    bank: Bank,
) -> None:
    """Its answers may have named more: they are counted from the last that is known, not from the last sent."""
    numbered = _numbered(bank)
    async with bank.database.transaction() as tx:
        for number, account in ((1500, uuid4()), (4000, uuid4())):
            event = numbered(at=NOON, account=account, amount=1, payment=f"PAY-{number}", title="x")
            await tx.execute(ACCOUNTS.insert().values(id=account, sequence=1))
            await publish(tx, OutboxEvent(event, 1))
    assert (await bank.restore()).numbers["payment_numbers"] == 5000
    await bank.send()
    assert (await bank.restore()).numbers == {}


def _numbered(bank: Bank) -> type[Any]:
    """A type of event that names the key of a payment."""

    class Numbered(Paid):
        payment: str
        title: str

    return type("NumberedHere", (Numbered,), {"topic": bank.topic, "__module__": __name__})


async def test_a_missing_topic_ends_it_before_anything_changes(bank: Bank) -> None:
    absent = OwnHistory(Paid.source, {"test.absent": bank.restored_event}, bank.own.subjects)
    with pytest.raises(TopicsNotReadable, match=r"test\.absent"):
        await restore(bank.database, bank.kafka, absent, OPS)


async def test_a_receiver_lists_what_its_sender_does_not_know(bank: Bank) -> None:
    await bank.back_up()
    await bank.pay(THREE, 1)
    await bank.send()
    await bank.set_back()
    await bank.restore()
    async with bank.database.transaction() as tx:
        await tx.execute(text("DELETE FROM lost_history"))  # what follows is the receiver's
    await bank.send()
    await receive(bank)
    async with bank.database.transaction() as tx:
        (listed,) = await list_lost(tx)
    assert (listed.source, listed.subject, listed.exists) == (
        Paid.source,
        f"account/{THREE}",
        False,
    )
    assert await amounts(bank.database, THREE) == [1]

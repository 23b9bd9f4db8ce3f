"""What a restored sender has in its outbox, and the names of its topics."""

from dataclasses import replace
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.ledger import amounts
from opsdesk_testing.restored_bank import Bank, position, receive

ONE, TWO = UUID(int=1), UUID(int=2)


async def test_what_it_told_without_kafka_after_the_restore_leaves_behind_the_rest(
    bank: Bank,
) -> None:
    """These events have taken sequences that others know already: as they are they would be dropped."""
    await bank.pay(ONE, 1)
    await bank.send()
    await bank.back_up()
    for amount in (2, 3):
        await bank.pay(ONE, amount)
    await bank.send()
    await receive(bank)
    await bank.set_back()
    for amount in (20, 30, 40):
        await bank.pay(ONE, amount)
    (lost,) = (await bank.restore()).lost
    assert (lost.stored_sequence, lost.published_sequence, lost.forked_sequence) == (1, 3, None)
    assert await bank.sequence(ONE) == 7
    assert (await bank.restore()).lost == []
    await bank.pay(ONE, 50)
    await bank.send()
    await receive(bank)
    assert await amounts(bank.database, ONE) == [1, 2, 3, 20, 30, 40, 50]
    assert await position(bank.database, ONE) == 8


async def test_what_the_backup_had_not_sent_yet_and_kafka_has_is_not_lost(bank: Bank) -> None:
    await bank.pay(ONE, 1)
    await bank.pay(TWO, 1)
    await bank.back_up()
    await bank.pay(ONE, 2)
    await bank.send()
    await receive(bank)
    await bank.set_back()
    (lost,) = (await bank.restore()).lost
    assert (lost.subject, lost.stored_sequence) == (f"account/{ONE}", 1)
    await bank.pay(TWO, 2)
    await bank.send()
    await receive(bank)
    assert await amounts(bank.database, ONE) == [1, 2]
    assert (await position(bank.database, ONE), await position(bank.database, TWO)) == (3, 2)


async def test_topics_with_a_prefix_are_read_under_their_name(
    database: Database, owner_url: str, kafka: Kafka, bank: Bank
) -> None:
    acme = replace(kafka, topic_prefix=f"acme-{uuid7()}")
    await create_topic(acme, "opsdesk.bank")
    theirs = Bank(database, owner_url, acme, "opsdesk.bank")
    await theirs.back_up()
    await theirs.pay(ONE, 1)
    await theirs.send()
    await theirs.set_back()
    (lost,) = (await theirs.restore()).lost
    assert (lost.topic, lost.published_sequence) == ("opsdesk.bank", 1)
    await theirs.send()
    await receive(theirs)
    assert await position(database, ONE) == 2


async def create_topic(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics(
        [NewTopic(kafka.topic(topic), num_partitions=3, replication_factor=1)]
    )
    await admin.close()

"""Two databases on one Kafka: the second one is refused, and events do not go astray."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import InconsistentGroupProtocolError
from sqlalchemy import text

from common.cli.deployment import check_deployment
from common.http import Service
from common.messaging import deployment_identity
from common.messaging.consumer import Consumer
from common.messaging.deployment_identity import (
    Deployment,
    ForeignDeploymentError,
    read_deployment,
    verify_deployment,
)
from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.settings import Settings
from opsdesk_testing.client import settings_for
from opsdesk_testing.ledger import Paid, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

ONE = uuid7()


@pytest.fixture
def group() -> str:
    """The service's name, with a group that nobody has used."""
    return f"test-{uuid7()}"


@pytest.fixture
def change_identity(database: Database, owner_url: str) -> Callable[[], Any]:
    """Make the database another one."""

    async def change() -> None:
        owner = await asyncpg.connect(owner_url)
        await owner.execute(f"UPDATE {database.schema}.deployment SET id = gen_random_uuid()")
        await owner.close()

    return change


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    yield admin
    await admin.close()


async def test_a_new_group_is_claimed_before_its_first_event(
    database: Database, kafka: Kafka, topic: str, group: str, admin: AIOKafkaAdminClient
) -> None:
    deployment = await verify_deployment(database, kafka, group, [topic])
    committed = await admin.list_consumer_group_offsets(f"opsdesk.{group}")
    assert {tp.partition: one.offset for tp, one in committed.items()} == {0: 0, 1: 0, 2: 0}
    assert {one.metadata for one in committed.values()} == {f"deployment {deployment.id}"}
    assert await verify_deployment(database, kafka, group, [topic]) == deployment


async def test_a_claim_moves_no_offset(
    database: Database, kafka: Kafka, topic: str, group: str, admin: AIOKafkaAdminClient
) -> None:
    client = AIOKafkaConsumer(
        **kafka.options(), group_id=f"opsdesk.{group}", enable_auto_commit=False
    )
    await client.start()
    client.assign([TopicPartition(topic, 1)])
    await client.commit({TopicPartition(topic, 1): 7})
    await client.stop()
    await verify_deployment(database, kafka, group, [topic])
    committed = await admin.list_consumer_group_offsets(f"opsdesk.{group}")
    assert {tp.partition: one.offset for tp, one in committed.items()} == {0: 0, 1: 7, 2: 0}


async def test_another_database_is_refused(
    database: Database, kafka: Kafka, topic: str, group: str, change_identity: Callable[[], Any]
) -> None:
    await verify_deployment(database, kafka, group, [topic])
    await change_identity()
    with pytest.raises(
        ForeignDeploymentError, match=f"group opsdesk.{group} at .* another database"
    ):
        await verify_deployment(database, kafka, group, [topic])


async def test_a_service_that_reads_no_topic_is_refused_as_well(
    database: Database, kafka: Kafka, topic: str, change_identity: Callable[[], Any]
) -> None:
    """It sends: its group stands on its own topic of dead letters."""
    service = topic.removeprefix("test.")
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        await admin.create_topics([NewTopic(f"opsdesk.dead-letters.{service}", 1, 1)])
        await verify_deployment(database, kafka, service, [])
        await change_identity()
        with pytest.raises(ForeignDeploymentError):
            await verify_deployment(database, kafka, service, [])
    finally:
        await admin.delete_topics([f"opsdesk.dead-letters.{service}"])
        await admin.close()


async def test_of_two_claims_at_the_same_instant_one_is_refused(
    database: Database,
    kafka: Kafka,
    topic: str,
    group: str,
    change_identity: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both found the group without an owner; what decides is who has it afterwards."""
    claim = deployment_identity._claim

    async def slow_claim(*arguments: Any) -> None:
        await change_identity()
        monkeypatch.setattr(deployment_identity, "_claim", claim)
        await verify_deployment(database, kafka, group, [topic])
        # The other one's commit has been overtaken by this one.

    monkeypatch.setattr(deployment_identity, "_claim", slow_claim)
    with pytest.raises(ForeignDeploymentError):
        await verify_deployment(database, kafka, group, [topic])


async def test_of_two_databases_in_one_group_at_the_same_instant_kafka_refuses_one(
    kafka: Kafka, topic: str, group: str
) -> None:
    """Also where neither has committed anything by which the other could know it."""

    async def join(deployment: Deployment) -> AIOKafkaConsumer:
        client = AIOKafkaConsumer(
            topic,
            **kafka.options(),
            group_id=group,
            partition_assignment_strategy=[deployment.assignor],
        )
        try:
            await client.start()
        except BaseException:
            await client.stop()
            raise
        return client

    joining = [join(Deployment(name)) for name in ("one", "other")]
    results: list[Any] = list(await asyncio.gather(*joining, return_exceptions=True))
    outcomes = sorted(results, key=lambda one: isinstance(one, BaseException))
    assert isinstance(outcomes[0], AIOKafkaConsumer)
    await outcomes[0].stop()
    assert isinstance(outcomes[1], InconsistentGroupProtocolError)


async def test_a_foreign_consumer_receives_nothing_and_says_why(
    database: Database,
    kafka: Kafka,
    topic: str,
    group: str,
    owner_url: str,
    change_identity: Callable[[], Any],
    admin: AIOKafkaAdminClient,
) -> None:
    await make_tables(database, owner_url)
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    first = Consumer(database, kafka, group, {here: on_paid})
    record = record_of(paid_event(ONE, 1), 1)
    producer = AIOKafkaProducer(**kafka.options())
    await producer.start()
    await producer.send_and_wait(topic, record.body, key=record.key, headers=list(record.headers))
    await producer.stop()
    async with run_until_exit(first):
        await until(lambda: _has_applied(database))
        await until(lambda: _committed(admin, group))
    committed = await admin.list_consumer_group_offsets(f"opsdesk.{group}")
    await change_identity()
    foreign = Consumer(database, kafka, group, {here: on_paid})
    async with run_until_exit(foreign):
        await until(lambda: "belongs to another database" in str(foreign.trouble))
    assert await admin.list_consumer_group_offsets(f"opsdesk.{group}") == committed


async def _has_applied(database: Database) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(text("SELECT EXISTS (SELECT 1 FROM inbox)")))


async def _committed(admin: AIOKafkaAdminClient, group: str) -> bool:
    committed = await admin.list_consumer_group_offsets(f"opsdesk.{group}")
    return sum(one.offset for one in committed.values()) == 1 and all(
        one.metadata.startswith("deployment ") for one in committed.values()
    )


async def test_serve_ends_with_a_sentence(
    database: Database, kafka: Kafka, topic: str, group: str, change_identity: Callable[[], Any]
) -> None:
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    service = Service(group, database.schema, "Test", Settings, (), {here: on_paid})
    settings = settings_for(Settings, database.url, kafka_bootstrap_servers=kafka.servers)
    await check_deployment(service, settings)
    await change_identity()
    with pytest.raises(SystemExit, match=r"does not start: the Kafka group opsdesk.* belongs to"):
        await check_deployment(service, settings)


async def test_another_prefix_is_another_group(
    database: Database, kafka: Kafka, topic: str, group: str, change_identity: Callable[[], Any]
) -> None:
    await verify_deployment(database, kafka, group, [topic])
    await change_identity()
    acme = Kafka(kafka.servers, topic_prefix="acme.opsdesk")
    assert acme.group(group) == f"acme.opsdesk.{group}"
    await verify_deployment(database, acme, group, [topic])


async def test_without_kafka_serve_goes_on(database: Database, group: str) -> None:
    """Intake accepts tickets without it; nothing is sent before the check is made up for."""
    service = Service(group, database.schema, "Test", Settings, ())
    away = settings_for(Settings, database.url, kafka_bootstrap_servers="127.0.0.1:1")
    await check_deployment(service, away)


async def test_the_identity_is_not_the_runtime_roles_to_change(database: Database) -> None:
    before = await read_deployment(database)
    for change in ("UPDATE deployment SET id = gen_random_uuid()", "DELETE FROM deployment"):
        with pytest.raises(Exception, match="permission denied"):
            async with database.transaction() as tx:
                await tx.execute(text(change))
    assert await read_deployment(database) == before

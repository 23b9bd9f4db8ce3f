"""TLS to a real PostgreSQL and a real Kafka: whoever is not the one that was meant is refused.

The settings are those of production, from the environment, as a replica reads them.
"""

import asyncio
import os
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from common.cli.migrate import migrate_service
from common.cli.server import check_time_mode
from common.messaging.kafka import Kafka, with_timeout
from common.persistence.database import Database, asyncpg_connection
from common.settings import load_settings
from common.settings_database import MigrationSettings
from opsdesk.errors import CliError
from opsdesk.topic_reader import open_consumer
from opsdesk_local import open_state, prepare_database
from sla.app import SERVICE
from sla.settings import SlaSettings
from tests.security.authority import Authority
from tests.security.secured_servers import (
    NEXT_USER,
    PASSWORD,
    USER,
    folder_for_servers,
    kafka_by_sasl_ssl,
    postgres_by_tls,
)

pytestmark = pytest.mark.thorough

TOPIC = "opsdesk.tickets"
ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Secured:
    """Servers whose certificates are of `authority` and for the name `localhost` alone."""

    authority: Path
    stranger: Path
    admin_url: str
    kafka: str


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    state = open_state()
    with folder_for_servers(state) as folder:
        authority = Authority(folder / "ca", "ours")
        stranger = Authority(folder / "ca", "stranger")
        certificate = authority.issue("localhost")
        with (
            kafka_by_sasl_ssl(state, folder, certificate) as kafka,
            postgres_by_tls(state, folder, certificate) as postgres,
        ):
            admin = postgres.admin_url.replace("127.0.0.1", "localhost")
            trust = f"?sslmode=verify-full&sslrootcert={authority.file}"
            yield Secured(authority.file, stranger.file, admin + trust, kafka)


@pytest.fixture(scope="module")
async def urls(secured: Secured) -> Mapping[str, str]:
    """The addresses of both roles of sla, without a word about TLS."""
    found = (await prepare_database(secured.admin_url, open_state().password))["sla"]
    return {
        "OPSDESK_DATABASE_URL": found.runtime.partition("?")[0],
        "OPSDESK_MIGRATION_DATABASE_URL": found.owner.partition("?")[0],
    }


@pytest.fixture
def production(
    monkeypatch: pytest.MonkeyPatch, secured: Secured, urls: Mapping[str, str], tmp_path: Path
) -> pytest.MonkeyPatch:
    for name in [name for name in os.environ if name.startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    given = {
        **urls,
        "OPSDESK_DATABASE_CA_FILE": str(secured.authority),
        "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": secured.kafka,
        "OPSDESK_KAFKA_SECURITY": "SASL_SSL",
        "OPSDESK_KAFKA_USERNAME": USER,
        "OPSDESK_KAFKA_PASSWORD_FILE": str(tmp_path / "password"),
        "OPSDESK_KAFKA_CA_FILE": str(secured.authority),
        "OPSDESK_ISSUER": "https://id.example",
        "OPSDESK_JWKS_URL": "https://id.example/jwks",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def connect_in_every_way(settings: SlaSettings) -> list[bool]:
    """Connect by Alembic, by SQLAlchemy and by asyncpg; whether each connection was encrypted."""
    await migrate_service(SERVICE, load_settings(MigrationSettings, SlaSettings))
    database = Database(settings.database_url.get_secret_value(), SERVICE.schema, pool_size=1)
    try:
        async with database.transaction() as tx:
            pooled = await (await asyncpg_connection(tx)).fetchval(ENCRYPTED)
        dedicated = await database.dedicated_connection()
        alone = await dedicated.fetchval(ENCRYPTED)
        await dedicated.close()
    finally:
        await database.close()
    return [pooled, alone]


async def test_one_setting_encrypts_every_way_to_postgresql(
    production: pytest.MonkeyPatch,
) -> None:
    """Alembic as well: the server takes nobody without TLS."""
    assert await connect_in_every_way(load_settings(SlaSettings)) == [True, True]


@pytest.mark.parametrize("way", ["migrate", "pool", "dedicated"])
async def test_an_authority_that_is_not_ours_is_refused_in_every_way(
    production: pytest.MonkeyPatch, secured: Secured, way: str
) -> None:
    production.setenv("OPSDESK_DATABASE_CA_FILE", str(secured.stranger))
    with pytest.raises(ssl.SSLCertVerificationError):
        await _go(way, load_settings(SlaSettings))


@pytest.mark.parametrize("way", ["migrate", "pool", "dedicated"])
async def test_another_machine_with_a_certificate_of_ours_is_refused_in_every_way(
    production: pytest.MonkeyPatch, urls: Mapping[str, str], way: str
) -> None:
    """verify-full compares the name; verify-ca, if somebody asks for it, does not."""
    for name, url in urls.items():
        production.setenv(name, url.replace("localhost", "127.0.0.1"))
    with pytest.raises(ssl.SSLCertVerificationError):
        await _go(way, load_settings(SlaSettings))
    production.setenv("OPSDESK_DATABASE_TLS", "verify-ca")
    await _go(way, load_settings(SlaSettings))


async def test_authorities_are_rotated_with_both_in_the_file(
    production: pytest.MonkeyPatch, secured: Secured, tmp_path: Path
) -> None:
    """The old and the new authority are trusted while servers get new certificates."""
    both = tmp_path / "both.pem"
    both.write_bytes(secured.stranger.read_bytes() + secured.authority.read_bytes())
    for name in ("OPSDESK_DATABASE_CA_FILE", "OPSDESK_KAFKA_CA_FILE"):
        production.setenv(name, str(both))
    settings = load_settings(SlaSettings)
    assert await connect_in_every_way(settings) == [True, True]
    async with AIOKafkaProducer(**Kafka.from_settings(settings).options()) as producer:
        assert await producer.client.fetch_all_metadata()


async def test_a_replica_that_may_not_trust_its_database_does_not_start(
    production: pytest.MonkeyPatch, secured: Secured
) -> None:
    """It would wait for ever otherwise, as for a database that is not there yet."""
    production.setenv("OPSDESK_DATABASE_CA_FILE", str(secured.stranger))
    with pytest.raises(SystemExit, match="OPSDESK_DATABASE_CA_FILE"):
        async with asyncio.timeout(10):
            await check_time_mode(SERVICE, load_settings(SlaSettings))


async def _go(way: str, settings: SlaSettings) -> None:
    if way == "migrate":
        await migrate_service(SERVICE, load_settings(MigrationSettings, SlaSettings))
        return
    database = Database(settings.database_url.get_secret_value(), SERVICE.schema, pool_size=1)
    try:
        if way == "pool":
            async with database.transaction() as tx:
                await asyncpg_connection(tx)
        else:
            await (await database.dedicated_connection()).close()
    finally:
        await database.close()


@pytest.fixture
async def topic(production: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka.from_settings(load_settings(SlaSettings))
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    if TOPIC not in await admin.list_topics():
        await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    return kafka


async def test_producer_consumer_and_command_line_speak_to_a_secured_kafka(topic: Kafka) -> None:
    async with AIOKafkaProducer(**topic.options(), acks="all") as producer:
        await producer.send_and_wait(TOPIC, b"{}", headers=[("ce_type", b"hello")])
    async with AIOKafkaConsumer(TOPIC, **topic.options(), auto_offset_reset="earliest") as consumer:
        record = await with_timeout(20, consumer.getone())
    assert record.value == b"{}"
    async with open_consumer(topic.servers, TOPIC, from_start=True) as reader:
        assert (await with_timeout(20, reader.getone())).value == b"{}"


async def test_a_second_kafka_user_works_beside_the_first(
    topic: Kafka, production: pytest.MonkeyPatch
) -> None:
    """So a password is rotated: replicas move to the second user one after the other."""
    production.setenv("OPSDESK_KAFKA_USERNAME", NEXT_USER)
    second = Kafka.from_settings(load_settings(SlaSettings))
    async with (
        AIOKafkaProducer(**topic.options()) as before,
        AIOKafkaProducer(**second.options()) as after,
    ):
        for producer in (before, after, before):
            assert (await producer.send_and_wait(TOPIC, b"{}")).topic == TOPIC


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSDESK_KAFKA_CA_FILE", "stranger"),
        ("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1"),
        ("OPSDESK_KAFKA_USERNAME", "sales"),
    ],
)
async def test_another_authority_name_or_user_is_refused_by_kafka_and_us(
    production: pytest.MonkeyPatch, secured: Secured, name: str, value: str
) -> None:
    given = {
        "stranger": str(secured.stranger),
        "127.0.0.1": secured.kafka.replace("localhost", "127.0.0.1"),
    }
    production.setenv(name, given.get(value, value))
    kafka = Kafka.from_settings(load_settings(SlaSettings))
    producer = AIOKafkaProducer(**kafka.options())
    try:
        with pytest.raises(KafkaError):
            await with_timeout(20, producer.start())
    finally:
        await producer.stop()
    with pytest.raises(CliError):
        async with open_consumer(kafka.servers, TOPIC):
            pass

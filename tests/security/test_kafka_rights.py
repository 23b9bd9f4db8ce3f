"""The rights that `acls` prints are enough for each of them, and no more: on a Kafka that refuses everything else.

TLS, passwords and an authorizer, as in production. What is printed is what is granted here.
"""

import os
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.admin import CreateAclsRequest
from typer.testing import CliRunner

from common.cli import create_cli
from common.doctor.kafka import OPERATIONS, examine_kafka
from common.http import Service
from common.messaging import topic_admin
from common.messaging.kafka import Kafka
from common.messaging.kafka_requests import SetTopicConfigurations
from common.settings import load_settings
from common.settings_kafka import KafkaSettings
from intake.app import SERVICE as INTAKE
from opsdesk_local import open_state
from opsdesk_local.topics import run_blocking
from sla.app import SERVICE as SLA
from tests.security.authority import Authority
from tests.security.secured_servers import PASSWORD, folder_for_servers, kafka_by_sasl_ssl

pytestmark = pytest.mark.thorough

ADMINISTRATOR, TOPICS, SLA_USER, INTAKE_USER, TEAM = (
    "admin", "opsdesk-topics", "opsdesk-sla", "opsdesk-intake", "bi",
)  # fmt: skip
RESOURCES = {"--topic": 2, "--group": 3}
PREFIXED, LITERAL, ALLOW = 4, 3, 3


@dataclass(frozen=True, slots=True)
class Broker:
    servers: str
    authority: Path

    def as_user(self, user: str) -> Kafka:
        return Kafka(
            self.servers, "SASL_SSL", "SCRAM-SHA-512", user, PASSWORD, ca_file=self.authority
        )


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A Kafka on which each of them has what was printed for it."""
    authorizer = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The broker itself comes without a name, on a port that clients do not reach.
        "super.users": f"User:{ADMINISTRATOR};User:ANONYMOUS",
    }
    users = (ADMINISTRATOR, TOPICS, SLA_USER, INTAKE_USER, TEAM)
    state = open_state()
    with folder_for_servers(state) as folder:
        authority = Authority(folder / "ca", "ours")
        certificate = authority.issue("localhost")
        with kafka_by_sasl_ssl(state, folder, certificate, users, authorizer) as servers:
            made = Broker(servers, authority.file)
            for printed in (
                output(SLA, "acls", "service"),
                output(INTAKE, "acls", "service"),
                output(SLA, "acls", "administrator"),
                output(SLA, "acls", "subscriber", TEAM, "opsdesk.clocks"),
            ):
                run_blocking(grant(made.as_user(ADMINISTRATOR), printed))
            yield made


def output(service: Service, *words: str) -> str:
    result = CliRunner().invoke(create_cli(service), list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


async def grant(kafka: Kafka, printed: str) -> None:
    """Grant what the commands say, as kafka-acls.sh would."""
    commands = [shlex.split(line) for line in printed.splitlines() if not line.startswith("#")]
    assert commands
    async with topic_admin.admin_client(kafka) as admin:
        for words in commands:
            principal = words[words.index("--allow-principal") + 1]
            [(kind, number)] = [one for one in RESOURCES.items() if one[0] in words]
            name = words[words.index(kind) + 1]
            pattern = PREFIXED if "--resource-pattern-type" in words else LITERAL
            for at in (at for at, word in enumerate(words) if word == "--operation"):
                operation = OPERATIONS[words[at + 1]]
                request = CreateAclsRequest(number, name, pattern, principal, "*", operation, ALLOW)
                answer = await admin._send_request(request)
                assert [code for code, *_ in answer.creation_responses] == [0]


@pytest.fixture
def settings_of(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the environment of a Kafka user: nothing but the settings of Kafka."""

    def become(user: str) -> None:
        for name in [name for name in os.environ if name.startswith("OPSDESK_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", broker.servers)
        monkeypatch.setenv("OPSDESK_KAFKA_CA_FILE", str(broker.authority))
        monkeypatch.setenv("OPSDESK_KAFKA_USERNAME", user)
        monkeypatch.setenv("OPSDESK_KAFKA_PASSWORD", PASSWORD)

    return become


def findings(user: str) -> list[str]:
    """Look at Kafka as sla would, as a Kafka user."""
    settings = load_settings(KafkaSettings)
    assert settings.kafka_username == user
    return [str(finding) for finding in run_blocking(examine_kafka(SLA, settings))]


def test_topics_are_made_by_one_user_and_used_by_others(
    broker: Broker, settings_of: Callable[[str], None]
) -> None:
    """The whole way of an installation: plan, apply, apply again, mend what was changed, start."""
    settings_of(TOPICS)
    assert "would create opsdesk.clocks (12 partitions, 1 replica)" in output(SLA, "topics", "plan")
    assert "created opsdesk.clocks" in output(SLA, "topics", "apply")
    assert output(SLA, "topics", "apply").endswith("nothing to do, all its topics are there\n")
    run_blocking(forget_soon(broker.as_user(ADMINISTRATOR)))
    assert "would set retention.ms of opsdesk.clocks from 1000" in output(SLA, "topics", "plan")
    assert "set retention.ms of opsdesk.clocks" in output(SLA, "topics", "apply")

    settings_of(SLA_USER)
    assert findings(SLA_USER) == [
        "ok      kafka: 7 topics are as they are to be",
        "ok      kafka: our rights on topics are those that we need",
        "ok      kafka: the group opsdesk.sla can be used",
    ]
    run_blocking(send(broker.as_user(SLA_USER), "opsdesk.clocks"))
    with pytest.raises(TopicAuthorizationFailedError):
        run_blocking(send(broker.as_user(SLA_USER), "opsdesk.tickets"))
    refused = CliRunner().invoke(create_cli(SLA), ["topics", "apply", "--retention-days", "500"])
    assert "Kafka refused the topic" in str(refused.exception)
    assert f"it ran as {SLA_USER}" in str(refused.exception)

    # What a wrong user lacks and has too much is found by name.
    settings_of(INTAKE_USER)
    found = findings(INTAKE_USER)
    assert (
        "wrong   kafka: the right to Write on opsdesk.clocks is missing: give what `acls service` prints"
        in found
    )
    assert any(
        "we may write topics of other services (" in line and "opsdesk.tickets" in line
        for line in found
    )
    assert any(
        line.startswith("wrong   kafka: the group opsdesk.sla cannot be used") for line in found
    )


def test_a_login_that_kafka_does_not_know_is_named_as_such(
    broker: Broker, settings_of: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Kafka's disks were lost its users are gone, too: who looks at the address looks in vain."""
    settings_of("opsdesk-nobody")
    sentence = f"Kafka at {broker.servers} refuses the login of opsdesk-nobody"
    refused = CliRunner().invoke(create_cli(SLA), ["topics", "apply"])
    assert sentence in str(refused.exception)
    assert [line for line in findings("opsdesk-nobody") if sentence in line]
    monkeypatch.delenv("OPSDESK_KAFKA_CA_FILE")
    refused = CliRunner().invoke(create_cli(SLA), ["topics", "apply"])
    assert "is not accepted (CERTIFICATE_VERIFY_FAILED)" in str(refused.exception)


def test_a_team_reads_what_it_subscribed_to_and_nothing_else(
    broker: Broker, settings_of: Callable[[str], None]
) -> None:
    settings_of(TOPICS)
    output(SLA, "topics", "apply")
    team = broker.as_user(TEAM)
    run_blocking(send(broker.as_user(SLA_USER), "opsdesk.clocks"))
    seen, records = run_blocking(read(team, "opsdesk.clocks", "bi.dashboard"))
    assert (seen, records > 0) == ({"opsdesk.clocks"}, True), "of all others not even the name"
    with pytest.raises(GroupAuthorizationFailedError):
        run_blocking(read_offsets(team, "opsdesk.sla"))
    # Without any right to write, Kafka refuses the producer before it names a topic.
    with pytest.raises(ClusterAuthorizationFailedError):
        run_blocking(send(team, "opsdesk.clocks"))


async def forget_soon(kafka: Kafka) -> None:
    """Set a retention of a second, and wait until Kafka says so itself."""
    async with topic_admin.admin_client(kafka) as admin:
        changed = {"opsdesk.clocks": {"retention.ms": "1000"}}
        answer = await admin._send_request(SetTopicConfigurations(changed))
        assert [one[0] for one in answer.resources] == [0]
        while True:
            found = await topic_admin.read_topics(admin, ["opsdesk.clocks"])
            if found["opsdesk.clocks"].configuration["retention.ms"] == "1000":
                return


async def send(kafka: Kafka, topic: str) -> None:
    producer = AIOKafkaProducer(**kafka.options(), enable_idempotence=True, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"")
    finally:
        await producer.stop()


async def read_offsets(kafka: Kafka, group: str) -> None:
    async with topic_admin.admin_client(kafka) as admin:
        await admin.list_consumer_group_offsets(group)


async def read(kafka: Kafka, topic: str, group: str) -> tuple[set[str], int]:
    """Return the topics that one sees, and how many records came from this one."""
    consumer = AIOKafkaConsumer(**kafka.options(), group_id=group, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.subscribe([topic])
        records = await consumer.getmany(timeout_ms=10_000)
        return set(await consumer.topics()), sum(map(len, records.values()))
    finally:
        await consumer.stop()

"""The database and consumer tests once more, on the official containers instead of embedded servers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer

from opsdesk_local.ports import unclaimed_port
from opsdesk_local.waiting import holds_within

pytestmark = pytest.mark.containers

ROOT = Path(__file__).parents[2]
API_VERSIONS = "/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server localhost:9092"


@pytest.fixture
def postgres() -> Iterator[str]:
    with PostgresContainer("postgres:18", driver=None) as container:
        yield container.get_connection_url()


@pytest.fixture
def kafka() -> Iterator[str]:
    port = unclaimed_port()
    container = (
        DockerContainer("apache/kafka:4.3.0")
        .with_bind_ports(29092, port)
        .with_env("KAFKA_NODE_ID", "1")
        .with_env("KAFKA_PROCESS_ROLES", "broker,controller")
        .with_env("KAFKA_LISTENERS", "INSIDE://:9092,OUTSIDE://:29092,CONTROLLER://:9093")
        .with_env(
            "KAFKA_ADVERTISED_LISTENERS", f"INSIDE://localhost:9092,OUTSIDE://127.0.0.1:{port}"
        )
        .with_env(
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
            "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        )
        .with_env("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE")
        .with_env("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .with_env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
        .with_env("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
        .with_env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
    )
    with container:
        assert holds_within(90, lambda: container.exec(API_VERSIONS).exit_code == 0)
        yield f"127.0.0.1:{port}"


def test_database_and_consumer_tests_hold_on_containers(postgres: str, kafka: str) -> None:
    """No guard of the protocols depends on the embedded servers."""
    servers = {"OPSDESK_TEST_ADMIN_DATABASE_URL": postgres, "OPSDESK_TEST_KAFKA": kafka}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "libs/common/tests/messaging",
        "libs/common/tests/scheduling",
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | servers, timeout=600, check=False)
    assert done.returncode == 0

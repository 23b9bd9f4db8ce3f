"""A PostgreSQL that takes TLS alone, and a Kafka that takes SASL_SSL alone, as production has them."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from opsdesk_local import Broker, Postgres, State, free_port
from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.kafka import new_cluster_id
from opsdesk_local.postgres_with_tls import postgres_with_tls
from opsdesk_local.state import unprivileged_user
from tests.security.authority import ServerCertificate

TLS_ALONE = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
USER, NEXT_USER, PASSWORD = "sla", "sla-2", "a password of Kafka's"


@contextmanager
def folder_for_servers(state: State) -> Iterator[Path]:
    """Yield a folder that PostgreSQL's own user can enter."""
    folder = state.test / f"tls-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres_by_tls(
    state: State, folder: Path, certificate: ServerCertificate
) -> Iterator[Postgres]:
    """Run a PostgreSQL that refuses whoever comes without TLS."""
    (folder / "pg_hba.conf").write_text(TLS_ALONE)
    files = [certificate.certificate, certificate.key, folder / "pg_hba.conf"]
    if user := unprivileged_user():
        for file in files:
            os.chown(file, user.uid, user.gid)
    settings = {
        "ssl": "on",
        "ssl_cert_file": str(files[0]),
        "ssl_key_file": str(files[1]),
        "hba_file": str(files[2]),
    }
    programs = postgres_with_tls(state)
    postgres = Postgres(
        folder / "postgres", programs, state.password("postgres"), durable=False, settings=settings
    )
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.kill()


@contextmanager
def kafka_by_sasl_ssl(
    state: State,
    folder: Path,
    certificate: ServerCertificate,
    users: Sequence[str] = (USER, NEXT_USER),
    more: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run a Kafka whose clients need TLS and a password. Yields its address for them.

    `users` have all the same password; `more` are properties of the broker beside the usual ones.
    """
    inside, outside, controller = (free_port() for _ in range(3))
    logins = [f"SCRAM-SHA-512=[name={user},password={PASSWORD}]" for user in users]
    broker = Broker(
        folder / "kafka",
        kafka_programs(state),
        outside,
        _properties(folder, certificate, inside, outside, controller) | dict(more or {}),
        alone=True,
        cluster_id=new_cluster_id(),
        format_options=[part for login in logins for part in ("--add-scram", login)],
    )
    try:
        broker.start()
        yield f"localhost:{outside}"
    finally:
        broker.kill()


def _properties(
    folder: Path, certificate: ServerCertificate, inside: int, outside: int, controller: int
) -> dict[str, str]:
    clients = "listener.name.clients"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"CLIENTS://127.0.0.1:{outside},INSIDE://127.0.0.1:{inside},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"CLIENTS://localhost:{outside},INSIDE://127.0.0.1:{inside}",
        "listener.security.protocol.map": "CLIENTS:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "INSIDE",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
        f"{clients}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        f"{clients}.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        f"{clients}.ssl.keystore.type": "PEM",
        f"{clients}.ssl.keystore.location": str(certificate.both),
        "log.dirs": str(folder / "kafka" / "log"),
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
    }

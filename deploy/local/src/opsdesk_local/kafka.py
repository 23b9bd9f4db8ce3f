"""An embedded Apache Kafka in KRaft mode: one broker, or several for fault tests."""

import base64
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from opsdesk_local.broker import Broker
from opsdesk_local.jvm import QUICK_START_OPTIONS
from opsdesk_local.ports import free_port
from opsdesk_local.topics import wait_for_brokers

# Committed offsets last as long as the records, also when OpsDesk does not run for weeks.
_OFFSETS_RETENTION_MINUTES = 400 * 24 * 60


class Kafka:
    """A Kafka cluster, whose brokers can be stopped, killed and started one by one. Calls block."""

    def __init__(
        self,
        folder: Path,
        jars: Path,
        *,
        size: int = 1,
        port: int | None = None,
        controller_port: int | None = None,
        java_options: Sequence[str] = QUICK_START_OPTIONS,
    ) -> None:
        """Create `size` brokers below `folder`; `port`, `controller_port` are claimed ones of the first.

        Every folder is a cluster of its own, with an id of its own.
        """
        names = ["kafka"] if size == 1 else [f"kafka-{n}" for n in range(1, size + 1)]
        ports = [port if port and n == 0 else free_port() for n in range(size)]
        controllers = [
            controller_port if controller_port and n == 0 else free_port() for n in range(size)
        ]
        self.cluster_id = _stored_cluster_id(folder / names[0] / "log") or new_cluster_id()
        self.brokers = [
            Broker(
                folder / name,
                jars,
                ports[n],
                _properties(n, ports[n], controllers, folder / name / "log"),
                alone=size == 1,
                cluster_id=self.cluster_id,
                java_options=java_options,
            )
            for n, name in enumerate(names)
        ]

    @property
    def bootstrap(self) -> str:
        """The addresses of the brokers for clients: `127.0.0.1:PORT[,…]`."""
        return ",".join(f"127.0.0.1:{broker.port}" for broker in self.brokers)

    def start(self) -> None:
        """Start all brokers and wait until they answer and know each other."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start all brokers at once, without waiting for them."""
        with ThreadPoolExecutor(len(self.brokers)) as threads:
            list(threads.map(Broker.launch, self.brokers))

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until all brokers answer, as this cluster. Raises LocalRunError."""
        for broker in self.brokers:
            broker.wait_ready(seconds)
        wait_for_brokers(self.bootstrap, len(self.brokers), seconds, cluster_id=self.cluster_id)

    def stop(self) -> None:
        """Stop all brokers at once: alone, one would try to hand over its partitions."""
        with ThreadPoolExecutor(len(self.brokers)) as threads:
            list(threads.map(Broker.stop, self.brokers))

    def kill(self) -> None:
        for broker in self.brokers:
            broker.kill()

    def restart(self) -> None:
        self.stop()
        self.start()


def _properties(n: int, port: int, controllers: list[int], log: Path) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": str(n + 1),
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllers[n]}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(log),
        "offsets.topic.num.partitions": "8",
        "offsets.retention.minutes": str(_OFFSETS_RETENTION_MINUTES),
        "transaction.state.log.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        # A killed broker can return only when its old session has ended: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "auto.create.topics.enable": "false",
        **_quorum(controllers),
        **_replication(len(controllers)),
    }


def _quorum(controllers: list[int]) -> dict[str, str]:
    if len(controllers) == 1:
        return {"controller.quorum.bootstrap.servers": f"127.0.0.1:{controllers[0]}"}
    voters = [f"{n}@127.0.0.1:{port}" for n, port in enumerate(controllers, start=1)]
    return {"controller.quorum.voters": ",".join(voters)}


def _replication(size: int) -> dict[str, str]:
    factor, in_sync = (1, 1) if size == 1 else (3, 2)
    return {
        "default.replication.factor": str(factor),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.replication.factor": str(factor),
        "transaction.state.log.replication.factor": str(factor),
        "transaction.state.log.min.isr": str(in_sync),
        "share.coordinator.state.topic.replication.factor": str(factor),
        "share.coordinator.state.topic.min.isr": str(in_sync),
    }


def new_cluster_id() -> str:
    """Return 16 random bytes in base64url; a leading dash would be taken for an option."""
    identity = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    return identity.replace("-", "_", 1) if identity.startswith("-") else identity


def _stored_cluster_id(log: Path) -> str | None:
    """Return the id that a broker's folder was formatted with; None for a new folder."""
    file = log / "meta.properties"
    lines = file.read_text().splitlines() if file.exists() else []
    ids = [line.partition("=")[2] for line in lines if line.startswith("cluster.id=")]
    return ids[0] if ids else None

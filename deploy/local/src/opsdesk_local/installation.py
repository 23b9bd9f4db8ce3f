"""An installation of OpsDesk: its services and mail server, on servers that already run."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from opsdesk_local.addresses import Addresses, issuer_folder
from opsdesk_local.applied_fingerprints import AppliedFingerprints, fingerprint
from opsdesk_local.mail import MailSink
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child
from opsdesk_local.roles import Urls, at_database, prepare_database, reporting_url
from opsdesk_local.service import SERVICES, Service, ServiceProcess, migrate
from opsdesk_local.topics import blocking, create_topics


class Installation:
    """An installation: `prepare`, `start`, `stop`. Calls block.

    `folder` is for logs, mail and the issuer's keys; `admin_url` may name any database of its
    server. `settings` are further `OPSDESK_*` variables for all services. `fixed_ports`: the usual
    ports (8001 …) where they are free, else any.
    """

    def __init__(
        self,
        folder: Path,
        admin_url: str,
        kafka: str,
        password: Callable[[str], str],
        *,
        database: str = "opsdesk",
        services: Sequence[Service] = SERVICES,
        settings: Mapping[str, str] | None = None,
        fixed_ports: bool = False,
    ) -> None:
        self.folder = folder
        self.kafka = kafka
        self.database = database
        self.mail = MailSink(folder, port=free_port(8025 if fixed_ports else None))
        self.services: dict[str, ServiceProcess] = {}
        self._admin_url = admin_url
        self._password = password
        self._known = services
        self._settings = dict(settings or {})
        self._fixed_ports = fixed_ports
        self._urls: dict[str, Urls] = {}

    def prepare(self) -> None:
        """Create missing topics, roles and schemas, then migrate all services."""
        issuer_folder(self.folder).mkdir(parents=True, exist_ok=True)
        create_topics(self.kafka)
        self._urls = blocking(prepare_database(self._admin_url, self._password, self.database))
        with ThreadPoolExecutor(len(self._known)) as threads:
            list(threads.map(self._migrate, self._known))

    @property
    def fingerprints(self) -> AppliedFingerprints:
        return AppliedFingerprints(at_database(self._admin_url, self.database))

    def start(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Start everything at once; return when all services are ready."""
        self.mail.launch()
        for service in self._known:
            self.services[service.name] = self.replica(service, service.name)
            self.services[service.name].launch()
        self.mail.wait_ready()
        for process in self.services.values():
            process.wait_ready()
            say(f"{process.name} is ready at {process.url}")

    def replica(
        self, service: Service, name: str, settings: Mapping[str, str] | None = None
    ) -> ServiceProcess:
        """Create a process of a service, not yet started; with another name it is another replica.

        `settings` are `OPSDESK_*` variables of this process alone.
        """
        port = free_port(service.port if self._fixed_ports else None)
        environment = self.environment(service) | self._links(service, port) | dict(settings or {})
        return ServiceProcess(service.module, environment, folder=self.folder, name=name, port=port)

    def _links(self, service: Service, port: int) -> dict[str, str]:
        """Return the settings for links in mails, with the ports that are used."""
        if service.name != "escalation":
            return {}
        sla = self.services.get("sla")
        own = {"OPSDESK_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        return own | ({"OPSDESK_SLA_URL": sla.url} if sla else {})

    def stop(self) -> None:
        """Stop all services at once, then the mail server."""
        if self.services:
            with ThreadPoolExecutor(len(self.services)) as threads:
                list(threads.map(ServiceProcess.stop, self.services.values()))
        self.mail.stop()

    @property
    def children(self) -> list[Child]:
        running = [self.mail.child, *(process.child for process in self.services.values())]
        return [child for child in running if child]

    @property
    def moved_ports(self) -> list[str]:
        """Sentences about services that did not get their usual port."""
        return [
            f"Port {service.port} is taken: {service.name} listens on {process.port} instead."
            for service in self._known
            if (process := self.services.get(service.name)) and process.port != service.port
        ]

    @property
    def addresses(self) -> Addresses:
        return Addresses(
            kafka=self.kafka,
            smtp=self.mail.address,
            admin_database_url=at_database(self._admin_url, self.database),
            folder=str(self.folder),
            services={name: process.url for name, process in self.services.items()},
            reporting_database_url=reporting_url(self._admin_url, self._password, self.database),
        )

    def _migrate(self, service: Service) -> None:
        """Migrate a service, unless the same code has migrated the schema before."""
        code = fingerprint(["common", service.module])
        if blocking(self.fingerprints.read(service.module)) == code:
            return
        owner = {"OPSDESK_MIGRATION_DATABASE_URL": self._urls[service.module].owner}
        migrate(service.module, self.environment(service) | owner, self.folder)
        blocking(self.fingerprints.write(service.module, code))

    def environment(self, service: Service) -> dict[str, str]:
        """Return the whole environment of a service, without OPSDESK_* variables of this process."""
        removed = (
            "OPSDESK_",
            "PYTHONDONTWRITEBYTECODE",
        )  # compiling again takes seconds at each start
        own = {key: value for key, value in os.environ.items() if not key.startswith(removed)}
        mail = {"OPSDESK_SMTP_SERVER": self.mail.address} if service.name == "escalation" else {}
        return {
            **own,
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}:{own.get('PATH', os.defpath)}",
            "OPSDESK_ENVIRONMENT": "development",
            "OPSDESK_TIME_MODE": "simulated",
            "OPSDESK_DATABASE_URL": self._urls[service.module].runtime,
            "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            # Sets issuer and keys, too.
            "OPSDESK_LOCAL_ISSUER_DIRECTORY": str(issuer_folder(self.folder)),
            **mail,
            **self._settings,
        }

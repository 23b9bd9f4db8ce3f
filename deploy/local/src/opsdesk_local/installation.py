"""An installation of OpsDesk: its services and mail server, on servers that already run."""

import base64
import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from opsdesk_local.addresses import Addresses, issuer_folder
from opsdesk_local.applied_fingerprints import AppliedFingerprints, fingerprint
from opsdesk_local.mail import MailSink
from opsdesk_local.port_book import PortBook
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child
from opsdesk_local.roles import Urls, at_database, prepare_database, reporting_url
from opsdesk_local.service import CONSOLE, SERVICES, Service, ServiceProcess, migrate
from opsdesk_local.sign_in import SignInPage
from opsdesk_local.topics import TOPIC_PREFIX, create_topics, run_blocking, topics_of

MAIL = "mail"
SIGN_IN = "sign-in"
"""The name of the port of the local issuer's page."""
MAIL_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "escalation": {"OPSDESK_MAIL_FROM": "opsdesk@meridian.example"},
    "intake": {"OPSDESK_MAIL_FROM": "support@meridian.example"},
}
"""The services that send mail, each by its own address; the local mail server delivers none of it."""
KEY_SETTINGS = {CONSOLE.name: "OPSDESK_SESSION_KEYS", "escalation": "OPSDESK_ACK_KEYS"}
"""What seals the console's sessions, and what signs the links that acknowledge."""
PROVIDER_NAME = "Meridian Software"
"""The house that runs this installation: the demo company, as its papers name it."""


def usual_ports(services: Sequence[Service] = SERVICES) -> dict[str, int]:
    """Return the usual ports of mail server and services by name, those of their management, too."""
    management = {management_name(service.name): service.port + 1000 for service in services}
    return (
        {MAIL: 8025, SIGN_IN: 8010}
        | {service.name: service.port for service in services}
        | management
    )


def management_name(service: str) -> str:
    """Return the name of a service's management port."""
    return f"{service}-management"


class Installation:
    """An installation: `prepare`, `start`, `stop`. Calls block.

    `folder` is for logs, mail and the issuer's keys; `admin_url` may name any database of its
    server. `settings` are further `OPSDESK_*` variables for all services. `ports` has the ports of
    mail server and services; without it they get any. `owner` names the state folder to which the
    database belongs (see `prepare_database`).
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
        ports: PortBook | None = None,
        owner: str | None = None,
    ) -> None:
        self.folder = folder
        self.kafka = kafka
        self.database = database
        self.mail = MailSink(folder, port=ports.claim(MAIL) if ports else free_port())
        self.services: dict[str, ServiceProcess] = {}
        self.sign_in: SignInPage | None = None
        self._admin_url = admin_url
        self._password = password
        self._known = services
        self._settings = dict(settings or {})
        self._ports = ports
        self._owner = owner
        self.topic_prefix = self._settings.get("OPSDESK_TOPIC_PREFIX", TOPIC_PREFIX)
        self._urls: dict[str, Urls] = {}

    def prepare(self) -> None:
        """Create missing topics, roles and schemas, then migrate all services."""
        issuer_folder(self.folder).mkdir(parents=True, exist_ok=True)
        create_topics(self.kafka, topics_of(self.topic_prefix))
        self._urls = run_blocking(
            prepare_database(self._admin_url, self._password, self.database, owner=self._owner)
        )
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
        if self.sign_in:
            self.sign_in.wait_ready()
        for process in self.services.values():
            process.wait_ready()
            say(f"{process.name} is ready at {process.url}")

    def replica(
        self,
        service: Service,
        name: str,
        settings: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> ServiceProcess:
        """Create a process of a service, not yet started; with another name it is another replica.

        `settings` are variables of this process alone. Without `port` it gets one.
        """
        port = port or (self._console_port if name == CONSOLE.name else self._claim(name))
        management = self._claim(management_name(name))
        environment = self.environment(service) | self._links(service, port) | dict(settings or {})
        return ServiceProcess(
            service.module,
            environment,
            folder=self.folder,
            name=name,
            port=port,
            management_port=management,
        )

    def _links(self, service: Service, port: int) -> dict[str, str]:
        """Return the settings for links, with the ports that are used."""
        if service.name == CONSOLE.name:
            return self._console_settings(port)
        links = {}
        if CONSOLE in self._known:
            links["OPSDESK_CONSOLE_URL"] = f"http://127.0.0.1:{self._console_port}"
        if service.name == "escalation":
            links["OPSDESK_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
            if sla := self.services.get("sla"):
                links["OPSDESK_SLA_URL"] = sla.url
        return links

    @cached_property
    def _console_port(self) -> int:
        """The port of the console, which the others name in their links before it starts."""
        return self._claim(CONSOLE.name)

    def _claim(self, name: str) -> int:
        return self._ports.claim(name) if self._ports else free_port()

    def _console_settings(self, port: int) -> dict[str, str]:
        """Return the console's settings: its own address, those of the others, and of the issuer's page."""
        own = f"http://127.0.0.1:{port}"
        if self.sign_in is None:
            self.sign_in = SignInPage(self.folder, own, port=self._claim(SIGN_IN))
            self.sign_in.launch()
        urls = {
            f"OPSDESK_{name.upper().replace('-', '_')}_URL": process.url
            for name, process in self.services.items()
        }
        return {**urls, **self.sign_in.settings(), "OPSDESK_CONSOLE_URL": own}

    def _keys(self, service: Service) -> dict[str, str]:
        """Return the key by which a service seals or signs: the same at each start."""
        if (name := KEY_SETTINGS.get(service.name)) is None:
            return {}
        digest = hashlib.sha256(self._password(f"opsdesk_{service.module}_keys").encode()).digest()
        return {name: base64.urlsafe_b64encode(digest).decode()}

    def stop(self) -> None:
        """Stop all services at once, then the mail server and the sign-in page."""
        if self.services:
            with ThreadPoolExecutor(len(self.services)) as threads:
                list(threads.map(ServiceProcess.stop, self.services.values()))
        self.mail.stop()
        if self.sign_in:
            self.sign_in.stop()

    @property
    def children(self) -> list[Child]:
        sign_in = self.sign_in and self.sign_in.child
        running = [
            self.mail.child,
            sign_in,
            *(process.child for process in list(self.services.values())),
        ]
        return [child for child in running if child]

    @property
    def addresses(self) -> Addresses:
        return Addresses(
            kafka=self.kafka,
            smtp=self.mail.address,
            admin_database_url=at_database(self._admin_url, self.database),
            folder=str(self.folder),
            services={name: process.url for name, process in self.services.items()},
            management={name: process.management_url for name, process in self.services.items()},
            reporting_database_url=reporting_url(self._admin_url, self._password, self.database),
            topic_prefix=self.topic_prefix,
        )

    def _migrate(self, service: Service) -> None:
        """Migrate a service, unless the same code has migrated the schema before."""
        code = fingerprint(["common", service.module])
        if run_blocking(self.fingerprints.read(service.module)) == code:
            return
        owner = {"OPSDESK_MIGRATION_DATABASE_URL": self._urls[service.module].owner}
        migrate(service.module, self.environment(service) | owner, self.folder)
        run_blocking(self.fingerprints.write(service.module, code))

    def environment(self, service: Service) -> dict[str, str]:
        """Return the whole environment of a service, without OPSDESK_* variables of this process."""
        removed = (
            "OPSDESK_",
            "PYTHONDONTWRITEBYTECODE",
        )  # compiling again takes seconds at each start
        own = {key: value for key, value in os.environ.items() if not key.startswith(removed)}
        mail = dict(MAIL_SETTINGS.get(service.name, {}))
        if mail:
            mail["OPSDESK_SMTP_SERVER"] = self.mail.address
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
            # Only sla reads it, for agreements and reviews.
            "OPSDESK_PROVIDER_NAME": PROVIDER_NAME,
            # Only intake reads it.
            "OPSDESK_ATTACHMENT_STORAGE": (self.folder.absolute() / "attachments").as_uri(),
            **self._keys(service),
            **mail,
            **self._settings,
        }

"""The addresses of the services: from the environment, else those of `make run`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from common.settings_checks import names_this_machine
from opsdesk.errors import CliError
from opsdesk_local import LocalRunError
from opsdesk_local.addresses import read_addresses

TOPIC_PREFIX = "opsdesk"
"""What the names of topics begin with, unless OPSDESK_TOPIC_PREFIX says otherwise."""
SERVICES = ("intake", "sla", "escalation", "delivery-gate")
CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base URLs by service, Kafka, and where known the folders of the local issuer and of mails."""

    urls: Mapping[str, str]
    kafka: str
    issuer: Path | None = None
    mail: Path | None = None
    topic_prefix: str = TOPIC_PREFIX

    def topic(self, name: str) -> str:
        """Return a topic's name on this Kafka: `opsdesk.clocks` is `acme.clocks` with that prefix."""
        if not name.startswith(f"{TOPIC_PREFIX}."):
            return name
        return f"{self.topic_prefix}{name.removeprefix(TOPIC_PREFIX)}"

    def url(self, service: str) -> str:
        """Return a service's base URL. Raises CliError for an unknown one, and for http to another machine."""
        url = self.urls.get(service)
        if url is None:
            raise CliError(f"The address of {service} is unknown: set {_url_variable(service)}.")
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (names_this_machine(host) or self._is_among_us(host)):
            raise CliError(
                f"{_url_variable(service)} is {url}: your token would be readable on the way; give its https:// address."
            )
        return url

    def _is_among_us(self, host: str) -> bool:
        """Return whether a host is a neighbour in the network of containers, and tokens are the local issuer's,
        which open nothing but this demo."""
        return self.issuer is not None and host != "" and "." not in host and ":" not in host


def find_endpoints() -> Endpoints:
    """Return the addresses from the environment; without any URL there, those of `make run`.

    The variables are `OPSDESK_<SERVICE>_URL`, `OPSDESK_KAFKA_BOOTSTRAP_SERVERS`, and the folders
    `OPSDESK_LOCAL_ISSUER_DIRECTORY` and `OPSDESK_MAIL_DIRECTORY`, and `OPSDESK_TOPIC_PREFIX`. Raises CliError when there are none.
    """
    names = (*SERVICES, CONSOLE)
    urls = {name: url for name in names if (url := os.environ.get(_url_variable(name)))}
    if set(urls) - {CONSOLE}:
        return Endpoints(
            urls,
            os.environ.get("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", ""),
            _folder_from("OPSDESK_LOCAL_ISSUER_DIRECTORY"),
            _folder_from("OPSDESK_MAIL_DIRECTORY"),
            os.environ.get("OPSDESK_TOPIC_PREFIX", TOPIC_PREFIX),
        )
    try:
        addresses = read_addresses()
    except LocalRunError as reason:
        raise CliError(str(reason)) from None
    return Endpoints(
        addresses.services,
        addresses.kafka,
        addresses.issuer,
        addresses.mail,
        addresses.topic_prefix,
    )


def _url_variable(service: str) -> str:
    return f"OPSDESK_{service.upper().replace('-', '_')}_URL"


def _folder_from(variable: str) -> Path | None:
    given = os.environ.get(variable)
    return Path(given) if given else None

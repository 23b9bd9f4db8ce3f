"""Where OpsDesk can be reached: named by the environment, else as `make run` left it written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsdesk.errors import CliError
from opsdesk_local import LocalRunError
from opsdesk_local.addresses import read_addresses

SERVICES = ("intake", "sla", "escalation", "delivery-gate")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """`urls`: service -> base URL. `issuer` and `mail` are there where `make run` runs only."""

    urls: Mapping[str, str]
    kafka: str
    issuer: Path | None = None
    mail: Path | None = None

    def url(self, service: str) -> str:
        try:
            return self.urls[service]
        except KeyError:
            raise CliError(
                f"Where is {service}? Set {_url_variable(service)} to its address."
            ) from None


def find_endpoints() -> Endpoints:
    """By `OPSDESK_<SERVICE>_URL`, `OPSDESK_KAFKA_BOOTSTRAP_SERVERS`, `OPSDESK_LOCAL_ISSUER` and `OPSDESK_MAIL` (both
    folders); without any URL the OpsDesk of `make run`. Raises Trouble when there is none."""
    urls = {name: url for name in SERVICES if (url := os.environ.get(_url_variable(name)))}
    if urls:
        return Endpoints(
            urls,
            os.environ.get("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", ""),
            _folder_from("OPSDESK_LOCAL_ISSUER"),
            _folder_from("OPSDESK_MAIL"),
        )
    try:
        addresses = read_addresses()
    except LocalRunError as reason:
        raise CliError(str(reason)) from None
    return Endpoints(addresses.services, addresses.kafka, addresses.issuer, addresses.mail)


def _url_variable(service: str) -> str:
    return f"OPSDESK_{service.upper().replace('-', '_')}_URL"


def _folder_from(variable: str) -> Path | None:
    given = os.environ.get(variable)
    return Path(given) if given else None

"""Where OpsDesk can be reached: named by the environment, else as `make run` left it written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsdesk.errors import Trouble
from opsdesk_local import CannotRun
from opsdesk_local.addresses import read_addresses

SERVICES = ("intake", "sla", "escalation", "delivery-gate")


@dataclass(frozen=True, slots=True)
class Running:
    """`urls`: service -> base URL. `issuer` and `mail` are there where `make run` runs only."""

    urls: Mapping[str, str]
    kafka: str
    issuer: Path | None = None
    mail: Path | None = None

    def url(self, service: str) -> str:
        try:
            return self.urls[service]
        except KeyError:
            raise Trouble(f"Where is {service}? Set {_variable(service)} to its address.") from None


def find_running() -> Running:
    """By `OPSDESK_<SERVICE>_URL`, `OPSDESK_KAFKA`, `OPSDESK_LOCAL_ISSUER` and `OPSDESK_MAIL` (both
    folders); without any URL the OpsDesk of `make run`. Raises Trouble when there is none."""
    named = {name: url for name in SERVICES if (url := os.environ.get(_variable(name)))}
    if named:
        return Running(
            named,
            os.environ.get("OPSDESK_KAFKA", ""),
            _folder("OPSDESK_LOCAL_ISSUER"),
            _folder("OPSDESK_MAIL"),
        )
    try:
        told = read_addresses()
    except CannotRun as reason:
        raise Trouble(str(reason)) from None
    return Running(told.services, told.kafka, told.issuer, told.mail)


def _variable(service: str) -> str:
    return f"OPSDESK_{service.upper().replace('-', '_')}_URL"


def _folder(variable: str) -> Path | None:
    given = os.environ.get(variable)
    return Path(given) if given else None

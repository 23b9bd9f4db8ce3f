"""What is wrong with settings that are well formed: found at the start, not at night.

Each function returns None, or why the value cannot be used, for a sentence that names the variable.
"""

import os
import re
import ssl
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from common.auth.role_names import parse_role_names, parse_scope_names
from common.settings_transport import VERIFYING, hosts, tls_mode

KNOWN_ELSEWHERE: Final = frozenset(
    {
        # Settings of one service, which another one may find in a common environment.
        "ACK_KEYS",
        "ACK_KEYS_FILE",
        "ALERT_POST_DAYS",
        "ATTACHMENT_DAYS",
        "ATTACHMENT_STORAGE",
        "AUTHORIZATION_ENDPOINT",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "CLIENT_SECRET_FILE",
        "CUSTOMER_ESCALATION_MINUTES",
        "DEBT_SECONDS",
        "END_SESSION_ENDPOINT",
        "FALLBACK_EMAIL",
        "GRAFANA_MONITORS",
        "GRAFANA_SECRET",
        "GRAFANA_SECRET_FILE",
        "IDLE_HOURS",
        "LINKED_SYSTEMS_FILE",
        "LONG_INVESTIGATION_MINUTES",
        "MAIL_FROM",
        "MAIL_GATEWAY_NAME",
        "MAIL_REPLY_TO",
        "MESSAGE_CHECK",
        "NOTICES_OPTIONAL",
        "PHONE_REGION",
        "PROVIDER_NAME",
        "PUBLIC_URL",
        "RAW_MAIL_DAYS",
        "READ_DAYS",
        "RECEIPTS_PER_HOUR",
        "REOPEN_DAYS",
        "S3_ACCESS_KEY_ID",
        "S3_ENDPOINT",
        "S3_REGION",
        "S3_SECRET_ACCESS_KEY",
        "S3_SECRET_ACCESS_KEY_FILE",
        "SCOPES",
        "SESSION_HOURS",
        "SESSION_KEYS",
        "SESSION_KEYS_FILE",
        "SLA_URL",
        "SMTP_CA_FILE",
        "SMTP_PASSWORD",
        "SMTP_PASSWORD_FILE",
        "SMTP_SECURITY",
        "SMTP_SERVER",
        "SMTP_USERNAME",
        "TIMESTAMP_AUTHORITY_CA_FILE",
        "TIMESTAMP_AUTHORITY_URL",
        "TOKEN_ENDPOINT",
        "UNUSED_UPLOAD_HOURS",
        # The command `opsdesk`, `make run`, docker-compose.yml and tests.
        "ADMIN_DATABASE_URL",
        "ADMIN_DATABASE_URL_FILE",
        "ADMIN_PASSWORD",
        "CA_FILE",
        "COMPANY",
        "CONSOLE_PORT",
        "DELIVERY_GATE_PORT",
        "DELIVERY_GATE_URL",
        "ESCALATION_PORT",
        "ESCALATION_URL",
        "INTAKE_PORT",
        "INTAKE_URL",
        "KAFKA_PORT",
        "MAIL_DIRECTORY",
        "MAIL_PORT",
        "PG_BIN",
        "PORTS",
        "POSTGRES_PORT",
        "REPORTING_PASSWORD",
        "REPORTING_PASSWORD_FILE",
        "ROLE_PASSWORD",
        "SIGN_IN_PORT",
        "SLA_PORT",
        "STATE",
        "TEST_ADMIN_DATABASE_URL",
        "TEST_KAFKA",
        "TOKEN",
        "TOKEN_FILE",
    }
)
"""Names without their prefix of variables that this service does not read. A test compares them with
the code of all services, commands and compose files."""

_FROM_KUBERNETES: Final = re.compile(
    r"\w+_SERVICE_(HOST|PORT(_\w+)?)|\w+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
)
_SERVICE_LINK: Final = re.compile(r"(tcp|udp|sctp)://")
"""How the value of `<SERVICE>_PORT` begins, whose name alone could as well be a setting of ours."""


def unknown_name(
    environment: Mapping[str, str], prefix: str, known: Collection[str]
) -> tuple[str, str | None] | None:
    """Return a variable with this prefix that nothing reads, and the known name nearest to it."""
    names = {name.upper() for name in known} | KNOWN_ELSEWHERE
    for variable in sorted(environment):
        name = variable.upper().removeprefix(prefix)
        if name == variable.upper() or name in names:
            continue
        if _is_from_kubernetes(name, environment[variable]):
            continue
        near = get_close_matches(name, sorted(names), n=1)
        return variable, prefix + near[0] if near else None
    return None


def _is_from_kubernetes(name: str, value: str) -> bool:
    """It tells every pod of the services in its namespace, so of `opsdesk-intake`."""
    if _FROM_KUBERNETES.fullmatch(name):
        return True
    return name.endswith("_PORT") and _SERVICE_LINK.match(value) is not None


def unusable_role_names(text: str) -> str | None:
    """Check what the issuer calls our roles."""
    try:
        parse_role_names(text)
    except ValueError as error:
        return str(error)
    return None


def unusable_scope_names(text: str) -> str | None:
    """Check what the issuer calls our scopes."""
    try:
        parse_scope_names(text)
    except ValueError as error:
        return str(error)
    return None


def unusable_ca_file(path: Path | None) -> str | None:
    """Check a PEM file with authorities; without one the machine's are taken."""
    if path is None:
        return None
    try:
        ssl.create_default_context(cafile=path)
    except FileNotFoundError:
        return "there is no such file"
    except (OSError, ssl.SSLError) as error:
        return f"it cannot be used: {type(error).__name__}"
    return None


def unusable_networks(text: str) -> str | None:
    """Check addresses and networks with commas between; one that holds everybody is none to trust."""
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            network = ip_network(part)
        except ValueError:
            return f"{part} is no address and no network"
        if network.prefixlen == 0:
            return f"{part} holds every address: anybody could say who the caller is"
    return None


def unusable_database_url(url: str) -> str | None:
    """Check that the address can be read and that what it needs for TLS is there."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme not in {"postgresql", "postgres"}:
        return "it does not begin with postgresql://"
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    mode = options.get("sslmode", os.environ.get("PGSSLMODE", "prefer"))
    root = options.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")
    if root is None and mode not in VERIFYING:
        return None
    if root is None:
        root = str(Path("~/.postgresql/root.crt").expanduser())
    wrong = unusable_ca_file(Path(root))
    return wrong and (
        f"sslmode={mode} needs a root certificate, OPSDESK_DATABASE_CA_FILE, but {wrong}"
    )


def unverified_database(url: str) -> str | None:
    """Check that PostgreSQL has to prove who it is, unless it is reached without leaving this machine."""
    mode = tls_mode(url)
    if mode in VERIFYING or all(map(names_this_machine, hosts(url))):
        return None
    return f"sslmode={mode} would talk to anybody; in production it is verify-full or verify-ca"


def not_for_production(url: str) -> str | None:
    """Check an address that people open: by https, and on more than this machine."""
    if not url.startswith("https://"):
        return "in production it must begin with https://"
    if names_this_machine(urlsplit(url).hostname or ""):
        return "in production it must not name this machine"
    return None


def names_this_machine(host: str) -> bool:
    """Return whether a host is only this machine: `localhost`, 127.0.0.1, ::1."""
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def first_local(hosts: Iterable[tuple[str, str]]) -> str | None:
    """Return the name of the first setting whose host is only this machine."""
    return next((name for name, host in hosts if names_this_machine(host)), None)

"""TLS to PostgreSQL by one setting: written into the address, which asyncpg reads for everybody.

SQLAlchemy and Alembic open their connections by asyncpg, too, so the setting means the same for all.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

DatabaseTls = Literal["verify-full", "verify-ca", "require", "prefer", "disable"]

DATABASE_URLS: Final = ("database_url", "migration_database_url", "admin_database_url")
"""The settings that are addresses of PostgreSQL."""
VERIFYING: Final = frozenset({"verify-full", "verify-ca"})
"""The modes in which PostgreSQL proves who it is; `verify-ca` does not compare its name."""


def addresses_with_tls(given: Mapping[str, Any], mode: str | None, prefix: str) -> dict[str, str]:
    """Return the addresses among settings with the way to PostgreSQL, `mode` where none is asked for.

    Raises ValueError where an address contradicts what is asked for.
    """
    written = {}
    for name in DATABASE_URLS:
        url = given.get(name)
        if isinstance(url, str) and "://" in url:
            if (asked := given.get("database_tls")) and tls_mode(url) not in (None, asked):
                raise ValueError(
                    f"{prefix}{name.upper()} names another sslmode than {prefix}DATABASE_TLS={asked}: remove it there"
                )
            written[name] = with_tls(url, asked or mode, given.get("database_ca_file"))
    return written


def with_tls(url: str, mode: str | None, ca_file: Path | None) -> str:
    """Return the address with this `sslmode` and authority; what it says itself stays as it is.

    With None for the mode an address without one stays without.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    added: dict[str, str] = {}
    if mode is not None and "sslmode" not in options:
        added["sslmode"] = mode
    if ca_file is not None and "sslrootcert" not in options:
        added["sslrootcert"] = str(ca_file)
    if not added:
        return url
    query = "&".join(filter(None, (parts.query, urlencode(added, safe="/"))))
    return urlunsplit(parts._replace(query=query))


def tls_mode(url: str) -> str | None:
    """Return the `sslmode` of an address, None where it names none."""
    return dict(parse_qsl(urlsplit(url).query)).get("sslmode")


def hosts(url: str) -> list[str]:
    """Return the hosts of an address, which may be several; none for a Unix socket."""
    addresses = urlsplit(url).netloc.rpartition("@")[2].split(",")
    return [host for one in addresses if (host := _without_port(one))]


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address.partition("]")[0].lstrip("[")
    return address.partition(":")[0]

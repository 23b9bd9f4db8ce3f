"""The names of services as agreements say them; the catalogue, which owns them, knows agreements."""

from collections.abc import Collection

from sqlalchemy import column, select, table

from common.persistence.database import Connection

_SERVICES = table("services", column("key"), column("newest"))
_VERSIONS = table("service_versions", column("id"), column("name"))


async def names_of_services(tx: Connection, keys: Collection[str]) -> dict[str, str]:
    """The names of these services in their newest versions, by key; unknown ones are left out."""
    joined = _SERVICES.join(_VERSIONS, _VERSIONS.c.id == _SERVICES.c.newest)
    query = select(_SERVICES.c.key, _VERSIONS.c.name).select_from(joined)
    rows = await tx.execute(query.where(_SERVICES.c.key.in_(keys)))
    return {row.key: row.name for row in rows}

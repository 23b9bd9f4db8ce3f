"""What routes load about versions: one by its reference, and what their responses show."""

from collections.abc import Sequence

from common.errors import NotFound
from common.persistence.database import Connection
from delivery_gate.emergencies.store import emergency_changes
from delivery_gate.versions import store
from delivery_gate.versions.domain import Version
from delivery_gate.versions.schemas import VersionRead, to_response


async def load_version(tx: Connection, ref: str) -> Version:
    """The version with this id or `product:name`. Raises NotFound."""
    version = await store.find(tx, ref)
    if version is None:
        raise NotFound(f"Version {ref}")
    return version


async def load_response(tx: Connection, version: Version) -> VersionRead:
    """The response about a version, with its latest checks."""
    return (await load_responses(tx, [version]))[0]


async def load_responses(tx: Connection, versions: Sequence[Version]) -> list[VersionRead]:
    """The responses about versions, in their order, with their latest checks."""
    digests = [(version.product, version.digest) for version in versions]
    checks = await store.get_latest_checks_of(tx, digests)
    contained = {change for version in versions for change in version.contains}
    keys = await emergency_changes.load_keys(tx, contained) if contained else {}
    return [
        to_response(
            version,
            checks.get(digest, ()),
            sorted(keys[change] for change in version.contains if change in keys),
        )
        for version, digest in zip(versions, digests, strict=True)
    ]

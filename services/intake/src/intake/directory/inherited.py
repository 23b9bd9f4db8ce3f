"""What a ticket takes over from the one that it comes of: nothing that was ended since."""

from common.persistence.database import Connection
from intake.directory.domain.environment import Environment
from intake.directory.store import ENVIRONMENTS


async def inherited_environment(tx: Connection, key: str | None) -> Environment | None:
    """The environment with this key; None without one, and for one that was ended."""
    environment = None if key is None else await ENVIRONMENTS.find(tx, key)
    return None if environment is None or environment.retired else environment

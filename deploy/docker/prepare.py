"""Makes what the services of the compose stack find: roles, schemas, topics, a local issuer."""

import asyncio
import os
from pathlib import Path

from common.auth.local_issuer import LocalIssuer
from opsdesk_local import create_topics, prepare_database


def password(role: str) -> str:
    """One password for all roles: this stack is for one machine, never for production."""
    return os.environ["OPSDESK_ROLE_PASSWORD"]


def main() -> None:
    asyncio.run(prepare_database(os.environ["OPSDESK_ADMIN_DATABASE_URL"], password))
    create_topics(os.environ["OPSDESK_KAFKA_BOOTSTRAP_SERVERS"])
    LocalIssuer(Path("/issuer"))
    # The services run as another user; the folder is shared with the host's tests.
    Path("/issuer/jwks.json").chmod(0o644)


if __name__ == "__main__":
    main()

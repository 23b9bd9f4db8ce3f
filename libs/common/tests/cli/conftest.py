"""A minimal service with migrations, on an empty database."""

import os
import sys
import textwrap
from collections.abc import AsyncIterator, Mapping
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import pytest

from common.http import Service
from opsdesk_local import clone_database, drop_database, prepare_database
from opsdesk_local.roles import database_urls

FILES = {
    "__init__.py": "",
    "__main__.py": """
        from common.cli import create_cli
        from smallest.app import SERVICE

        app = create_cli(SERVICE)
        if __name__ == "__main__":
            app()
        """,
    "app.py": """
        import asyncio
        import os
        from pathlib import Path
        from typing import Annotated

        from common.http import Service, router
        from common.auth import Caller, requires
        from common.settings import Settings

        routes = router("/v1/slow", tags=["slow"])

        @routes.get("")
        async def slow(caller: Annotated[Caller, requires("tickets:read")]) -> str:
            Path(os.environ["SMALLEST_INSIDE"]).touch()
            # A pipe: opening it to read waits until the test opens it to write.
            await asyncio.to_thread(Path(os.environ["SMALLEST_MAY_END"]).read_bytes)
            return "done"

        quick = router("/v1/quick", tags=["quick"])

        @quick.get("/{name}")
        async def answer(name: str, caller: Annotated[Caller, requires("tickets:read")]) -> str:
            return name

        SERVICE = Service(
            name="smallest",
            schema="sla",
            title="Smallest",
            settings=Settings,
            routers=(routes, quick),
        )
        """,
    "migrations/env.py": """
        from sqlalchemy import MetaData

        from common.persistence.migrations import run_migrations

        run_migrations(MetaData())
        """,
    "migrations/versions/0001_first.py": """
        from alembic import op

        from common.persistence import base_schema

        revision, down_revision = "0001", None

        def upgrade():
            base_schema.create_v1(op)
        """,
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module `smallest` lies."""
    folder = tmp_path_factory.mktemp("service")
    for name, text in FILES.items():
        path = folder / "smallest" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())
    return folder


@pytest.fixture(scope="session")
def service(folder: Path) -> Service:
    sys.path.insert(0, str(folder))
    invalidate_caches()
    found: Service = import_module("smallest.app").SERVICE
    return found


@pytest.fixture(scope="session")
async def prepared(servers: Any) -> AsyncIterator[str]:
    """A database with roles and empty schemas, to be cloned."""
    name = f"test_command_{os.getpid()}"
    await prepare_database(servers.admin_url, servers.state.password, name)
    yield name
    await drop_database(servers.admin_url, name)


@pytest.fixture
async def environment(
    servers: Any, prepared: str, folder: Path
) -> AsyncIterator[Mapping[str, str]]:
    """The variables of a start on an empty database."""
    name = f"{prepared}_clone"
    await clone_database(servers.admin_url, prepared, name)
    urls = database_urls(servers.admin_url, servers.state.password, name)
    yield {
        "OPSDESK_ENVIRONMENT": "test",
        "OPSDESK_DATABASE_URL": urls["sla"].runtime,
        "OPSDESK_MIGRATION_DATABASE_URL": urls["sla"].owner,
        "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": servers.bootstrap,
        "OPSDESK_ISSUER": "https://issuer.example",
        "OPSDESK_JWKS_URL": str(folder / "jwks.json"),
    }
    await drop_database(servers.admin_url, name)


@pytest.fixture
def given(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The same, in the environment of this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment

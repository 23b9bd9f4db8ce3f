"""A service does not start on a schema that is older than its code; on a newer one it does."""

from collections.abc import Mapping

import asyncpg
import pytest

from common.cli import schema_revision
from common.cli.migrate import migrate_service
from common.cli.schema_revision import check_schema_revision
from common.http import Service
from common.settings import Settings, load_settings
from common.settings_database import MigrationSettings


async def test_a_release_does_not_start_before_its_schema(
    service: Service, given: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate_service(service, load_settings(MigrationSettings, Settings))
    settings = load_settings(Settings)
    await check_schema_revision(service, settings)
    monkeypatch.setattr(schema_revision, "revisions", lambda _: ["0001", "0002"])
    with pytest.raises(SystemExit) as refused:
        await check_schema_revision(service, settings)
    assert str(refused.value) == (
        "smallest does not start: the schema sla is at revision 0001, which is older than this release: "
        "it needs 0002. Run `migrate` of this release first."
    )
    owner = await asyncpg.connect(given["OPSDESK_MIGRATION_DATABASE_URL"])
    await owner.execute("UPDATE sla.alembic_version SET version_num = '0003'")
    await owner.close()
    await check_schema_revision(service, settings)

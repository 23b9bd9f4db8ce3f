"""The migrations of a next release that is not written yet: the present ones, and two that expand."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.persistence.migration_files import migrations_folder

REVISION = """
from pathlib import Path

from alembic import op

from common.persistence.migrations import {how}

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    {how}(op, *sorted(Path(__file__).with_suffix("").glob("*.sql")))
"""
EXPAND = """
ALTER TABLE {table} ADD COLUMN weight bigint NOT NULL DEFAULT 0;
ALTER TABLE {table} ADD CONSTRAINT weight_not_negative CHECK (weight >= 0) NOT VALID;
CREATE TABLE regions (key text PRIMARY KEY);
"""
REGION = "ALTER TABLE {table} ADD COLUMN region text;\n"
INDEX = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_{table}_region ON {table} (region)"
VALIDATE = "ALTER TABLE {table} VALIDATE CONSTRAINT weight_not_negative"


@dataclass(frozen=True, slots=True)
class Expanded:
    """What the next release adds to. `table` gets most; `others` a column each. All have rows that come and go."""

    table: str
    others: tuple[str, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, "outbox", *self.others)


EXPANDED = {
    "intake": Expanded("tickets", ("idempotency", "inbox", "promises")),
    "sla": Expanded("clocks", ("idempotency", "inbox", "deadlines", "tickets")),
    "escalation": Expanded("escalations", ("idempotency", "inbox", "notifications")),
    "delivery_gate": Expanded("products", ("idempotency", "inbox", "deliveries", "blockers")),
    "console": Expanded("sessions", ("inbox", "profiles", "drafts")),
}
"""By module, which is the schema, too. Not `queue_entries`: a function returns its rows, and changes with it."""


@dataclass(frozen=True, slots=True)
class NextRelease:
    """The module with the migrations, and its newest revision."""

    module: str
    revision: str


def write_next_release(module: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> NextRelease:
    """Write the migrations of a service's next release into a folder, from which they can be imported."""
    name, expanded = f"{module}_next", EXPANDED[module]
    versions = folder / name / "migrations" / "versions"
    shutil.copytree(migrations_folder(module), versions.parent)
    (folder / name / "__init__.py").touch()
    newest = max(path.stem[:4] for path in versions.glob("[0-9]*.py"))
    expand, outside = f"{int(newest) + 1:04}", f"{int(newest) + 2:04}"
    inside = [EXPAND.format(table=expanded.table)]
    inside += [REGION.format(table=table) for table in expanded.tables]
    _add(versions, expand, newest, "execute_script", inside)
    alone = [INDEX.format(table=table) for table in (expanded.table, "outbox")]
    alone.append(VALIDATE.format(table=expanded.table))
    _add(versions, outside, expand, "execute_outside_transaction", alone)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return NextRelease(name, outside)


def _add(versions: Path, revision: str, before: str, how: str, scripts: Iterable[str]) -> None:
    text = REVISION.format(revision=revision, before=before, how=how)
    (versions / f"{revision}_next.py").write_text(text)
    (versions / f"{revision}_next").mkdir()
    for number, script in enumerate(scripts):
        (versions / f"{revision}_next" / f"{number}.sql").write_text(script)

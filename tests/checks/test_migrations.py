"""A later migration does not stop the service: good and bad examples."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from checks.migrations import violations

from common.persistence.migration_files import migrations_folder, revisions

IN_TRANSACTION = """
from alembic import op
from common.persistence.migrations import execute_script

def upgrade():
    execute_script(op, SCRIPT)
"""
OUTSIDE = IN_TRANSACTION.replace("execute_script", "execute_outside_transaction")


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "services" / "desk" / "src" / "desk" / "migrations" / "versions"
    folder.mkdir(parents=True)
    return folder


def found(root: Path) -> list[str]:
    return sorted(str(violation).rpartition("(")[2].rstrip(")") for violation in violations(root))


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE INDEX ix ON tickets (a);", "require-concurrent-index-creation"),
        ("CREATE UNIQUE INDEX ix ON tickets (a);", "require-concurrent-index-creation"),
        ("ALTER TABLE tickets ADD CONSTRAINT c CHECK (a > 0);", "constraint-missing-not-valid"),
        ("ALTER TABLE tickets ALTER COLUMN a SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE tickets ALTER COLUMN a TYPE bigint;", "changing-column-type"),
        ("ALTER TABLE tickets RENAME COLUMN a TO b;", "renaming-column"),
        ("ALTER TABLE tickets RENAME TO cards;", "renaming-table"),
        ("ALTER TABLE tickets DROP COLUMN a;", "ban-drop-column"),
        ("DROP TABLE tickets;", "ban-drop-table"),
        ("ALTER TABLE tickets ADD COLUMN c text NOT NULL;", "adding-required-field"),
        (
            "ALTER TABLE tickets ADD COLUMN d uuid DEFAULT gen_random_uuid();",
            "adding-field-with-default",
        ),
        ("SELEC 1", "syntax-error"),
    ],
)
def test_what_would_stop_a_service_is_found(versions: Path, sql: str, rule: str) -> None:
    (versions / "0002_change.py").write_text(IN_TRANSACTION)
    (versions / "0002_change.sql").write_text(sql)
    assert rule in found(versions.parents[5])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL); CREATE INDEX ix ON t (n);",
        "ALTER TABLE tickets ADD COLUMN e text;",
        "ALTER TABLE tickets ADD COLUMN f bigint NOT NULL DEFAULT 0;",
        "ALTER TABLE tickets ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
        "-- squawk-ignore ban-drop-column\nALTER TABLE tickets DROP COLUMN a;",
    ],
)
def test_what_expands_is_not(versions: Path, sql: str) -> None:
    (versions / "0002_change.py").write_text(IN_TRANSACTION)
    (versions / "0002_change").mkdir()
    (versions / "0002_change" / "tickets.sql").write_text(sql)
    assert found(versions.parents[5]) == []


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON tickets (a);",
        "ALTER TABLE tickets VALIDATE CONSTRAINT c;",
    ],
)
def test_what_runs_outside_of_a_transaction_is_not(versions: Path, sql: str) -> None:
    (versions / "0003_index.py").write_text(OUTSIDE)
    (versions / "0003_index.sql").write_text(sql)
    assert found(versions.parents[5]) == []


def test_the_first_revision_meets_empty_tables(versions: Path) -> None:
    (versions / "0001_initial.py").write_text(IN_TRANSACTION)
    (versions / "0001_initial.sql").write_text("ALTER TABLE tickets RENAME TO cards;")
    assert found(versions.parents[5]) == []


def test_a_later_base_schema_is_read_too(versions: Path) -> None:
    persistence = versions.parents[5] / "libs" / "common" / "src" / "common" / "persistence"
    persistence.mkdir(parents=True)
    (persistence / "base_schema_v1.sql").write_text("DROP TABLE outbox;")
    (persistence / "base_schema_v2.sql").write_text("CREATE INDEX ix ON outbox (topic);")
    assert found(versions.parents[5]) == ["require-concurrent-index-creation"]


def test_sql_stands_in_scripts(versions: Path) -> None:
    (versions / "0002_change.py").write_text(
        "def upgrade():\n    op.create_index('ix', 't', ['a'])\n"
    )
    (violation,) = violations(versions.parents[5])
    assert str(violation.path).endswith("0002_change.py")
    assert violation.line == 2
    assert violation.sentence == "calls op.create_index: SQL stands in scripts beside the revision."


def test_a_revision_is_in_a_transaction_or_outside(versions: Path) -> None:
    both = f"{IN_TRANSACTION}    execute_outside_transaction(op, OTHER)\n"
    (versions / "0002_change.py").write_text(both)
    assert [one.sentence for one in violations(versions.parents[5])] == [
        "works in a transaction and outside of one: make two revisions of it."
    ]


@pytest.mark.parametrize("module", ["intake", "sla", "escalation", "delivery_gate", "console"])
def test_the_name_of_a_revisions_file_is_its_revision(module: str) -> None:
    """`serve` goes by it: it asks whether the schema is as new as the code, and loads no Alembic for that."""
    scripts = ScriptDirectory(str(migrations_folder(module)))
    chain = [script.revision for script in scripts.walk_revisions()]
    assert revisions(module) == chain[::-1]

"""What a release made in a database stays what its revisions make: a change is another revision."""

import re
from pathlib import Path

from opsdesk_local.release.record import FOLDER, changed_since, present_digests, read_record

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / FOLDER).glob("*.json"))


def test_no_released_migration_was_changed() -> None:
    """Nothing is recorded before the first release with a record, 0.2.0: its revisions may still change."""
    present = present_digests(ROOT)
    faults = [
        fault
        for path in RECORDS
        for fault in changed_since(read_record(ROOT, path.stem) or {}, present)
    ]
    assert faults == [], "write another revision (CONTRIBUTING, Versions)"


def test_records_are_named_by_their_version() -> None:
    assert [path.name for path in RECORDS if not re.fullmatch(r"\d+\.\d+\.\d+", path.stem)] == []

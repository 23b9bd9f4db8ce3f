"""What a release records: the scripts of its migrations, which nobody may change from then on.

A database at a revision has what that revision's scripts made. Where they are changed afterwards, `migrate`
of the next release finds the revision in place and makes nothing. What events promise is recorded beside it, by
`python -m tests.contracts.generate`, with every change.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = "tests/contracts/releases"
_BASE: Final = "libs/common/src/common/persistence/base_schema_v*.sql"
_SCRIPTS: Final = "services/*/src/*/migrations/versions/[0-9]*"

Digests = Mapping[str, str]
"""Path of a script in the repository -> its SHA-256."""


def present_digests(root: Path) -> Digests:
    """Return the scripts of all revisions of this tree, with what every service's first one makes."""
    found = [*root.glob(_BASE)]
    for path in root.glob(_SCRIPTS):
        found += path.rglob("*.sql") if path.is_dir() else [path]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(found)
    }


def path_of(root: Path, version: str) -> Path:
    """Return where a release's record is."""
    return root / FOLDER / f"{version}.json"


def write_record(root: Path, version: str) -> Path:
    """Write the record of a version that is about to be released. Returns its path."""
    path = path_of(root, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": version, "migrations": present_digests(root)}, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def read_record(root: Path, version: str) -> Digests | None:
    """Return the scripts of a released version; None where it is not recorded."""
    path = path_of(root, version)
    if not path.exists():
        return None
    digests: Digests = json.loads(path.read_text(encoding="utf-8"))["migrations"]
    return digests


def changed_since(recorded: Digests, present: Digests) -> list[str]:
    """Return a sentence for each released script that was changed or taken away. New ones may come."""
    return [
        f"{path} was released and {'was changed' if path in present else 'is gone'}"
        for path, digest in recorded.items()
        if present.get(path) != digest
    ]


def unrecorded(recorded: Digests, present: Digests) -> list[str]:
    """Return a sentence for each script that a record lacks."""
    return [f"{path} is not in the record" for path in present if path not in recorded]

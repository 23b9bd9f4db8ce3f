"""Migrations after the first one run while the service works: no statement may stop it meanwhile.

What SQL may not do is decided by squawk, the linter of PostgreSQL migrations, on the scripts beside
each revision: an index on an existing table without `CONCURRENTLY`, a constraint without `NOT VALID`,
`SET NOT NULL`, another type, another name, a dropped column. Where a release later something is meant
to go, the script says so: `-- squawk-ignore ban-drop-column`.

That there is no SQL elsewhere, and that a revision works either in its transaction or outside of
one, is checked here.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from checks.violations import Violation, run

SQUAWK = Path(sys.executable).with_name("squawk")
EXCLUDED = (
    "prefer-bigint-over-int",  # a matter of taste, not of locks
    "prefer-bigint-over-smallint",
    "prefer-robust-stmts",  # in a transaction nothing has to be repeatable
    "require-lock-timeout",  # `migrate` sets it
    "require-statement-timeout",  # building an index takes as long as it takes
)
IN_TRANSACTION, OUTSIDE = "execute_script", "execute_outside_transaction"
FIRST = "0001"
BASE_SCHEMA = "libs/common/src/common/persistence/base_schema_v*.sql"
VERSIONS = "services/*/src/*/migrations/versions"


def violations(root: Path) -> Iterator[Violation]:
    """Every statement that would stop a running service, and every revision that hides its SQL."""
    for revision in _later_revisions(root):
        yield from _revision(revision.read_text(encoding="utf-8"), revision.relative_to(root))
    within, outside = _scripts(root)
    yield from _squawk(root, within, "--assume-in-transaction")
    yield from _squawk(root, outside)


def _later_revisions(root: Path) -> list[Path]:
    found = root.glob(f"{VERSIONS}/*.py")
    return sorted(path for path in found if path.stem[:4].isdigit() and path.stem[:4] != FIRST)


def _scripts(root: Path) -> tuple[list[Path], list[Path]]:
    """Return the scripts that run in their revision's transaction, and those that run outside."""
    within = [path for path in root.glob(BASE_SCHEMA) if not path.stem.endswith("_v1")]
    outside: list[Path] = []
    for revision in _later_revisions(root):
        beside = [*revision.parent.glob(f"{revision.stem}*.sql"), *_folder(revision).glob("*.sql")]
        mode = outside if OUTSIDE in _called(revision.read_text(encoding="utf-8")) else within
        mode += beside
    return sorted(within), sorted(outside)


def _folder(revision: Path) -> Path:
    return revision.with_suffix("")


def _revision(source: str, path: Path) -> Iterator[Violation]:
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "op"
        ):
            yield Violation(
                path,
                node.lineno,
                f"calls op.{node.attr}: SQL stands in scripts beside the revision.",
            )
    if {IN_TRANSACTION, OUTSIDE} <= _called(source):
        yield Violation(
            path, 1, "works in a transaction and outside of one: make two revisions of it."
        )


def _called(source: str) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _squawk(root: Path, scripts: Iterable[Path], *options: str) -> Iterator[Violation]:
    files = [str(script.relative_to(root)) for script in scripts]
    if not files:
        return
    # It exits with 1 where it finds something, and then has written it.
    done = subprocess.run(
        [str(SQUAWK), "--reporter=json", f"--exclude={','.join(EXCLUDED)}", *options, *files],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(f"squawk failed: {done.stderr.strip()}")
    for one in json.loads(done.stdout):
        sentence = f"{one['message']} ({one['rule_name']})"
        yield Violation(Path(one["file"]), one["line"] + 1, sentence)


if __name__ == "__main__":
    run(violations)

"""What may not be released is refused, with the reason; what was released stays as it was."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from opsdesk_local import LocalRunError
from opsdesk_local.release import cut
from opsdesk_local.release.build import build, refusals
from opsdesk_local.release.record import (
    FOLDER,
    changed_since,
    present_digests,
    read_record,
    write_record,
)

from .conftest import Write

ROOT = Path(__file__).parents[2]
SCRIPT = "services/sla/src/sla/migrations/versions/0001_initial/clocks.sql"
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- A button.\n\n## 0.1.0 - 2029-12-31\n\nThe first.\n"
Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*words: str) -> None:
        identity = ("-c", "user.name=Anna", "-c", "user.email=anna@meridian.example")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    return run


@pytest.fixture
def tree(write: Write, git: Git, tmp_path: Path) -> Path:
    """A repository that is ready to be released as 0.2.0."""
    write("VERSION", "0.1.0\n")
    write("services/sla/pyproject.toml", '[project]\nversion = "0.1.0"\n')
    write("CHANGELOG.md", CHANGELOG)
    write(SCRIPT, "CREATE TABLE clocks (id uuid);\n")
    cut(tmp_path, "0.2.0", date(2030, 1, 7))
    write_record(tmp_path, "0.2.0")
    git("init", "--quiet")
    commit(git)
    return tmp_path


def commit(git: Git) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "Something")


def test_a_tree_that_is_ready_is_not_refused(tree: Path) -> None:
    assert refusals(tree, "0.2.0") == []


def test_changes_that_are_not_committed_are_refused(tree: Path, write: Write) -> None:
    write("notes.txt", "x")
    assert refusals(tree, "0.2.0") == ["the tree has changes that are not committed"]
    with pytest.raises(LocalRunError, match="not committed"):
        build(tree, tree / "dist")
    assert not (tree / "dist").exists()


def test_a_version_without_a_section_is_refused(tree: Path, git: Git) -> None:
    changelog = tree / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## 0.2.0 - 2030-01-07", "## 0.2.0"))
    commit(git)
    (reason,) = refusals(tree, "0.2.0")
    assert "no section `## 0.2.0 - DATE`" in reason


def test_an_empty_section_is_refused(tree: Path, git: Git) -> None:
    changelog = tree / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("- A button.\n", ""))
    commit(git)
    assert refusals(tree, "0.2.0") == ["The section of 0.2.0 in CHANGELOG.md is empty."]


def test_the_tag_of_another_commit_is_refused_and_that_of_this_one_is_not(
    tree: Path, git: Git, write: Write
) -> None:
    git("tag", "v0.2.0")
    assert refusals(tree, "0.2.0") == [], "the same release may be built again"
    write("README.md", "x")
    commit(git)
    assert refusals(tree, "0.2.0") == ["v0.2.0 is the tag of another commit: raise the version"]


def test_another_version_somewhere_is_refused(tree: Path, git: Git, write: Write) -> None:
    write("services/sla/pyproject.toml", '[project]\nversion = "0.1.9"\n')
    commit(git)
    (reason,) = refusals(tree, "0.2.0")
    assert reason == "services/sla/pyproject.toml:2 says 0.1.9, VERSION says 0.2.0"


def test_migrations_that_are_not_recorded_are_refused(tree: Path, git: Git, write: Write) -> None:
    write("services/sla/src/sla/migrations/versions/0002_more.py", "revision = '0002'")
    commit(git)
    (reason,) = refusals(tree, "0.2.0")
    assert reason.endswith("versions/0002_more.py is not in the record")
    (tree / FOLDER / "0.2.0.json").unlink()
    commit(git)
    (reason,) = refusals(tree, "0.2.0")
    assert "`python -m opsdesk_local version --record`" in reason


def test_a_released_script_that_changes_or_goes_is_named(tree: Path, write: Write) -> None:
    recorded = read_record(tree, "0.2.0")
    assert recorded is not None
    assert changed_since(recorded, present_digests(tree)) == []
    write(SCRIPT, "CREATE TABLE clocks (id uuid, name text);\n")
    assert changed_since(recorded, present_digests(tree)) == [
        f"{SCRIPT} was released and was changed"
    ]
    (tree / SCRIPT).unlink()
    assert changed_since(recorded, present_digests(tree)) == [f"{SCRIPT} was released and is gone"]


def test_a_record_has_each_script_of_each_service() -> None:
    found = present_digests(ROOT)
    for service in ("intake", "sla", "escalation", "delivery-gate", "console"):
        assert sum(path.startswith(f"services/{service}/") for path in found) > 1
    assert "libs/common/src/common/persistence/base_schema_v1.sql" in found

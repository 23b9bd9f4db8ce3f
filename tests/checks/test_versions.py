"""One version: whatever repeats VERSION says the same, and one command raises all of it."""

from datetime import date
from pathlib import Path

import pytest
from checks.versions import violations

from opsdesk_local import LocalRunError
from opsdesk_local.release import cut
from opsdesk_local.release.changelog import released_versions, section
from opsdesk_local.release.version import mentions, read_version

from .conftest import Write

ROOT = Path(__file__).parents[2]
DAY = date(2030, 1, 7)
PACKAGE = """[project]
name = "opsdesk-sla"
version = "0.1.0"
dependencies = ["opsdesk-common==0.1.0", "jinja2>=3"]
"""
CHART = 'name: opsdesk-service\nversion: 0.1.0\nappVersion: "0.1.0"\n'
CHANGELOG = """# Changelog

## Unreleased

### Added
- A button.

## 0.1.0 - 2029-12-31

The first.
"""


@pytest.fixture
def tree(write: Write, tmp_path: Path) -> Path:
    write("VERSION", "0.1.0\n")
    write("services/sla/pyproject.toml", PACKAGE)
    write("deploy/helm/Chart.yaml", CHART)
    write("CHANGELOG.md", CHANGELOG)
    return tmp_path


def test_this_tree_has_one_version_in_every_package_and_the_chart() -> None:
    assert list(violations(ROOT)) == []
    named = {str(one.path) for one in mentions(ROOT)}
    assert {str(path.relative_to(ROOT)) for path in ROOT.glob("services/*/pyproject.toml")} <= named
    assert {
        "libs/common/pyproject.toml",
        "opsdesk/pyproject.toml",
        "deploy/helm/Chart.yaml",
    } <= named


@pytest.mark.parametrize(
    ("path", "before", "after", "sentence"),
    [
        ("VERSION", "0.1.0", "0.2.0", "services/sla/pyproject.toml:3: says 0.1.0"),
        ("services/sla/pyproject.toml", "==0.1.0", "==0.0.9", "pyproject.toml:4: says 0.0.9"),
        (
            "services/sla/pyproject.toml",
            "common==0.1.0",
            "common",
            'takes any release of "opsdesk-common"',
        ),
        ("deploy/helm/Chart.yaml", '"0.1.0"', '"0.1.1"', "Chart.yaml:3: says 0.1.1"),
    ],
)
def test_a_place_that_says_another_version_is_named(
    tree: Path, path: str, before: str, after: str, sentence: str
) -> None:
    assert list(violations(tree)) == []
    text = (tree / path).read_text()
    (tree / path).write_text(text.replace(before, after))
    assert sentence in "\n".join(map(str, violations(tree)))


def test_one_command_raises_all_of_it_and_makes_the_section_of_what_is_unreleased(
    tree: Path,
) -> None:
    changed = {str(path.relative_to(tree)) for path in cut(tree, "0.2.0", DAY)}
    assert changed == {
        "VERSION",
        "CHANGELOG.md",
        "services/sla/pyproject.toml",
        "deploy/helm/Chart.yaml",
    }
    assert read_version(tree) == "0.2.0"
    assert list(violations(tree)) == []
    assert "jinja2>=3" in (tree / "services/sla/pyproject.toml").read_text()
    assert released_versions(tree) == ["0.2.0", "0.1.0"]
    assert section(tree, "0.2.0") == "## 0.2.0 - 2030-01-07\n\n### Added\n- A button.\n"
    text = (tree / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2030-01-07\n")


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9", "0.2", "v0.2.0", "0.2.0rc1", "00.2.0"])
def test_what_is_no_higher_version_changes_nothing(tree: Path, version: str) -> None:
    with pytest.raises(LocalRunError):
        cut(tree, version, DAY)
    assert (tree / "CHANGELOG.md").read_text() == CHANGELOG
    assert read_version(tree) == "0.1.0"


def test_a_release_without_news_is_none(tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text(CHANGELOG.replace("### Added\n- A button.\n", ""))
    with pytest.raises(LocalRunError, match="Nothing is unreleased"):
        cut(tree, "0.2.0", DAY)
    assert read_version(tree) == "0.1.0"

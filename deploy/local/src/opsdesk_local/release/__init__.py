"""Releases: one version for everything, what it records, and what is built from it (docs/release.md)."""

from datetime import date
from pathlib import Path

from opsdesk_local.release.changelog import FILE, release_unreleased
from opsdesk_local.release.version import check_next, raise_version, read_version

__all__ = ["cut", "read_version"]


def cut(root: Path, version: str, day: date) -> list[Path]:
    """Raise the version everywhere; what is unreleased becomes its section. Returns the changed files.

    Raises LocalRunError, and then nothing has changed, for a version that is not higher or a changelog without news.
    """
    check_next(root, version)
    release_unreleased(root, version, day)
    return [root / FILE, *raise_version(root, version)]

"""The version: it stands in the file VERSION, and everything that repeats it says the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from opsdesk_local.errors import LocalRunError

SOURCE: Final = "VERSION"
_NUMBER: Final = r"(?:0|[1-9]\d*)"
_VERSION: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_IN_PACKAGE: Final = re.compile(r'^version = "(.*)"$|"opsdesk-[a-z-]+==([^"]*)"', re.MULTILINE)
_IN_CHART: Final = re.compile(r'^version: (.*)$|^appVersion: "(.*)"$', re.MULTILINE)
_UNPINNED: Final = re.compile(r'"opsdesk-[a-z-]+"')
_PACKAGES: Final = (
    "libs/*/pyproject.toml",
    "services/*/pyproject.toml",
    "*/pyproject.toml",
    "deploy/*/pyproject.toml",
)
_CHARTS: Final = ("deploy/helm/Chart.yaml",)


class Mention(NamedTuple):
    """A version that a file states, at a line."""

    path: Path
    line: int
    version: str


class Fault(NamedTuple):
    """What is wrong with a line of a file."""

    path: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.sentence}"


def read_version(root: Path) -> str:
    """Return the version of this tree. Raises LocalRunError for one that is none."""
    version = (root / SOURCE).read_text(encoding="utf-8").strip()
    if not _VERSION.fullmatch(version):
        raise LocalRunError(f"{SOURCE} says {version!r}: a version is three numbers such as 0.2.0.")
    return version


def mentions(root: Path) -> Iterator[Mention]:
    """Yield each place that repeats the version: of packages, what they need of each other, and the chart."""
    for path, pattern in _files(root):
        text = path.read_text(encoding="utf-8")
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Mention(path.relative_to(root), line, found[found.lastindex or 0])


def faults(root: Path) -> list[Fault]:
    """Return each place that does not say what VERSION says."""
    stated = list(mentions(root))
    if not stated:
        return []
    version = read_version(root)
    wrong = [
        Fault(one.path, one.line, f"says {one.version}, {SOURCE} says {version}")
        for one in stated
        if one.version != version
    ]
    for path, _ in _files(root):
        if unpinned := _UNPINNED.search(_dependencies(path.read_text(encoding="utf-8"))):
            sentence = f"takes any release of {unpinned[0]}: name ours, with =={version}"
            wrong.append(Fault(path.relative_to(root), 1, sentence))
    return wrong


def _dependencies(text: str) -> str:
    """What a package needs; nothing of a file that is no package."""
    found = re.search(r"^dependencies = \[(.*?)\]$", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def check_next(root: Path, version: str) -> None:
    """Raise LocalRunError unless this is a version, and higher than the present one."""
    before = read_version(root)
    if not _VERSION.fullmatch(version):
        raise LocalRunError(f"{version!r} is no version: it is three numbers such as 0.2.0.")
    if _order(version) <= _order(before):
        raise LocalRunError(f"{version} is not higher than {before}.")


def raise_version(root: Path, version: str) -> list[Path]:
    """Write a new version everywhere. Returns the files that changed. Raises LocalRunError unless it is higher."""
    check_next(root, version)
    (root / SOURCE).write_text(f"{version}\n", encoding="utf-8")
    return [
        root / SOURCE,
        *(path for path, pattern in _files(root) if _rewrite(path, pattern, version)),
    ]


def _rewrite(path: Path, pattern: re.Pattern[str], version: str) -> bool:
    text = path.read_text(encoding="utf-8")
    changed = pattern.sub(lambda found: _with(found, version), text)
    path.write_text(changed, encoding="utf-8")
    return changed != text


def _with(found: re.Match[str], version: str) -> str:
    group = found.lastindex or 0
    begin, end = (at - found.start() for at in found.span(group))
    return found[0][:begin] + version + found[0][end:]


def _files(root: Path) -> Iterator[tuple[Path, re.Pattern[str]]]:
    for patterns, how in ((_PACKAGES, _IN_PACKAGE), (_CHARTS, _IN_CHART)):
        for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
            yield path, how


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))

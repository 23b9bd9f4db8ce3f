"""`make release`: everything of one version in one folder, with a bill of materials and checksums.

Two builds of one commit are the same, byte for byte (images are not: their base's package index moves).
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from opsdesk_local import images
from opsdesk_local.console import print_line
from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.release import changelog, packing, record
from opsdesk_local.release.version import faults, read_version

PACKAGES: Final = (
    "libs/common",
    "services/intake",
    "services/sla",
    "services/escalation",
    "services/delivery-gate",
    "services/console",
    "opsdesk",
    "deploy/local",
)
"""What is installed somewhere; `libs/testing` is for development alone."""
CHART: Final = "deploy/helm"
SUMS: Final = "SHA256SUMS"


def build(root: Path, folder: Path, *, any_base: bool = False, with_images: bool = True) -> str:
    """Build the release of this tree into `folder/<version>`. Returns the version.

    Raises LocalRunError where the tree may not be released (`refusals`), or a part of it cannot be built.
    `any_base`: images of a base that is not named by its digest, for a machine without a registry.
    """
    version = read_version(root)
    if reasons := refusals(root, version):
        raise LocalRunError(
            "This tree is not released:\n" + "\n".join(f"  - {one}" for one in reasons)
        )
    target = folder / version
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    moment = int(_git(root, "show", "--no-patch", "--format=%ct", "HEAD"))
    _build_wheels(root, target, moment)
    packing.pack_chart(root / CHART, target, version, moment)
    _copy_sources(root, target, version)
    _write_bill(root, target, version, moment)
    if with_images:
        build_images(target, version, any_base=any_base)
    write_sums(target)
    return version


def refusals(root: Path, version: str) -> list[str]:
    """Return a sentence for each reason why this tree may not be released as it is."""
    found = [str(one) for one in faults(root)]
    if _git(root, "status", "--porcelain"):
        found.append("the tree has changes that are not committed")
    try:
        changelog.section(root, version)
    except LocalRunError as missing:
        found.append(str(missing))
    tagged = _git(root, "tag", "--list", f"v{version}")
    if tagged and _git(root, "rev-parse", f"v{version}^{{commit}}") != _git(
        root, "rev-parse", "HEAD"
    ):
        found.append(f"v{version} is the tag of another commit: raise the version")
    return [*found, *_record_faults(root, version)]


def _record_faults(root: Path, version: str) -> list[str]:
    recorded, present = record.read_record(root, version), record.present_digests(root)
    if recorded is None:
        return [
            f"the migrations of {version} are not recorded: run `python -m opsdesk_local version --record`, and commit what it writes"
        ]
    return [*record.changed_since(recorded, present), *record.unrecorded(recorded, present)]


def _build_wheels(root: Path, target: Path, moment: int) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
    for package in PACKAGES:
        line = [_uv(), "build", "--wheel", "--no-sources", "--quiet", "--out-dir", target, package]
        run_to_end(line, what=f"Building {package}", folder=root, env=environment)
    (target / ".gitignore").unlink(missing_ok=True)  # uv writes one
    print_line(f"{len(list(target.glob('*.whl')))} wheels")


def _copy_sources(root: Path, target: Path, version: str) -> None:
    """What is installed with the wheels, what changed, and the sources with everything that ops need."""
    shutil.copy(root / "constraints.txt", target)
    notes = changelog.section(root, version)
    (target / f"opsdesk-{version}.changes.md").write_text(notes, encoding="utf-8")
    name = f"opsdesk-{version}"
    archive = target / f"{name}.tar.gz"
    _git(root, "archive", f"--prefix={name}/", f"--output={archive}", "HEAD")


def _write_bill(root: Path, target: Path, version: str, moment: int) -> None:
    """Install the wheels as a user would, and list what came along (CycloneDX)."""
    bill = target / f"opsdesk-{version}.sbom.cdx.json"
    with tempfile.TemporaryDirectory(prefix="opsdesk-release-") as name:
        home = Path(name)
        installed, tool = home / "installed", home / "tool"
        _install(root, installed, *sorted(target.glob("*.whl")))
        _install(root, tool, "cyclonedx-bom")
        line = [tool / "bin/cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON"]
        run_to_end(
            [*line, "-o", bill, installed / "bin/python"],
            what="Writing the bill of materials",
            folder=home,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)},
        )
    text = bill.read_text(encoding="utf-8")
    bill.write_text(packing.without_folders(text), encoding="utf-8")
    print_line(f"{bill.name}: {packing.count_components(text)} components")


def _install(root: Path, environment: Path, *what: Path | str) -> None:
    """Install into a fresh virtual environment what the hashes of constraints.txt allow."""
    run_to_end(
        [_uv(), "venv", "--quiet", "--python", sys.executable, environment],
        what="uv venv",
        folder=root,
    )
    run_to_end(
        [_uv(), "pip", "install", "--quiet", "--no-sources", "-c", root / "constraints.txt", *what],
        what="Installing the wheels",
        folder=environment,
        env={**os.environ, "VIRTUAL_ENV": str(environment)},
    )


def build_images(target: Path, version: str, *, any_base: bool) -> None:
    """Build the images of this clone, where Docker is, and list them by their digests; else say that there are none."""
    if not images.has_docker():
        print_line(
            "No Docker answers on this machine: the release has no images. Run `make release` where one does."
        )
        return
    images.build(target, any_base=any_base)
    images.tag_release(version)
    images.write_digests(target / f"opsdesk-{version}.images", version)


def write_sums(target: Path) -> None:
    """Write the SHA-256 of all files of the release, also of the list of images."""
    files = sorted(path for path in target.iterdir() if path.name != SUMS)
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (target / SUMS).write_text("".join(lines), encoding="utf-8")


def _git(root: Path, *words: str) -> str:
    return run_to_end(["git", *words], what=f"git {words[0]}", folder=root).strip()


def _uv() -> Path:
    return Path(sys.executable).with_name("uv")

"""Packages that are the same at each build: the chart, and a bill of materials that names no folder."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Final

CHART_NAME: Final = "opsdesk-service"
"""The `name` in Chart.yaml, and the folder in the package, as Helm wants them."""


def pack_chart(chart: Path, target: Path, version: str, moment: int) -> Path:
    """Pack a chart as `helm package` does, with the same times for all files. Returns the package."""
    package = target / f"{CHART_NAME}-{version}.tgz"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(one for one in chart.rglob("*") if one.is_file()):
            entry = tarfile.TarInfo(f"{CHART_NAME}/{path.relative_to(chart).as_posix()}")
            entry.size, entry.mtime, entry.mode = path.stat().st_size, moment, 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)
    package.write_bytes(gzip.compress(packed.getvalue(), mtime=moment))
    return package


def without_folders(bill: str) -> str:
    """Return a bill of materials in which our own wheels are named, not the folder that they came from."""
    listed = json.loads(bill)
    for component in listed["components"]:
        for reference in component.get("externalReferences", []):
            if reference["url"].startswith("file:"):
                reference["url"] = reference["url"].rpartition("/")[2]
    return json.dumps(listed, indent=1, sort_keys=True) + "\n"


def count_components(bill: str) -> int:
    return len(json.loads(bill)["components"])

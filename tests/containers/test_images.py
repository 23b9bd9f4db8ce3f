"""`make image`: what is in an image is said beside it, and it runs with nothing but its own."""

import json
import subprocess
from pathlib import Path

import pytest

from opsdesk_local import images
from opsdesk_local.release.build import build_images

pytestmark = pytest.mark.containers

CONFINED = ("--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
LOOK = """
import importlib.util, os, pathlib
print(os.getuid())
print([name for name in ("pip", "setuptools", "wheel", "ensurepip") if importlib.util.find_spec(name)])
print([str(path) for path in pathlib.Path("/").glob("usr/**/*.whl")])
"""


def in_container(image: str, *words: str) -> str:
    command = ["docker", "run", *CONFINED, "--entrypoint", "python", image, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_bill_provenance_and_nothing_to_install_with(tmp_path: Path) -> None:
    build_images(tmp_path, "0.0.0", any_base=True)
    assert in_container("opsdesk/intake", "-c", LOOK).splitlines() == ["10001", "[]", "[]"]
    assert json.loads(in_container("opsdesk/intake", "-m", "intake", "openapi"))["paths"]
    for service in images.SERVICES:
        bill = json.loads((tmp_path / f"{service}.sbom.cdx.json").read_text())
        named = {one["name"]: one.get("version") for one in bill["components"]}
        assert bill["bomFormat"] == "CycloneDX"
        assert {"fastapi", "asyncpg", "joserfc"} <= set(named)
        assert not {"pip", "setuptools", "cyclonedx-bom", "pytest"} & set(named)
        made = json.loads((tmp_path / f"{service}.provenance.json").read_text())
        assert made["subject"][0]["name"] == f"opsdesk/{service}"
    listed = (tmp_path / "opsdesk-0.0.0.images").read_text().split()
    assert listed[1::2] == [f"opsdesk/{service}:0.0.0" for service in images.SERVICES]
    subjects = [
        json.loads((tmp_path / f"{service}.provenance.json").read_text())["subject"][0]["digest"]
        for service in images.SERVICES
    ]
    assert listed[::2] == [subject["sha256"] for subject in subjects]

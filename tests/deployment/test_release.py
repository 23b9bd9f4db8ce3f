"""A release is built from a clean clone: the same twice, whole, and a service starts from its wheels alone."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from opsdesk_local import images, open_state
from opsdesk_local.helm import helm
from opsdesk_local.release import read_version
from opsdesk_local.release.build import PACKAGES, SUMS, build, build_images, write_sums
from opsdesk_local.release.changelog import section
from tests.deployment.conftest import ROOT, run

pytestmark = pytest.mark.programs

UV = Path(sys.executable).with_name("uv")
SETTINGS = {
    "OPSDESK_ENVIRONMENT": "development",
    "OPSDESK_DATABASE_URL": "postgresql://opsdesk_intake:x@127.0.0.1:1/opsdesk",
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "OPSDESK_LOCAL_ISSUER_DIRECTORY": "/nonexistent",
}


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_the_sums_are_those_of_all_files(built: Path) -> None:
    present = {path.name for path in built.iterdir()} - {SUMS}
    assert set(sums(built)) == present
    for name, digest in sums(built).items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == digest


def test_two_builds_of_one_commit_are_the_same(built: Path, clone: Path, tmp_path: Path) -> None:
    again = tmp_path / build(clone, tmp_path, with_images=False)
    assert sums(again) == sums(built)


def test_each_package_has_a_wheel_of_this_version(built: Path) -> None:
    version = read_version(ROOT)
    wheels = [path.name for path in built.glob("*.whl")]
    assert len(wheels) == len(PACKAGES)
    assert [name for name in wheels if name.split("-")[1] != version] == []


def test_a_service_is_installed_from_the_wheels_alone(built: Path, tmp_path: Path) -> None:
    """As docs/release.md says; nothing of the clone is on the way."""
    version, home = read_version(ROOT), tmp_path / "installed"
    run(tmp_path, str(UV), "venv", "--quiet", "--python", sys.executable, str(home))
    install = (str(UV), "pip", "install", "--quiet", "-c", "constraints.txt", "--find-links", ".")
    run(built, *install, f"opsdesk-intake=={version}", VIRTUAL_ENV=str(home))
    done = subprocess.run(
        [str(home / "bin/python"), "-m", "intake", "doctor"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"intake {version}" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1, "there is neither a database nor Kafka"
    assert "Traceback" not in done.stderr


def test_the_chart_is_one_that_helm_takes(built: Path) -> None:
    version = read_version(ROOT)
    package = built / f"opsdesk-service-{version}.tgz"
    program = str(helm(open_state()))
    shown = run(built, program, "show", "chart", str(package))
    assert f"version: {version}" in shown
    assert f"appVersion: {version}" in shown.replace('"', "")
    example = ROOT / "deploy/helm/examples/sla.yaml"
    line = (program, "template", "x", str(package), "--kube-version", "1.30.0", "-f", str(example))
    assert "kind: Deployment" in run(built, *line)


def test_the_bill_names_our_packages_and_those_that_came_along(built: Path) -> None:
    version = read_version(ROOT)
    bill = json.loads((built / f"opsdesk-{version}.sbom.cdx.json").read_text())
    found = {one["name"].lower(): one["version"] for one in bill["components"]}
    assert found["opsdesk-sla"] == found["opsdesk-common"] == version
    assert {"fastapi", "aiokafka", "sqlalchemy"} <= found.keys()
    assert "/" not in json.dumps(
        [
            one.get("externalReferences")
            for one in bill["components"]
            if one["name"] == "opsdesk-sla"
        ]
    )


def test_the_notes_are_the_section_and_the_sources_are_the_commits(built: Path) -> None:
    version = read_version(ROOT)
    assert (built / f"opsdesk-{version}.changes.md").read_text() == section(ROOT, version)
    with tarfile.open(built / f"opsdesk-{version}.tar.gz") as sources:
        names = set(sources.getnames())
    assert {
        f"opsdesk-{version}/deploy/alerts/operation.yml",
        f"opsdesk-{version}/docs/deploy.md",
    } <= names


DOCKER = """#!/bin/sh
case "$1" in
    image) echo "sha256:$(printf %s "$5" | sha256sum | cut -c-64)" ;;
    run) echo '{"components": []}' ;;
esac
"""
"""Answers as Docker would where every build succeeds: an image's id is made of its name."""


def test_images_are_listed_by_digest_and_the_sums_cover_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real ones are built in tests/containers."""
    programs, target = tmp_path / "programs", tmp_path / "target"
    programs.mkdir()
    target.mkdir()
    (programs / "docker").write_text(DOCKER)
    (programs / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    build_images(target, "9.8.7", any_base=True)
    write_sums(target)
    lines = [
        line.split("  ") for line in (target / "opsdesk-9.8.7.images").read_text().splitlines()
    ]
    assert [name for _, name in lines] == [f"opsdesk/{one}:9.8.7" for one in images.SERVICES]
    for digest, name in lines:
        assert digest == hashlib.sha256(name.encode()).hexdigest()
    assert "opsdesk-9.8.7.images" in sums(target)
    assert {f"{service}.sbom.cdx.json" for service in images.SERVICES} <= set(sums(target))


def test_without_docker_one_sentence_says_that_there_are_no_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    build_images(tmp_path, "9.8.7", any_base=True)
    output = capsys.readouterr().out
    assert output.startswith("No Docker answers on this machine: the release has no images.")
    assert list(tmp_path.iterdir()) == []

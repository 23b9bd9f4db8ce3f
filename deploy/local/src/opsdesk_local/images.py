"""`make image`: the service images from a base named by its digest, each with its bill of materials
(CycloneDX) and its provenance (an in-toto statement, SLSA 1.0) in `dist/`."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from opsdesk_local.console import print_line
from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import CLONE

IMAGES: Final = CLONE / "deploy" / "docker" / "images.env"
DOCKERFILE: Final = "deploy/docker/service.Dockerfile"
BILL: Final = "/opt/opsdesk/sbom.cdx.json"
SERVICES: Final = ("intake", "sla", "escalation", "delivery-gate", "console")
INPUTS: Final = (DOCKERFILE, "constraints.txt", "deploy/docker/images.env")
"""The files, beside the sources, that decide what is in an image."""
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def build(folder: Path, *, any_base: bool = False) -> None:
    """Build the images; write `<service>.sbom.cdx.json` and `<service>.provenance.json` into the folder.

    Raises LocalRunError where the base image is not named by its digest, unless `any_base` (for a machine
    without a registry), and where a build fails.
    """
    base = read_images()["PYTHON_IMAGE"]
    if not any_base and not _DIGEST.search(base):
        raise LocalRunError(
            f"{base} is not named by its digest: run `make pin-images` where its registry is reached, and commit deploy/docker/images.env."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        _docker("build", "-f", DOCKERFILE, *_arguments(service, base), "-t", tag(service), ".")
        image = _docker("image", "inspect", "--format", "{{.Id}}", tag(service)).strip()
        bill = _docker("run", "--rm", "--entrypoint", "cat", tag(service), BILL)
        (folder / f"{service}.sbom.cdx.json").write_text(bill, encoding="utf-8")
        statement = provenance(service, image, base)
        text = json.dumps(statement, indent=1, sort_keys=True)
        (folder / f"{service}.provenance.json").write_text(f"{text}\n", encoding="utf-8")
        print_line(f"{tag(service)} {image}: {len(json.loads(bill)['components'])} components")


def has_docker() -> bool:
    """Return whether a Docker daemon answers; the program alone is not enough."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def tag_release(version: str) -> None:
    """Give the images that were built the tag of a version, beside `latest`."""
    for service in SERVICES:
        _docker("tag", tag(service), f"{tag(service)}:{version}")


def write_digests(file: Path, version: str) -> None:
    """Write a line `SHA-256  name:version` for each image: the id, which it keeps wherever it is pushed to."""
    names = [f"{tag(service)}:{version}" for service in SERVICES]
    ids = [_docker("image", "inspect", "--format", "{{.Id}}", name).strip() for name in names]
    lines = (
        f"{id_.removeprefix('sha256:')}  {name}\n" for id_, name in zip(ids, names, strict=True)
    )
    file.write_text("".join(lines), encoding="utf-8")


def pin() -> None:
    """Write the digest of each base image into `images.env`. Raises LocalRunError without a registry."""
    lines = IMAGES.read_text(encoding="utf-8").splitlines()
    for name, image in read_images().items():
        plain = image.partition("@")[0]
        _docker("pull", "--quiet", plain)
        found = _docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", plain).strip()
        digest = found.partition("@")[2]
        lines = [f"{name}={plain}@{digest}" if at.startswith(f"{name}=") else at for at in lines]
    IMAGES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_images(path: Path = IMAGES) -> dict[str, str]:
    """Return the base images by variable; the environment's come first."""
    lines = path.read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: os.environ.get(name) or image for name, image in given.items()}


def tag(service: str) -> str:
    return f"opsdesk/{service}"


def provenance(service: str, image: str, base: str) -> dict[str, Any]:
    """Return the statement of what an image was made of: commit, inputs by digest, base image."""
    materials = [{"uri": name, "digest": {"sha256": _sha256(CLONE / name)}} for name in INPUTS]
    materials.append({"uri": f"docker:{base}", "digest": _digest_of(base)})
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": tag(service), "digest": {"sha256": image.removeprefix("sha256:")}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:opsdesk:build:docker",
                "externalParameters": {"service": service, "dockerfile": DOCKERFILE},
                "resolvedDependencies": [_source(), *materials],
            },
            "runDetails": {"builder": {"id": "urn:opsdesk:builder:make-image"}},
        },
    }


def _arguments(service: str, base: str) -> list[str]:
    given: Mapping[str, str] = {"SERVICE": service, "PYTHON_IMAGE": base}
    return [part for name, value in given.items() for part in ("--build-arg", f"{name}={value}")]


def _digest_of(base: str) -> dict[str, str]:
    """The digest in a name; of an image that came from no registry its id here."""
    if found := _DIGEST.search(base):
        return {"sha256": found[0].partition(":")[2]}
    image = _docker("image", "inspect", "--format", "{{.Id}}", base).strip()
    return {"sha256": image.removeprefix("sha256:")}


def _source() -> dict[str, Any]:
    commit = run_to_end(["git", "rev-parse", "HEAD"], what="git", folder=CLONE).strip()
    changed = run_to_end(["git", "status", "--porcelain"], what="git", folder=CLONE).strip()
    return {
        "uri": "git:opsdesk",
        "digest": {"gitCommit": commit},
        "annotations": {"changed": bool(changed)},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _docker(*words: str) -> str:
    return run_to_end(["docker", *words], what=f"docker {words[0]}", folder=CLONE)

"""What goes into an image is known: hashes in the lock, bases by digest, nothing that a container does not need."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from opsdesk_local import LocalRunError, images
from opsdesk_local.advisories import affecting, audit, read_advisories

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "constraints.txt"
DOCKERFILES = sorted((ROOT / "deploy" / "docker").glob("*.Dockerfile"))
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
ADVISORY = """
id: PYSEC-0000-1
modified: "2026-01-01T00:00:00Z"
details: Anybody may do anything.
affected:
- package: {name: Left.Pad, ecosystem: PyPI}
  ranges: [{type: ECOSYSTEM, events: [{introduced: "0"}, {fixed: "1.10"}]}]
  versions: ["1.9.post1"]
"""


def pins() -> Iterator[tuple[str, list[str]]]:
    """Yield each pin of the lock with its hashes."""
    for entry in LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        pin, *rest = entry.split()
        yield pin, rest


def test_every_pin_has_hashes_and_no_address() -> None:
    found = dict(pins())
    assert len(found) > 100
    assert [pin for pin in found if not re.fullmatch(r"[a-z0-9-]+==[\w.!+]+", pin)] == []
    assert [pin for pin, rest in found.items() if not rest] == []
    assert [one for rest in found.values() for one in rest if not HASH.fullmatch(one)] == []


def test_whatever_is_installed_has_a_hash_of_the_lock(tmp_path: Path) -> None:
    """A file that was exchanged on the way is refused: here every hash is another one."""
    wrong = tmp_path / "constraints.txt"
    changed = re.sub(r"(sha256:)[0-9a-f]{4}", r"\1f00d", LOCK.read_text(encoding="utf-8"))
    wrong.write_text(changed, encoding="utf-8")
    program = [sys.executable, "-m", "uv", "pip", "install", "--no-cache", "--no-deps"]
    where = ["--target", str(tmp_path / "installed"), "-c", str(wrong), "mdurl"]
    done = subprocess.run([*program, *where], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Hash mismatch" in done.stderr, done.stderr


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.stem)
def test_an_image_is_made_of_a_named_base_by_another_user_than_root(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    assert {base for base in bases if base not in stages} == {"$PYTHON_IMAGE"}
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "pip install" not in last
    assert "--require-hashes" in text


def test_a_release_takes_no_base_without_a_digest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHON_IMAGE", "python:3.11-slim-bookworm")
    with pytest.raises(LocalRunError, match="not named by its digest"):
        images.build(tmp_path)


def test_provenance_names_what_an_image_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = "a" * 64
    statement = images.provenance("sla", f"sha256:{'b' * 64}", f"python:3.11@sha256:{digest}")
    assert statement["subject"] == [{"name": "opsdesk/sla", "digest": {"sha256": "b" * 64}}]
    source, *rest = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert re.fullmatch(r"[0-9a-f]{40}", source["digest"]["gitCommit"])
    assert rest[-1]["digest"] == {"sha256": digest}
    assert {one["uri"] for one in rest} >= {"constraints.txt", "deploy/docker/service.Dockerfile"}


def ours() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the containers of the compose stack that run our code."""
    stack = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for name, service in stack["services"].items():
        if "build" in service or service["image"].startswith("opsdesk/"):
            yield name, service


@pytest.mark.parametrize(("name", "service"), list(ours()), ids=lambda value: str(value)[:20])
def test_a_container_can_do_nothing_that_it_does_not_need(
    name: str, service: dict[str, Any]
) -> None:
    assert service["read_only"] is True, name
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit", "cpus"} <= set(service)
    assert "privileged" not in service
    assert "user" not in service, "the image's user is no root"


def test_advisories_name_versions_and_ranges(tmp_path: Path) -> None:
    (tmp_path / "PYSEC-0000-1.yaml").write_text(ADVISORY, encoding="utf-8")
    withdrawn = ADVISORY.replace("0000-1", "0000-2") + 'withdrawn: "2026-02-01T00:00:00Z"\n'
    (tmp_path / "PYSEC-0000-2.yaml").write_text(withdrawn, encoding="utf-8")
    known = read_advisories(tmp_path)
    found = {
        version: [one["id"] for one in affecting(known, "left_pad", version)]
        for version in ("1.9", "1.9.post1", "1.10", "2.0")
    }
    hit = ["PYSEC-0000-1"]
    assert found == {"1.9": hit, "1.9.post1": hit, "1.10": [], "2.0": []}
    assert affecting(known, "right-pad", "1.0") == []


def test_the_audit_finds_a_vulnerable_pin_in_a_mirror(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without the internet: pip-audit asks the folder."""
    mirror, lock = tmp_path / "mirror", tmp_path / "constraints.txt"
    mirror.mkdir()
    (mirror / "PYSEC-0000-1.yaml").write_text(ADVISORY, encoding="utf-8")
    lock.write_text(f"left-pad==1.9 --hash=sha256:{'0' * 64}\n")
    assert audit(mirror, lock) == 1
    assert "PYSEC-0000-1" in capfd.readouterr().out
    lock.write_text(f"left-pad==1.10 --hash=sha256:{'0' * 64}\n")
    assert audit(mirror, lock) == 0

"""Files of settings, as pages show them and as they lie in deploy/: taken as they stand by Docker and systemd."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.deployment.page import PAGE, read_settings, settings_files

from .test_typed_commands import PAGES, ROOT, lines_of_code

FILES: Final = sorted(
    path for path in (ROOT / "deploy").rglob("*") if re.fullmatch(r"\.env.*|.*\.env", path.name)
)
WITH_COMMENT: Final = re.compile(r"^[ \t]*OPSDESK_[A-Z0-9_]*=\S*[ \t]+#", re.MULTILINE)
"""A setting with a comment behind its value, which both would take for a part of it. (A line of a shell may have one.)"""
IN_A_FILE: Final = re.compile(r"^\w+=\S*[ \t]+#", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_comment_stands_on_a_line_of_its_own(page: Path) -> None:
    assert WITH_COMMENT.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_so_it_does_in_a_file(file: Path) -> None:
    assert IN_A_FILE.findall(file.read_text(encoding="utf-8")) == []


def test_files_are_read_as_they_stand() -> None:
    assert FILES
    text = "# why\nOPSDESK_PORT=8001   # the port\n\nOPSDESK_HOST=\n"
    assert read_settings(text) == {"OPSDESK_PORT": "8001   # the port", "OPSDESK_HOST": ""}
    assert WITH_COMMENT.search(text)


def docker_runs() -> Iterator[tuple[list[str], dict[str, str]]]:
    """The words of each `docker run` of the page, and its mounts: folder in the container to folder outside."""
    for line in lines_of_code(PAGE.read_text(encoding="utf-8")):
        if line.startswith("docker run "):
            words = shlex.split(line)
            volumes = [after for word, after in pairwise(words) if word == "-v"]
            mounts = [volume.removesuffix(":ro").split(":") for volume in volumes]
            yield words, {inside: outside for outside, inside in mounts}


def test_what_the_settings_name_is_mounted() -> None:
    own, owner = settings_files()
    runs = list(docker_runs())
    assert len(runs) == 3
    for words, mounts in runs:
        files = [after for word, after in pairwise(words) if word == "--env-file"]
        given = own | (owner if "intake.owner.env" in files else {})
        needed = [value for name, value in given.items() if name.endswith("_FILE")]
        for path in needed:
            assert str(Path(path).parent) in mounts, f"{' '.join(words)}: {path}"


def test_the_service_never_sees_what_is_its_owners() -> None:
    own, owner = settings_files()
    assert not set(own) & set(owner)
    for words, mounts in docker_runs():
        with_owner = words[-1] == "migrate"
        assert ("intake.owner.env" in words) is with_owner
        assert ("/run/owner" in mounts) is with_owner


def test_who_probes_and_scrapes_reaches_the_container_that_runs() -> None:
    """The management port is 9000 in an image, and listens to the container alone unless told otherwise."""
    own, _ = settings_files()
    assert own["OPSDESK_MANAGEMENT_HOST"] == "0.0.0.0"
    (served,) = (words for words, _ in docker_runs() if "--detach" in words)
    published = [after for word, after in pairwise(served) if word == "-p"]
    assert any(re.fullmatch(r"[\d.]+:\d+:9000", one) for one in published), "on one address alone"
    assert "--init" in served, (
        "one process can end the other: the first of a container it could not"
    )

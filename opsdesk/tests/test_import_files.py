"""Attachments of an export are found in a folder as other systems' tools leave them there, and nowhere else."""

from pathlib import Path

import pytest

from opsdesk.commands.import_files import find_file

FILE = {
    "name": "scan.pdf",
    "external_id": "INC0010023",
    "url": "https://jira.acme.example/secure/attachment/10042/scan%20%281%29.pdf",
}
UNIQUE = {"scan.pdf"}


def put(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "INC0010023/scan.pdf",
        "INC0010023-scan.pdf",
        "INC0010023_scan.pdf",
        "10042/scan (1).pdf",
        "attachment/10042/scan (1).pdf",
        "10042/scan.pdf",
        "scan.pdf",
    ],
)
def test_a_file_is_found_by_ticket_address_or_unique_name(tmp_path: Path, name: str) -> None:
    assert find_file(tmp_path, FILE, UNIQUE) is None
    path = put(tmp_path, name)
    assert find_file(tmp_path, FILE, UNIQUE) == path.resolve()


def test_a_name_that_several_have_says_nothing(tmp_path: Path) -> None:
    put(tmp_path, "scan.pdf")
    assert find_file(tmp_path, FILE, set()) is None


def test_nothing_outside_of_the_folder_is_found(tmp_path: Path) -> None:
    put(tmp_path, "secret.txt")
    folder = tmp_path / "attachments"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    for name, number, url in (
        ("../secret.txt", "x", ""),
        ("secret.txt", "..", ""),
        ("x", "y", "https://a.example/../secret.txt"),
        ("secret.txt", "link", ""),
    ):
        file = {"name": name, "external_id": number, "url": url}
        assert find_file(folder, file, {"secret.txt", "x"}) is None


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_file(tmp_path / "nowhere", FILE, UNIQUE) is None

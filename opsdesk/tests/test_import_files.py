"""Attachments of an export are found in a folder as other systems' tools leave them there, and nowhere else."""

from pathlib import Path

import pytest

from opsdesk.commands.import_files import find_file
from opsdesk_support.terminal import Terminal, page_of

FILE = {
    "name": "scan.pdf",
    "external_id": "INC0010023",
    "url": "https://jira.acme.example/secure/attachment/10042/scan%20%281%29.pdf",
}
UNIQUE = {"scan.pdf"}
REPORT = {"dry_run": False, "imported": 1, "known": 0, "refused": 0, "files": 2, "items": []}


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


def test_an_export_is_imported_with_the_attachments_beside_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    """What the folder does not hold is named, with where to put it."""
    export = tmp_path / "export.json"
    export.write_text('[{"id": 7}]')
    put(tmp_path / "attachments", "7/log.txt").write_bytes(b"{}")
    named = [
        {"id": f"f{n}", "ticket": "OPS-9", "external_id": "7", "name": name, "url": ""}
        for n, name in enumerate(("log.txt", "photo.png"))
    ]
    item = {
        "number": 1,
        "external_id": "7",
        "ticket": "OPS-9",
        "remarks": ["type 'x' is not known"],
    }
    terminal.services.responses |= {
        "POST /v1/imports/tickets": REPORT | {"items": [item]},
        "GET /v1/imports/files": page_of(*named),
        "POST /v1/tickets/OPS-9/attachments": {"id": "u1"},
        "POST /v1/imports/files/f0/take": named[0],
    }
    output = " ".join(terminal("import", "tickets", str(export), "--source", "zendesk").split())
    for words in ("1 imported", "2 attachments named", "photo.png", "not in the folder"):
        assert words in output
    assert "1 attachments are on their tickets, 1 are missing" in output
    assert ("POST", "/v1/imports/files/f0/take", {"upload": "u1"}) in terminal.services.requests
    paths = [path for _, path, _ in terminal.services.requests]
    assert "/v1/imports/files/f1/take" not in paths


def test_a_dry_run_brings_nothing(terminal: Terminal, tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text('""')
    terminal.services.responses["POST /v1/imports/tickets"] = REPORT | {"dry_run": True}
    output = terminal("import", "tickets", str(export), "--source", "jira", "--dry-run")
    assert "Nothing was stored" in output
    assert [one[1] for one in terminal.services.requests] == ["/v1/imports/tickets"]
    nowhere = ("--files", str(tmp_path / "nowhere"))
    assert "There is no folder" in terminal.fails(
        "import", "tickets", str(export), "--source", "jira", *nowhere
    )

"""A secret may stand in a file: read once, never shown, and refused in one sentence where it cannot be."""

import os
from pathlib import Path

import pytest

from common.settings import Settings, load_settings

GIVEN = {
    "OPSDESK_ENVIRONMENT": "development",
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "OPSDESK_LOCAL_ISSUER_DIRECTORY": "/state/issuer",
}
URL = "postgresql://sla:s3cret@db:5432/opsdesk"
VARIABLE = "OPSDESK_DATABASE_URL_FILE"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def refusal() -> str:
    with pytest.raises(SystemExit) as end:
        load_settings(Settings)
    assert "s3cret" not in str(end.value)
    return str(end.value)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_stands_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: str
) -> None:
    file = tmp_path / "database_url"
    file.write_bytes(f"{URL}{end}".encode())
    monkeypatch.setenv(VARIABLE, str(file))
    settings = load_settings(Settings)
    assert settings.database_url.get_secret_value() == URL
    assert "s3cret" not in repr(settings)


def test_both_at_once_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "any"))
    monkeypatch.setenv("OPSDESK_DATABASE_URL", URL)
    assert refusal() == f"OPSDESK_DATABASE_URL and {VARIABLE} are both set: remove one."


@pytest.mark.parametrize("content", [None, b"", b"\n", b"x" * 65_537, b"\xff\xfe"])
def test_a_file_without_a_secret_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(file))
    assert refusal().startswith(f"{VARIABLE} is wrong (")


def test_only_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSDESK_DATABASE_URL", URL)
    monkeypatch.setenv("OPSDESK_ISSUER_FILE", str(tmp_path / "issuer"))
    assert refusal().startswith("OPSDESK_ISSUER_FILE is not a setting: did you mean ")

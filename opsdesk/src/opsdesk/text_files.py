"""Texts that are read from files."""

from pathlib import Path

from opsdesk.errors import CliError


def read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{file} cannot be read as text: {error}") from None

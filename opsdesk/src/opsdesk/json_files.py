"""What is too long for a command line, as JSON in a file."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument

from opsdesk.api_client import JSON
from opsdesk.errors import CliError

JsonFile = Annotated[Path, Argument(help="A file with the fields as JSON, as the API takes them.")]


def read_fields(file: Path) -> JSON:
    """Read an object from a file. Raises CliError where there is none."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise CliError(f"{file} is no JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise CliError(f'{file} holds no object: write {{"key": …}}.')
    return fields

"""Secrets by file: `OPSDESK_KAFKA_PASSWORD_FILE` names a file in place of the value itself.

An environment is seen by every child process and by whoever may inspect the container; a file has an owner.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

SUFFIX: Final = "_FILE"
MAX_SECRET_BYTES: Final = 64 * 1024
"""A file with more is not a secret, but a mistake."""


def is_secret(field: FieldInfo) -> bool:
    """Return whether a setting is a secret."""
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def file_names(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """Yield the names, without the prefix, of the variables that name files with secrets."""
    for name, field in fields.items():
        if is_secret(field):
            yield name.upper() + SUFFIX


def read_secrets(
    environment: Mapping[str, str], prefix: str, fields: Mapping[str, FieldInfo]
) -> dict[str, Any]:
    """Return the secrets that stand in files, by the setting's name; the last line end is not part of one.

    Raises ValueError, with a sentence that names the variable, for a file that cannot be read or is empty,
    and where the secret is given as a value, too.
    """
    given = {name.upper(): value for name, value in environment.items()}
    found = {}
    for name, field in fields.items():
        variable = f"{prefix}{name.upper()}"
        path = given.get(variable + SUFFIX)
        if is_secret(field) and path:
            if given.get(variable):
                raise ValueError(f"{variable} and {variable}{SUFFIX} are both set: remove one")
            found[name] = _read(Path(path), variable + SUFFIX)
    return found


def _read(path: Path, variable: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            secret = file.read(MAX_SECRET_BYTES + 1).removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ValueError(f"{variable} is wrong ({why}): give a readable file") from None
    if not secret or len(secret) > MAX_SECRET_BYTES:
        raise ValueError(f"{variable} is wrong (the file is empty or too large): give another one")
    return secret


def mask(value: object) -> str:
    """Return a setting as people may see it: secrets and passwords masked."""
    if not isinstance(value, SecretStr):
        return "" if value is None else str(value)
    address = re.fullmatch(r"(\w+://[^:/@]*):.*@([^@]*)", value.get_secret_value())
    return f"{address[1]}:********@{address[2]}" if address else "********"

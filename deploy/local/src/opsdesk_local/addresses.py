"""The addresses of the running OpsDesk, in a file for other commands on this machine."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.state import State, open_state
from opsdesk_local.topics import TOPIC_PREFIX

FILE_NAME = "addresses.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """`services` are base URLs by name, `management` those of health, metrics and the API's documents; the
    other addresses are in the form of their clients."""

    kafka: str
    smtp: str
    admin_database_url: str = field(repr=False)
    folder: str = ""
    services: dict[str, str] = field(default_factory=dict)
    management: dict[str, str] = field(default_factory=dict)
    reporting_database_url: str = field(default="", repr=False)
    topic_prefix: str = TOPIC_PREFIX

    @property
    def mail(self) -> Path:
        """The folder with the messages that the local mail server received."""
        return Path(self.folder) / "mail"

    @property
    def issuer(self) -> Path:
        """The folder of the local issuer: its keys, `jwks.json`, `tokens.json`."""
        return issuer_folder(Path(self.folder))

    @property
    def tokens(self) -> Path:
        return self.issuer / "tokens.json"

    def write(self) -> None:
        """Write the file, readable for the owner only: it has the database administrator's password."""
        file = Path(self.folder) / FILE_NAME
        file.touch(mode=0o600)
        values = asdict(self) | {"mail": str(self.mail), "issuer": str(self.issuer)}
        values["tokens"] = str(self.tokens)
        file.write_text(json.dumps(values, indent=2) + "\n")


def issuer_folder(folder: Path) -> Path:
    return folder / "issuer"


def read_addresses(state: State | None = None) -> Addresses:
    """Read the addresses of the OpsDesk of `make run`. Raises LocalRunError when there is none."""
    file = (state or open_state()).run / FILE_NAME
    if not file.exists():
        raise LocalRunError("OpsDesk is not running here; start it in another terminal: make run")
    values = json.loads(file.read_text())
    fields = Addresses.__dataclass_fields__
    return Addresses(**{key: value for key, value in values.items() if key in fields})

"""The ports of `make run`, by name: the same at each start, unless a setting fixes them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.ports import claim_port, free_port

SETTING = "OPSDESK_PORTS"
"""The variable that fixes ports: `sla=9002,kafka=29192`."""
FILE_NAME = "ports.json"


class PortBook:
    """The ports of one state folder. `usual` has the port of each name at the first start.

    `moved` are sentences about ports that somebody else had.
    """

    def __init__(self, folder: Path, usual: Mapping[str, int], fixed: str | None = None) -> None:
        """Read the ports of the last start in `folder`; `fixed` is the value of the setting.

        Raises LocalRunError where the setting is wrong.
        """
        self.moved: list[str] = []
        self._file = folder / FILE_NAME
        self._usual = usual
        self._fixed = _parse(os.environ.get(SETTING, "") if fixed is None else fixed, usual)
        self._stored = _read(self._file)

    def claim(self, name: str) -> int:
        """Claim the port of `name`: the fixed one, else the last one, else the usual one, else any.

        Raises LocalRunError where somebody else has a fixed one.
        """
        if name in self._fixed:
            return self._store(name, _claim_fixed(name, self._fixed[name]))
        expected = self._stored.get(name, self._usual[name])
        port = free_port(expected)
        if port != expected:
            self.moved.append(f"Port {expected} is taken: {name} listens on {port} instead.")
        return self._store(name, port)

    def _store(self, name: str, port: int) -> int:
        self._stored[name] = port
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._stored, indent=2) + "\n")
        draft.rename(self._file)
        return port


def _claim_fixed(name: str, port: int) -> int:
    if not claim_port(port):
        raise LocalRunError(
            f"{SETTING} gives port {port} to {name}, but another program has it: "
            "end that one, or choose another port."
        )
    return port


def _parse(setting: str, known: Mapping[str, int]) -> dict[str, int]:
    fixed: dict[str, int] = {}
    for part in filter(None, setting.split(",")):
        name, _, port = (text.strip() for text in part.partition("="))
        if name not in known or not port.isdecimal() or not 0 < int(port) < 65536:
            raise LocalRunError(
                f"{SETTING} is wrong at {part.strip()!r}: give name=port, with commas between; "
                f"the names are {', '.join(known)}."
            )
        fixed[name] = int(port)
    if len(set(fixed.values())) < len(fixed):
        raise LocalRunError(f"{SETTING} gives one port to two names: choose another port.")
    return fixed


def _read(file: Path) -> dict[str, int]:
    return dict(json.loads(file.read_text())) if file.exists() else {}

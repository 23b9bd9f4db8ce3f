"""The lines of security events that a test caused."""

from typing import Any


class SecurityLines:
    """Stands in for the logger of security events; `lines` are its fields, with `event`."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, **fields})

    warning = info

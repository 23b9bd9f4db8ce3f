"""The page "Who are you?" of `make run`, as a child process: the local issuer's, for the console."""

import sys
from pathlib import Path

from opsdesk_local.addresses import issuer_folder
from opsdesk_local.errors import LocalRunError
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child, spawn
from opsdesk_local.waiting import holds_within

READY_S = 60


class SignInPage:
    """The local issuer's pages at `url`; they lead back to the console at `console_url`."""

    def __init__(self, folder: Path, console_url: str, *, port: int | None = None) -> None:
        self.port = port or free_port()
        self.child: Child | None = None
        self._folder, self._console_url = folder, console_url
        self.log = folder / "logs" / "sign-in.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        line = ["company", "issuer", issuer_folder(self._folder), self.port, self._console_url]
        self.child = spawn(
            [sys.executable, "-m", "opsdesk", *line],
            name="sign-in",
            folder=self._folder,
            log=self.log,
        )

    def wait_ready(self) -> None:
        """Wait until it listens. Raises LocalRunError where it does not."""
        child = self.child
        if child is None or not holds_within(
            READY_S, lambda: child.listens_on(self.port) or not child.alive
        ):
            raise LocalRunError(f"The sign-in page did not answer within {READY_S} s.")
        if not child.alive:
            raise LocalRunError(f"The sign-in page did not start:\n{child.last_lines()}")

    def stop(self) -> None:
        if self.child:
            self.child.end()

    def settings(self) -> dict[str, str]:
        """Return the console's settings that name this issuer's addresses."""
        return {
            "OPSDESK_AUTHORIZATION_ENDPOINT": f"{self.url}/authorize",
            "OPSDESK_TOKEN_ENDPOINT": f"{self.url}/token",
            "OPSDESK_END_SESSION_ENDPOINT": f"{self.url}/end-session",
        }

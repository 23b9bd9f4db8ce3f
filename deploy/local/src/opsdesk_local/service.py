"""A service as a child process: `python -m <module> serve`."""

import http.client
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child, run_to_end, spawn
from opsdesk_local.waiting import holds_within


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, its module (and schema), its usual port."""

    name: str
    module: str
    port: int


SERVICES = (
    Service("intake", "intake", 8001),
    Service("sla", "sla", 8002),
    Service("escalation", "escalation", 8003),
    Service("delivery-gate", "delivery_gate", 8004),
)
CONSOLE = Service("console", "console", 8005)
"""Renders the pages, from the API of the others: started with `make run`, not for tests of the four."""


class ServiceProcess:
    """A replica of a service, with the same ports after a restart. Calls block.

    It is two processes: the one that is started here, and the one that it forks.
    """

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str],
        *,
        folder: Path,
        name: str | None = None,
        port: int | None = None,
        management_port: int | None = None,
        python: Path = Path(sys.executable),
    ) -> None:
        """`environment` is the whole environment without host and ports; logs are in `folder/logs`.

        `python` is that of the environment in which the service is installed.
        """
        self.module = module
        self.name = name or module
        self.port = port or free_port()
        self.management_port = management_port or free_port()
        self.log = folder / "logs" / f"{self.name}.log"
        self.child: Child | None = None
        self._folder = folder
        self._python = python
        self._environment = {
            **environment,
            "OPSDESK_HOST": "127.0.0.1",
            "OPSDESK_PORT": str(self.port),
            "OPSDESK_MANAGEMENT_HOST": "127.0.0.1",
            "OPSDESK_MANAGEMENT_PORT": str(self.management_port),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def management_url(self) -> str:
        """Where health, metrics and the API's documents are."""
        return f"http://127.0.0.1:{self.management_port}"

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        self.child = spawn(
            [self._python, "-m", self.module, "serve"],
            name=self.name,
            folder=self._folder,
            log=self.log,
            env=self._environment,
        )

    def wait_ready(self, seconds: float = 180) -> None:
        """Wait until it is ready. Raises LocalRunError when it ends or is not ready in time."""
        if not holds_within(seconds, lambda: self._is_ready() or not self.alive):
            reason = self.readiness() or f"another program answers on port {self.management_port}"
            raise LocalRunError(f"{self.name} is not ready after {seconds:.0f} s: {reason}")
        if not self.alive:
            raise LocalRunError(f"{self.name} ended while starting:\n{self._last_lines()}")

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    def _is_ready(self) -> bool:
        child = self.child
        ports = (self.port, self.management_port)
        return child is not None and self.readiness() is None and all(map(child.listens_on, ports))

    def readiness(self) -> str | None:
        """Return None when everything in the service works, else what does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.management_port, timeout=3)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            detail = answer.read().decode(errors="replace")
            return None if answer.status == 200 and not _is_degraded(detail) else detail
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({error})"
        finally:
            connection.close()

    def stop(self, grace: float = 15) -> None:
        if self.child:
            self.child.end(signal.SIGTERM, grace)

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self.child:
            self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze both processes with SIGSTOP, like a machine that hangs."""
        if self.child:
            self.child.send_to_all(signal.SIGSTOP)

    def resume(self) -> None:
        if self.child:
            self.child.send_to_all(signal.SIGCONT)

    def _last_lines(self) -> str:
        return self.child.last_lines() if self.child else ""


def _is_degraded(answer: str) -> bool:
    """Return whether a service answers requests, but not everything in it works."""
    try:
        return bool(json.loads(answer)["status"] == "degraded")
    except (ValueError, KeyError, TypeError):
        return False


def migrate(
    module: str,
    environment: Mapping[str, str],
    folder: Path,
    python: Path = Path(sys.executable),
) -> None:
    """Run `python -m <module> migrate`."""
    run_to_end(
        [python, "-m", module, "migrate"],
        what=f"{module} migrate",
        folder=folder,
        env=environment,
    )

"""One Kafka broker as a child process."""

import signal
from collections.abc import Sequence
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.jvm import QUICK_START_OPTIONS, java, loaded_classes
from opsdesk_local.processes import Child, run_to_end, spawn, wait_for_the_last_run
from opsdesk_local.waiting import holds_within

_QUIET_LOGGING = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


class Broker:
    """A broker that is also a controller, in a folder of its own, on two ports.

    `properties` is its whole configuration, read at each start; `alone` when it is the only voter. A new folder is
    formatted for the cluster `cluster_id`, with `format_options` for Kafka's tool (such as `--add-scram`).
    Calls block; from a coroutine use `asyncio.to_thread`.
    """

    def __init__(
        self,
        folder: Path,
        jars: Path,
        port: int,
        properties: dict[str, str],
        *,
        alone: bool,
        cluster_id: str,
        java_options: Sequence[str] = QUICK_START_OPTIONS,
        format_options: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.port = port
        self.child: Child | None = None
        self.log = folder.parent / "logs" / f"{folder.name}.log"
        self._jars = jars
        self.properties = properties
        self._alone = alone
        self._cluster_id = cluster_id
        self._java_options = java_options
        self._format_options = format_options

    def launch(self) -> None:
        """Format the folder if it is new and start the broker, without waiting for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wait_for_the_last_run(self.folder, "Kafka")
        lines = [f"{key}={value}\n" for key, value in self.properties.items()]
        (self.folder / "server.properties").write_text("".join(lines))
        if not (self.folder / "log" / "meta.properties").exists():
            self._format()
        memory = ["-Xms128m", "-Xmx512m" if self._alone else "-Xmx384m", "-XX:+UseSerialGC"]
        # The slow compiler took more of a machine than the broker, for the first minutes after each start.
        compiler = "-XX:TieredStopAtLevel=1"
        options = [*memory, compiler, *loaded_classes(self._jars), *self._java_options]
        self.child = spawn(
            [*self._java(*options), "kafka.Kafka", "server.properties"],
            name=self.folder.name,
            folder=self.folder,
            log=self.log,
            when_orphaned=signal.SIGTERM,
        )

    def start(self) -> None:
        """Start the broker and wait until it listens."""
        self.launch()
        self.wait_ready()

    def wait_ready(self, seconds: float = 60) -> None:
        if not holds_within(seconds, lambda: self._listens() or not self._alive()):
            raise LocalRunError(
                f"Kafka did not answer within {seconds:.0f} s.\n{self._last_lines()}"
            )
        if not self._alive():
            raise LocalRunError(f"Kafka did not start.\n{self._last_lines()}")

    def stop(self) -> None:
        if self.child:
            self.child.end(signal.SIGTERM, grace=30)

    def kill(self) -> None:
        """Kill the broker with SIGKILL: the operating system keeps what it had acknowledged."""
        if self.child:
            self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _format(self) -> None:
        alone = ["--standalone"] if self._alone else []
        options = ["-Xmx256m", *loaded_classes(self._jars), *QUICK_START_OPTIONS]
        tool = ["kafka.tools.StorageTool", "format", *alone, "--ignore-formatted"]
        cluster_options = ["-t", self._cluster_id, "-c", "server.properties", *self._format_options]
        run_to_end(
            [*self._java(*options), *tool, *cluster_options],
            what="Formatting Kafka's folder",
            folder=self.folder,
        )

    def _java(self, *options: str) -> list[str]:
        return [java(), *options, _QUIET_LOGGING, "-cp", f"{self._jars}/*"]

    def _listens(self) -> bool:
        return self.child is not None and self.child.listens_on(self.port)

    def _alive(self) -> bool:
        return self.child is not None and self.child.alive

    def _last_lines(self) -> str:
        return self.child.last_lines() if self.child else ""

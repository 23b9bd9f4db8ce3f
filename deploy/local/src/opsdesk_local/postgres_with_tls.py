"""A PostgreSQL that can speak TLS, for tests of it: the one of `make run` is built without.

From Maven's `io.zonky.test.postgres`, which brings OpenSSL along.
"""

import os
import platform
import tarfile
import zipfile
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.kafka_jars import maven_repository
from opsdesk_local.postgres_programs import install
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

VERSION = "18.0.0"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64v8"}


def postgres_with_tls(state: State) -> Path:
    """Return the folder of `initdb` and `postgres`, downloaded once. Raises LocalRunError."""
    home = state.downloads / f"postgres-with-tls-{VERSION}"
    if not home.exists():
        _fetch(state, home)
    return home / "bin"


def _fetch(state: State, home: Path) -> None:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise LocalRunError(f"There is no PostgreSQL with TLS for {platform.machine()}.")
    state.downloads.mkdir(exist_ok=True)
    state.downloads.chmod(0o755)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir()
    artifact = f"io.zonky.test.postgres:embedded-postgres-binaries-linux-{machine}:{VERSION}"
    goal = ["dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={fresh}"]
    run_to_end(
        ["mvn", "-q", "-B", *goal, *maven_repository()],
        what="Downloading PostgreSQL with TLS",
        folder=state.folder,
    )
    for jar in fresh.glob("*.jar"):
        _unpack(jar, fresh)
    install(fresh, home)


def _unpack(jar: Path, folder: Path) -> None:
    with zipfile.ZipFile(jar) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".txz"))
        with archive.open(name) as packed, tarfile.open(fileobj=packed, mode="r:xz") as files:
            # Python before 3.11.4 has no filter that keeps what is unpacked inside the folder.
            if hasattr(tarfile, "data_filter"):
                files.extraction_filter = tarfile.data_filter
            files.extractall(folder)
    jar.unlink()
